"""A figure with the range that the data leave it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval, all in the unit of what was estimated."""

    estimate: float
    low: float
    high: float

    @property
    def above_zero(self) -> bool:
        return self.low > 0

    @property
    def below_zero(self) -> bool:
        return self.high < 0


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """A share with Wilson's score interval (Brown, Cai and DasGupta 2001, section 3.1.1); n = 0 leaves 0..1."""
    if n == 0:
        return Interval(0.0, 0.0, 1.0)
    z = NORMAL.inv_cdf(0.5 + confidence / 2)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(share, 0.0 if successes == 0 else low, 1.0 if successes == n else high)
