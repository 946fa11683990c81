"""One arm of a live comparison in figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wentu.rollout.statistics import Arm, Interval, summarize, wilson
from wentu.store.exposures import Exposure

Value = Callable[[Exposure], float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that each answer says yes, no or a number to. `tau` is a change that would matter, `worse` the sign
    of a change for the worse, and `margin` what is let pass before it counts."""

    name: str
    value: Value
    tau: float
    worse: int
    margin: float = 0.0


def _yes(found: bool) -> float:
    return 1.0 if found else 0.0


def _log(value: float | None) -> float | None:
    return math.log(value) if value and value > 0 else None


def measures(effect: float) -> tuple[Measure, ...]:
    """`good` decides; the others may only say no. Times and speeds are compared as ratios: their logarithms."""
    return (
        Measure("good", lambda e: _yes(e.good), effect, -1),
        Measure("asked_again", lambda e: _yes(e.asked_again), effect, +1),
        Measure("thumbs_down", lambda e: _yes(e.thumb < 0), effect, +1),
        Measure("blocked", lambda e: _yes(e.finish == "blocked"), effect, +1),
        Measure("ttft", lambda e: _log(e.ttft_s), 0.2, +1, math.log(1.1)),
        Measure("tokens_per_s", lambda e: _log(e.tokens_per_s), 0.2, -1, math.log(1.1)),
    )


def arm(exposures: Sequence[Exposure], measure: Measure) -> Arm:
    """The arm in this measure; answers that say nothing to it are left out."""
    told = [(value, one.unit) for one in exposures if (value := measure.value(one)) is not None]
    return summarize([value for value, _ in told], [unit for _, unit in told])


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page shows of one version: shares with Wilson's intervals, times in seconds."""

    version: str
    answers: int
    sessions: int
    good: Interval
    errors: Interval
    timeouts: Interval
    bad_output: Interval
    blocked: Interval
    asked_again: Interval
    thumbs_up: int
    thumbs_down: int
    ttft_p95_s: float | None
    tokens_per_s: float | None


def figures(version: str, exposures: Sequence[Exposure]) -> Figures:
    """Of the answers that count."""
    counted = [one for one in exposures if one.counted]

    def share(found: Callable[[Exposure], bool]) -> Interval:
        return wilson(sum(map(found, counted)), len(counted))

    return Figures(
        version=version,
        answers=len(counted),
        sessions=len({one.unit for one in counted}),
        good=share(lambda e: e.good),
        errors=share(lambda e: e.outcome == "failed"),
        timeouts=share(lambda e: e.outcome == "timed_out"),
        bad_output=share(bad_output),
        blocked=share(lambda e: e.finish == "blocked"),
        asked_again=share(lambda e: e.asked_again),
        thumbs_up=sum(one.thumb > 0 for one in counted),
        thumbs_down=sum(one.thumb < 0 for one in counted),
        ttft_p95_s=quantile([one.ttft_s for one in counted], 0.95),
        tokens_per_s=quantile([one.tokens_per_s for one in counted], 0.5),
    )


def bad_output(exposure: Exposure) -> bool:
    """Answered with nothing, or with the same over and over."""
    return exposure.outcome == "answered" and (exposure.empty or exposure.finish == "loop")


def quantile(values: Sequence[float | None], share: float) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.quantile(known, share)) if known else None
