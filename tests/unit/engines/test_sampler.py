"""Choosing the next token from logits."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch

from wentu.core.errors import EngineError
from wentu.engines.specs.base import Sampling
from wentu.engines.specs.vocabulary import Vocabulary
from wentu.engines.transformers.sampler import Sampler, logprob

PLAIN = Sampling(temperature=1.0, top_p=1.0, top_k=0, presence_penalty=0.0, repetition_penalty=1.0)
LOGITS = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))


def draws(sampling: Sampling, n: int = 2000, prompt: tuple[int, ...] = ()) -> Counter[int]:
    """How often each token is the first of an answer."""
    return Counter(Sampler(sampling, prompt, seed).pick(LOGITS) for seed in range(n))


def changed(**changes: float) -> Sampling:
    values = {name: getattr(PLAIN, name) for name in Sampling.__slots__}
    return Sampling(**{**values, **changes})


def test_without_filters_tokens_come_as_often_as_their_probability() -> None:
    counts = draws(PLAIN)
    for token, expected in enumerate([0.5, 0.3, 0.15, 0.05]):
        assert counts[token] / 2000 == pytest.approx(expected, abs=0.04)


def test_temperature_zero_takes_the_best() -> None:
    assert draws(changed(temperature=0.0), 20) == {0: 20}


def test_a_low_temperature_sharpens() -> None:
    share = draws(changed(temperature=0.5))[0] / 2000
    assert share == pytest.approx(0.25 / (0.25 + 0.09 + 0.0225 + 0.0025), abs=0.04)


def test_top_k_keeps_the_k_best() -> None:
    assert set(draws(changed(top_k=2), 300)) == {0, 1}


def test_a_top_k_beyond_the_vocabulary_is_off() -> None:
    assert set(draws(changed(top_k=1000), 300)) == {0, 1, 2, 3}


@pytest.mark.parametrize(("top_p", "kept"), [(0.0, {0}), (0.5, {0}), (0.51, {0, 1}), (0.8, {0, 1}), (0.9, {0, 1, 2})])
def test_top_p_keeps_the_fewest_tokens_that_reach_it(top_p: float, kept: set[int]) -> None:
    assert set(draws(changed(top_p=top_p), 300)) == kept


def test_the_presence_penalty_counts_what_was_written_and_not_the_prompt() -> None:
    sampler = Sampler(changed(temperature=0.0, presence_penalty=1.0), [0], None)
    assert [sampler.pick(LOGITS) for _ in range(3)] == [0, 1, 0]


def test_the_repetition_penalty_counts_the_prompt_too() -> None:
    assert Sampler(changed(temperature=0.0, repetition_penalty=2.0), [0], None).pick(LOGITS) == 1


def test_the_repetition_penalty_lowers_positive_and_negative_scores() -> None:
    sampler = Sampler(changed(temperature=0.0, repetition_penalty=2.0), [0, 1], None)
    assert sampler.pick(torch.tensor([3.0, -1.0, 1.6, -1.5])) == 2


def test_a_seed_repeats_the_answer_and_another_does_not() -> None:
    def answer(seed: int) -> list[int]:
        sampler = Sampler(PLAIN, (), seed)
        return [sampler.pick(torch.zeros(100)) for _ in range(20)]

    assert answer(7) == answer(7) != answer(8)


@pytest.mark.parametrize("seed", [-1, 2**64, -(2**70)])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    assert Sampler(PLAIN, (), seed).pick(LOGITS) in range(4)


def test_logits_that_are_no_numbers_are_an_error_and_no_answer() -> None:
    with pytest.raises(EngineError, match="no usable numbers"):
        Sampler(PLAIN, (), 0).pick(torch.tensor([0.0, math.nan]))


def test_log_probabilities_are_those_of_the_model_before_any_filter() -> None:
    vocabulary = Vocabulary(None, {}, {0: b"a", 1: b"b", 2: b"c", 3: b"d"})  # type: ignore[arg-type]
    found = logprob(LOGITS * 3 + 5, 2, 2, vocabulary)
    total = sum(p**3 for p in (0.5, 0.3, 0.15, 0.05))
    assert found.token == "c"
    assert found.logprob == pytest.approx(math.log(0.15**3 / total), abs=1e-4)
    assert [name for name, _ in found.top] == ["a", "b"]
