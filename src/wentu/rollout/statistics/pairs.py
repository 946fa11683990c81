"""Two versions on the same questions: the pairs in which they differ, and the exact test on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Discordant:
    """How many pairs only the candidate got right, and how many only the stable version did."""

    gained: int
    lost: int


def discordant(pairs: Iterable[tuple[bool, bool]]) -> Discordant:
    """Counts (stable right, candidate right)."""
    found = [right for stable, right in pairs if stable != right]
    return Discordant(sum(found), len(found) - sum(found))


def mcnemar(counts: Discordant) -> float:
    """The two-sided p-value of the exact McNemar test: twice the binomial tail of the discordant pairs, at most 1."""
    n, fewer = counts.gained + counts.lost, min(counts.gained, counts.lost)
    return min(1.0, 2 * binomial_tail(fewer, n))


def binomial_tail(k: int, n: int) -> float:
    """P(X <= k) of n tosses of a fair coin; exact, in whole numbers until the last step."""
    term = total = 1
    for i in range(1, k + 1):
        term = term * (n - i + 1) // i
        total += term
    return math.exp(math.log(total) - n * math.log(2))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The same p-values adjusted for how many they are (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = highest
    return tuple(adjusted)
