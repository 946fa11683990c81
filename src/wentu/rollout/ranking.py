"""All versions that people have voted on, in the order of their liking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wentu.rollout.statistics import Interval, strengths
from wentu.store.recordings import Vote

RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A version with its Bradley-Terry log strength (mean 0 over all) and the interval of a bootstrap over votes."""

    version: str
    votes: int
    strength: Interval


def ranking(votes: Iterable[Vote]) -> tuple[Ranked, ...]:
    """The best liked first; a tie is half a win for both."""
    cast = list(votes)
    names = sorted({name for vote in cast for name in (vote.one, vote.other)})
    if not names:
        return ()
    place = {name: i for i, name in enumerate(names)}
    wins = [[0.0] * len(names) for _ in names]
    for vote in cast:
        one, other = place[vote.one], place[vote.other]
        share = 0.5 if not vote.winner else float(vote.winner == vote.one)
        wins[one][other] += share
        wins[other][one] += 1 - share
    found = strengths(wins, resamples=RESAMPLES)
    counted = [sum(name in (vote.one, vote.other) for vote in cast) for name in names]
    return tuple(sorted(map(Ranked, names, counted, found), key=lambda one: -one.strength.estimate))
