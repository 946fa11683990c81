"""Our statistics beside scipy's, statsmodels' and choix'."""

from __future__ import annotations

import warnings

import choix
import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from wentu.rollout.statistics import (
    Discordant,
    Tally,
    bca,
    discordant,
    holm,
    mcnemar,
    preference,
    sample_ratio,
    sign_test,
    strengths,
    wilson,
)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (5, 5), (9, 1), (30, 12), (260, 210), (0, 900)])
def test_mcnemar_is_statsmodels_exact_one(gained: int, lost: int) -> None:
    theirs = statsmodels_mcnemar([[40, gained], [lost, 3]], exact=True).pvalue
    assert mcnemar(Discordant(gained, lost)) == pytest.approx(1.0 if gained == lost == 0 else theirs, rel=1e-9)


def test_only_pairs_that_differ_are_counted() -> None:
    assert discordant([(True, True), (False, True), (False, True), (True, False), (False, False)]) == Discordant(2, 1)


@pytest.mark.parametrize("seed", range(4))
def test_bca_is_scipys_where_every_session_has_one_answer(seed: int) -> None:
    values = np.random.default_rng(seed).choice([-1.0, 0.0, 1.0], 200, p=[0.05, 0.8, 0.15])
    ours = bca(values, resamples=20_000, seed=seed)
    theirs = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=20_000, rng=seed).confidence_interval
    # Means of 200 such values lie on a grid of 0.005; two runs of scipy differ by as much.
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.0051)


def test_bca_of_skewed_values_leans_as_scipys_does() -> None:
    values = np.random.default_rng(5).lognormal(0, 1, 60)
    ours = bca(values, resamples=20_000)
    theirs = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=20_000, rng=1).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=0.02)
    assert ours.high - ours.estimate > 1.2 * (ours.estimate - ours.low)


def test_sessions_are_drawn_whole() -> None:
    """Ten answers that are all alike are one observation, not ten."""
    each = np.random.default_rng(0).choice([0.0, 1.0], 60)
    alone = bca(each, resamples=2_000)
    together = bca(np.repeat(each, 10), np.repeat(np.arange(60), 10).tolist(), resamples=2_000)
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high), abs=0.02)
    naive = bca(np.repeat(each, 10), resamples=2_000)
    assert naive.high - naive.low < 0.5 * (together.high - together.low)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    random, hits = np.random.default_rng(7), 0
    for run in range(200):
        session = np.repeat(np.arange(80), 3)
        likely = random.beta(6, 2, 80)[session]
        interval = bca((random.random(240) < likely).astype(float), session.tolist(), resamples=800, seed=run)
        hits += interval.low <= 0.75 <= interval.high
    assert hits / 200 >= 0.90


def test_no_difference_at_all_leaves_room_for_one() -> None:
    interval = bca([0.0] * 50)
    assert interval.estimate == 0 and interval.high == pytest.approx(1 - 0.025 ** (1 / 50))


@pytest.mark.parametrize(("control", "candidate", "share"), [(900, 100, 0.1), (880, 140, 0.1), (500, 512, 0.5)])
def test_the_sample_ratio_check_is_the_chi_square_test(control: int, candidate: int, share: float) -> None:
    n = control + candidate
    theirs = stats.chisquare([control, candidate], [n * (1 - share), n * share]).pvalue
    assert sample_ratio(control, candidate, share) == pytest.approx(theirs, rel=1e-9)


def test_nobody_may_be_in_an_arm_of_nothing() -> None:
    assert sample_ratio(10, 0, 0.0) == 1.0 and sample_ratio(10, 1, 0.0) == 0.0 and sample_ratio(0, 0, 0.1) == 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 12), (7, 9), (12, 12), (430, 500)])
def test_wilsons_interval_is_statsmodels(successes: int, n: int) -> None:
    ours = wilson(successes, n)
    assert (ours.low, ours.high) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-9)


def test_holm_is_statsmodels() -> None:
    p_values = [0.01, 0.2, 0.012, 0.5, 0.04]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_ties_say_nothing_in_the_sign_test() -> None:
    assert sign_test(Tally(14, 4, 9)) == pytest.approx(stats.binomtest(14, 18).pvalue)
    assert preference(Tally(14, 4, 9)).estimate == pytest.approx(14 / 18)


def test_strengths_are_choix() -> None:
    wins = np.array([[0, 12, 9], [5, 0, 8], [3, 6, 0]])
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(wins[i, j])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = choix.ilsr_pairwise(3, pairs, alpha=0.0)
    ours = [one.estimate for one in strengths(wins.tolist(), resamples=300)]
    assert ours == pytest.approx(theirs - theirs.mean(), abs=0.06)  # ours has half a game of prior
    assert all(one.low < one.estimate < one.high for one in strengths(wins.tolist(), resamples=300))
