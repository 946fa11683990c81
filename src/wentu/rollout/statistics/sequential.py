"""A comparison that may be looked at after every answer: the always-valid interval of a mixture SPRT.

Johari, Koomen, Pekelis and Walsh 2017 ("Peeking at A/B tests", section 4): with a normal mixture of variance tau^2
over the difference d, the interval  d +- sqrt(V (V + tau^2) / tau^2 * (2 log(1/alpha) + log((V + tau^2) / V)))  holds
at all times together, V being the variance of the estimated difference. Sessions are the clusters of V.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from wentu.rollout.statistics.intervals import Interval

# V is estimated, so it has to settle first: with fewer sessions an arm says nothing. With this number, and with the
# variance of both arms together as the least of each, tests/unit/rollout/test_sequential.py peeks after every answer.
MIN_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison: how many answers in how many sessions, their mean, their variance around it
    (`spread`), and the variance of the mean."""

    n: int
    clusters: int
    mean: float
    spread: float
    variance: float

    @property
    def design_effect(self) -> float:
        """How many times wider the mean scatters because answers of one session are alike; at least 1."""
        return max(1.0, self.variance * self.n / self.spread) if self.spread and math.isfinite(self.variance) else 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate less stable. `interval` is None while one side has too few sessions to say anything."""

    control: Arm
    candidate: Arm
    interval: Interval | None

    @property
    def better(self) -> bool:
        return self.interval is not None and self.interval.above_zero

    @property
    def worse(self) -> bool:
        return self.interval is not None and self.interval.below_zero


def summarize(values: Sequence[float], clusters: Sequence[Hashable]) -> Arm:
    """The arm that these values are; the variance is the linearised one of a ratio, by cluster (Deng, Knoblich and
    Lu 2018, section 3)."""
    data = np.asarray(values, float)
    n = len(data)
    if n == 0:
        return Arm(0, 0, 0.0, 0.0, math.inf)
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters])
    m, mean = len(numbers), float(data.mean())
    residuals = np.bincount(index, data - mean)
    variance = float((residuals**2).sum()) / n**2 * m / (m - 1) if m > 1 else math.inf
    return Arm(n, m, mean, float(data.var(ddof=1)) if n > 1 else 0.0, variance)


def compare(control: Arm, candidate: Arm, *, tau: float, alpha: float = 0.05) -> Comparison:
    """The difference with its always-valid interval. `tau` is the size of a difference that would matter, in the
    unit of the values: the interval is narrowest for differences of about that size, and valid for all."""
    if min(control.clusters, candidate.clusters) < MIN_CLUSTERS:
        return Comparison(control, candidate, None)
    estimate = candidate.mean - control.mean
    half = half_width(max(_variance(control, candidate), 1e-12), tau, alpha)
    return Comparison(control, candidate, Interval(estimate, estimate - half, estimate + half))


def half_width(variance: float, tau: float, alpha: float) -> float:
    """Half of the always-valid interval at this variance of the difference."""
    total = variance + tau**2
    return math.sqrt(variance * total / tau**2 * (2 * math.log(1 / alpha) + math.log(total / variance)))


def _variance(control: Arm, candidate: Arm) -> float:
    """Of the difference. An arm that has seen no failure yet still can: each counts at least as scattered as both
    together, without which a small arm beside a large one raises false alarms (5.9% at 10% of traffic)."""
    pooled = _pooled_spread(control, candidate) * max(control.design_effect, candidate.design_effect)
    return sum(max(arm.variance, pooled / arm.n) for arm in (control, candidate))


def _pooled_spread(one: Arm, other: Arm) -> float:
    n = one.n + other.n
    mean = (one.n * one.mean + other.n * other.mean) / n
    squares = sum((arm.n - 1) * arm.spread + arm.n * (arm.mean - mean) ** 2 for arm in (one, other))
    return squares / (n - 1)
