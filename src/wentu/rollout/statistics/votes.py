"""What people preferred: a sign test for two versions, Bradley-Terry strengths for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wentu.rollout.statistics.intervals import Interval, wilson
from wentu.rollout.statistics.pairs import Discordant, mcnemar

Floats = NDArray[np.float64]
_STEPS, _CLOSE = 500, 1e-10
# Half a win and half a loss of everybody against everybody: strengths stay finite where somebody won always.
PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """Blind votes between the candidate and the stable version."""

    candidate: int = 0
    stable: int = 0
    ties: int = 0


def sign_test(tally: Tally) -> float:
    """The two-sided p-value that both are liked alike; ties say nothing and are left out (Dixon and Mood 1946)."""
    return mcnemar(Discordant(tally.candidate, tally.stable))


def preference(tally: Tally) -> Interval:
    """The share of decided votes that the candidate got, with Wilson's interval."""
    return wilson(tally.candidate, tally.candidate + tally.stable)


def strengths(wins: Sequence[Sequence[float]], *, resamples: int = 0, seed: int = 0) -> tuple[Interval, ...]:
    """Bradley-Terry log strengths, with mean 0, by the MM algorithm (Hunter 2004, section 2).

    `wins[i][j]` is how often i was preferred to j; a tie is half a win for both. With `resamples` each has its
    percentile interval at 95% from a bootstrap over votes, else an interval of no width.
    """
    counts = np.asarray(wins, float)
    fitted = _fit(counts)
    if not resamples:
        return tuple(Interval(value, value, value) for value in map(float, fitted))
    random, total = np.random.default_rng(seed), counts.sum()
    drawn = random.multinomial(round(float(total)), (counts / total).ravel(), resamples)
    found = np.array([_fit(one.reshape(counts.shape).astype(float)) for one in drawn])
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return tuple(Interval(*map(float, each)) for each in zip(fitted, low, high, strict=True))


def _fit(counts: Floats) -> Floats:
    counts = counts + PRIOR * (1 - np.eye(len(counts)))
    games, won = counts + counts.T, counts.sum(1)
    strength = np.ones(len(counts))
    for _ in range(_STEPS):
        new = won / (games / (strength[:, None] + strength[None, :])).sum(1)
        new /= np.exp(np.log(new).mean())
        done = np.abs(new - strength).max() < _CLOSE
        strength = new
        if done:
            break
    return np.log(strength)
