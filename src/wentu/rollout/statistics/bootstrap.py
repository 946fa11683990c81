"""BCa bootstrap of a mean, clustered: answers of one session are alike, so sessions are drawn and not answers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from wentu.rollout.statistics.intervals import NORMAL, Interval

RESAMPLES = 5_000
_BATCH = 500  # resamples that are drawn at once: 500 x 2,000 sessions are 8 MB
Floats = NDArray[np.float64]


def bca(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The mean of `values` with its bias-corrected and accelerated interval (Efron 1987; Efron and Tibshirani 1993,
    chapter 14). `clusters[i]` is the session of `values[i]`; without it every value stands alone.

    Values that are all equal say nothing about their spread: the interval is then what 0 of n clusters leaves open
    at the same confidence (Clopper and Pearson 1934), on a scale from -1 to 1.
    """
    data = np.asarray(values, float)
    if not len(data):
        return Interval(0.0, -1.0, 1.0)
    sums, counts = _by_cluster(data, clusters)
    estimate = float(data.mean())
    if np.ptp(data) == 0 or len(sums) == 1:
        open_share = 1 - ((1 - confidence) / 2) ** (1 / len(sums))
        return Interval(estimate, max(-1.0, estimate - open_share), min(1.0, estimate + open_share))
    drawn = _draw(sums, counts, resamples, seed)
    return _corrected(estimate, drawn, _acceleration(sums, counts), confidence)


def _by_cluster(data: Floats, clusters: Sequence[Hashable] | None) -> tuple[Floats, Floats]:
    """(sum, number) of the values of each cluster."""
    if clusters is None:
        return data, np.ones(len(data))
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters])
    return np.bincount(index, data).astype(float), np.bincount(index).astype(float)


def _draw(sums: Floats, counts: Floats, resamples: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, resamples, _BATCH):
        chosen = random.integers(0, len(sums), (min(_BATCH, resamples - start), len(sums)))
        found.append(sums[chosen].sum(1) / counts[chosen].sum(1))
    return np.concatenate(found)


def _acceleration(sums: Floats, counts: Floats) -> float:
    """From the jackknife over clusters (Efron and Tibshirani 1993, equation 14.15)."""
    without = (sums.sum() - sums) / (counts.sum() - counts)
    distance = without.mean() - without
    spread = float((distance**2).sum()) ** 1.5
    return float((distance**3).sum()) / (6 * spread) if spread else 0.0


def _corrected(estimate: float, drawn: Floats, acceleration: float, confidence: float) -> Interval:
    below = (np.sum(drawn < estimate) + np.sum(drawn <= estimate)) / (2 * len(drawn))  # ties count half
    edge = 0.5 / len(drawn)
    bias = NORMAL.inv_cdf(float(np.clip(below, edge, 1 - edge)))

    def place(share: float) -> float:
        z = bias + NORMAL.inv_cdf(share)
        return NORMAL.cdf(bias + z / (1 - acceleration * z))

    low, high = np.quantile(drawn, [place((1 - confidence) / 2), place((1 + confidence) / 2)])
    return Interval(estimate, float(low), float(high))
