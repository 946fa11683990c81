"""Whether the split came out as it was set: a split that did not is broken, and no figure after it can be trusted."""

from __future__ import annotations

import math

# Fabijan et al. 2019, "Diagnosing sample ratio mismatch in online controlled experiments".
ALPHA = 0.001


def sample_ratio(control: int, candidate: int, candidate_share: float) -> float:
    """The p-value of the chi-square test (1 degree of freedom) that a share of `candidate_share` was assigned.

    Counts are of sessions, the unit that is assigned. Below ALPHA the split is not the one that was set.
    """
    n = control + candidate
    if n == 0 or candidate_share in (0.0, 1.0):
        wrong = candidate if candidate_share == 0.0 else control
        return 0.0 if n and wrong else 1.0
    expected = n * candidate_share
    statistic = (candidate - expected) ** 2 / expected + (candidate - expected) ** 2 / (n - expected)
    return math.erfc(math.sqrt(statistic / 2))  # the upper tail of chi-square with 1 degree of freedom
