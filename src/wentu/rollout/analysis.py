"""The soft side of a live comparison: three outcomes, from tests that may be looked at all the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wentu.core.config import RolloutSettings
from wentu.rollout.figures import Figures, Measure, arm, figures, measures
from wentu.rollout.guardrails import Guardrail, guardrails
from wentu.rollout.statistics import Comparison, compare, sample_ratio
from wentu.rollout.statistics.sample_ratio import ALPHA as RATIO_ALPHA
from wentu.store.exposures import Exposure

Outcome = Literal["running", "better", "worse", "inconclusive", "broken_split"]
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of both arms: candidate less stable (for `ttft` and `tokens_per_s`: of the logarithms)."""

    name: str
    comparison: Comparison
    worse: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a comparison stands. `ratio_p` is the p-value that the split is the one that was set."""

    outcome: Outcome
    reason: str
    control: Figures
    candidate: Figures
    measured: tuple[Measured, ...]
    guardrails: tuple[Guardrail, ...]
    ratio_p: float


def analyse(
    exposures: Sequence[Exposure],
    names: tuple[str, str],
    percent: int,
    limits: RolloutSettings,
    free_mb: int | None = None,
    arms: tuple[str, str] = ("control", "canary"),
) -> Analysis:
    """The comparison of `names` (stable, candidate) on all answers of the run so far.

    A shadow's arms are ("stable", "shadow"): it is not split, so there is no ratio to check.
    """
    ours, theirs = ([one for one in exposures if one.reason == arm and one.counted] for arm in arms)
    wanted = measures(limits.effect)
    # `good` decides with all of alpha; the rest share as much again among them for their veto (Bonferroni).
    alphas = [ALPHA, *[ALPHA / (len(wanted) - 1)] * (len(wanted) - 1)]
    measured = tuple(_measured(one, ours, theirs, alpha) for one, alpha in zip(wanted, alphas, strict=True))
    # Who was to get the candidate while it was not loaded was assigned to it all the same.
    assigned = [
        {one.unit for one in exposures if one.reason in arms} for arms in (("control",), ("canary", "fallback"))
    ]
    ratio_p = sample_ratio(len(assigned[0]), len(assigned[1]), percent / 100) if arms[1] == "canary" else 1.0
    outcome, reason = _outcome(measured, ratio_p, len(theirs), limits.max_answers)
    stable, tried = names
    rails = guardrails(ours, theirs, limits, free_mb)
    return Analysis(outcome, reason, figures(stable, ours), figures(tried, theirs), measured, rails, ratio_p)


def _measured(measure: Measure, ours: Sequence[Exposure], theirs: Sequence[Exposure], alpha: float) -> Measured:
    found = compare(arm(ours, measure), arm(theirs, measure), tau=measure.tau, alpha=alpha)
    interval = found.interval
    if interval is None:
        return Measured(measure.name, found, False)
    near = interval.low if measure.worse > 0 else -interval.high
    return Measured(measure.name, found, near > measure.margin)


def _outcome(measured: Sequence[Measured], ratio_p: float, n: int, max_answers: int) -> tuple[Outcome, str]:
    if ratio_p < RATIO_ALPHA:
        return "broken_split", f"the sessions are not split as set (p = {ratio_p:.2g})"
    worse = [one.name for one in measured if one.worse]
    if worse:
        return "worse", f"worse in {', '.join(worse)}"
    if measured[0].comparison.better:
        return "better", "more good answers, and nothing is worse"
    if n >= max_answers:
        return "inconclusive", f"no difference was found in {n} answers"
    return "running", ""
