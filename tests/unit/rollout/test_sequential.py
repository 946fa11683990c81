"""The sequential test by simulation: looked at after every answer, it stays within its false-alarm rate."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wentu.rollout.statistics import compare, summarize
from wentu.rollout.statistics.sequential import MIN_CLUSTERS, Arm

RUNS, ANSWERS, TAU, ALPHA = 1_000, 2_000, 0.1, 0.05
Counts = NDArray[np.int64]


def arm(n: int, successes: int) -> Arm:
    """What `summarize` makes of this many answers, each in a session of its own."""
    mean = successes / n
    spread = mean * (1 - mean) * n / (n - 1)
    return Arm(n, n, mean, spread, spread / n)


def looks(random: np.random.Generator, share: float, stable: float, candidate: float, n: int) -> tuple[Counts, ...]:
    """(answers, successes) of the stable version and of the candidate after each of `n` answers."""
    canary = random.random(n) < share
    right = random.random(n) < np.where(canary, candidate, stable)
    return np.cumsum(~canary), np.cumsum(~canary & right), np.cumsum(canary), np.cumsum(canary & right)


def alarms(n_0: Counts, s_0: Counts, n_1: Counts, s_1: Counts) -> NDArray[np.bool_]:
    """Where the interval excludes zero, for all looks at once: `compare` written for whole rows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        m_0, m_1, m = s_0 / n_0, s_1 / n_1, (s_0 + s_1) / (n_0 + n_1)
        pooled = m * (1 - m) * (n_0 + n_1) / (n_0 + n_1 - 1)
        each = [np.maximum(m_i * (1 - m_i) / (n_i - 1), pooled / n_i) for m_i, n_i in ((m_0, n_0), (m_1, n_1))]
        variance = np.maximum(each[0] + each[1], 1e-12)
        total = variance + TAU**2
        half = np.sqrt(variance * total / TAU**2 * (2 * np.log(1 / ALPHA) + np.log(total / variance)))
        found: NDArray[np.bool_] = (np.abs(m_1 - m_0) > half) & (np.minimum(n_0, n_1) >= MIN_CLUSTERS)
    return found


@pytest.mark.parametrize(("share", "rate"), [(0.1, 0.9), (0.5, 0.5), (0.1, 0.5), (0.5, 0.97)])
def test_false_alarms_stay_under_five_percent_with_a_look_after_every_answer(share: float, rate: float) -> None:
    random = np.random.default_rng(2_026)
    rung = sum(bool(alarms(*looks(random, share, rate, rate, ANSWERS)).any()) for _ in range(RUNS))
    print(f"\n{RUNS} null runs of {ANSWERS} answers at {rate:.0%}, canary {share:.0%}: {rung / RUNS:.1%} false alarms")
    assert rung / RUNS <= 0.05


def test_rows_and_single_looks_are_the_same_test() -> None:
    random = np.random.default_rng(1)
    rows = looks(random, 0.3, 0.9, 0.7, 600)
    found = alarms(*rows)
    for i in (0, 70, *random.integers(70, 600, 80)):
        n_0, s_0, n_1, s_1 = (int(row[i]) for row in rows)
        single = compare(arm(n_0, s_0), arm(n_1, s_1), tau=TAU, alpha=ALPHA) if min(n_0, n_1) > 1 else None
        assert found[i] == (single is not None and (single.better or single.worse))
    assert found.any() and not found.all()


def test_the_short_form_is_what_summarize_says() -> None:
    made, short = summarize([1.0] * 7 + [0.0] * 5, range(12)), arm(12, 7)
    assert (made.n, made.clusters) == (12, 12)
    assert (made.mean, made.spread, made.variance) == pytest.approx((short.mean, short.spread, short.variance))


@pytest.mark.parametrize(("stable", "candidate", "share"), [(0.9, 0.75, 0.5), (0.8, 0.9, 0.5), (0.9, 0.6, 0.1)])
def test_a_real_difference_is_found_and_how_soon_is_told(stable: float, candidate: float, share: float) -> None:
    random = np.random.default_rng(3)
    found = [alarms(*looks(random, share, stable, candidate, ANSWERS)) for _ in range(200)]
    first = [int(row.argmax()) + 1 for row in found if row.any()]
    print(f"\n{stable:.0%} against {candidate:.0%}, canary {share:.0%}: power {len(first) / 200:.0%} within {ANSWERS}")
    print(f"answers, median after {np.median(first):.0f}")
    assert len(first) / 200 >= 0.9


def test_answers_of_one_session_count_as_one() -> None:
    sessions = [i // 4 for i in range(80)]
    alike = summarize([float(session % 2) for session in sessions], sessions)
    apart = summarize([1.0, 1.0, 1.0, 0.0] * 20, range(80))
    assert alike.clusters == 20 and alike.design_effect > 3
    assert apart.design_effect == pytest.approx(1, abs=0.02)


def test_too_few_sessions_say_nothing() -> None:
    few = summarize([1.0] * 100, [i % (MIN_CLUSTERS - 1) for i in range(100)])
    assert compare(few, few, tau=TAU).interval is None
