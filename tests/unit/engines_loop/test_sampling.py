"""Choosing tokens: the distribution that was asked for, the same choices for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.engines.loop.sampling import Sampler, best_tokens, log_probabilities
from wentu.engines.specs import Sampling

PLAIN = Sampling(temperature=1.0, top_p=1.0, top_k=0, presence_penalty=0.0, repetition_penalty=1.0)


def policy(**changes: float) -> Sampling:
    return Sampling(**{**{name: getattr(PLAIN, name) for name in PLAIN.__slots__}, **changes})  # type: ignore[arg-type]


def frequencies(chosen: Sampling, logits: np.ndarray, n: int = 4000) -> np.ndarray:
    sampler = Sampler(chosen, 1, ())
    return np.bincount([sampler.choose(logits) for _ in range(n)], minlength=len(logits)) / n


LOGITS = np.log(np.array([0.4, 0.3, 0.2, 0.1], np.float32))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [0.4, 0.3, 0.2, 0.1]),
        ({"top_k": 2}, [4 / 7, 3 / 7, 0, 0]),
        ({"top_p": 0.65}, [4 / 7, 3 / 7, 0, 0]),
        ({"top_p": 0.75}, [4 / 9, 3 / 9, 2 / 9, 0]),
        ({"top_k": 3, "top_p": 0.5}, [4 / 7, 3 / 7, 0, 0]),
        ({"temperature": 0.5}, [16 / 30, 9 / 30, 4 / 30, 1 / 30]),
        ({"top_p": 0.0}, [1, 0, 0, 0]),
        ({"temperature": 0.0}, [1, 0, 0, 0]),
    ],
)
def test_tokens_are_drawn_as_often_as_the_filters_say(changes: dict[str, float], expected: list[float]) -> None:
    np.testing.assert_allclose(frequencies(policy(**changes), LOGITS), expected, atol=0.03)


@given(st.integers(0, 10_000), st.floats(0.05, 0.999), st.floats(0.2, 2.0))
def test_top_p_over_a_wide_vocabulary_keeps_the_same_tokens_as_a_full_sort(
    seed: int, top_p: float, temperature: float
) -> None:
    logits = np.random.default_rng(seed).normal(0, 4, 5000).astype(np.float32)
    probabilities = np.exp(log_probabilities(logits / np.float32(temperature)).astype(np.float64))
    order = np.argsort(-probabilities)
    n_kept = int(np.searchsorted(np.cumsum(probabilities[order]), top_p)) + 1
    sampler = Sampler(policy(top_p=top_p, temperature=temperature), seed, ())
    assert {sampler.choose(logits) for _ in range(20)} <= set(order[: n_kept + 1].tolist())


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others() -> None:
    logits = np.random.default_rng(0).normal(0, 1, (50, 300)).astype(np.float32)

    def tokens(seed: int) -> list[int]:
        sampler = Sampler(policy(top_k=20, top_p=0.8), seed, ())
        return [sampler.choose(row) for row in logits]

    assert tokens(3) == tokens(3) != tokens(4)


def test_a_constraint_leaves_only_allowed_tokens_even_where_they_are_unlikely() -> None:
    logits = np.array([50.0, 0.0, 1.0, -3.0], np.float32)
    allowed = np.array([False, False, False, True])
    for chosen in (PLAIN, policy(temperature=0.0), policy(top_k=2), policy(top_p=0.1)):
        assert Sampler(chosen, 0, ()).choose(logits, allowed) == 3


def test_penalties_lower_what_was_said_before() -> None:
    logits = np.array([2.0, 1.5, -1.0], np.float32)
    greedy = {"temperature": 0.0}
    present = Sampler(policy(presence_penalty=1.0, **greedy), 0, prompt=[1])
    assert present.choose(logits) == 0
    present.accept(0)
    assert present.choose(logits) == 1  # the prompt does not count for presence
    repeated = Sampler(policy(repetition_penalty=2.0, **greedy), 0, prompt=[0])
    assert repeated.choose(logits) == 1  # but does for repetition: 2.0 / 2 < 1.5


def test_log_probabilities_are_those_of_the_whole_vocabulary() -> None:
    values = log_probabilities(LOGITS + 7)
    np.testing.assert_allclose(values, LOGITS, atol=1e-6)
    assert best_tokens(values, 2) == [0, 1] and best_tokens(values, 0) == []
