"""Versions and their comparison on the wire."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from wentu.api.schemas.base import In, JsonObject, Out, Query
from wentu.rollout.analysis import Analysis, Measured
from wentu.rollout.figures import Figures
from wentu.rollout.guardrails import Guardrail
from wentu.rollout.manifest import VersionFile, VersionManifest
from wentu.rollout.report import Report
from wentu.rollout.statistics import Interval
from wentu.store import Aliases, Decision, Kind

Name = Annotated[str, Field(min_length=1, max_length=200)]
Why = Annotated[str, Field(max_length=500)]


class MoveIn(In):
    of: Kind = Field("model", description="What is moved: a model version, a guard policy, a knowledge base.")
    reason: Why = ""


class CanaryIn(MoveIn):
    version: Name
    percent: int = Field(10, ge=1, le=100, description="Share of the sessions.")
    auto: bool = Field(False, description="Go up the steps, and promote what is better.")


class ShadowIn(In):
    version: Name
    reason: Why = ""


class PromoteIn(MoveIn):
    version: Annotated[str, Field(max_length=200)] = Field("", description="Empty: the candidate.")


class FeedbackIn(In):
    """What the asker thinks of an answer."""

    job: Annotated[str, Field(max_length=40)] = Field(description="`wentu.job` of the answer.")
    thumb: Literal["up", "down", "none"]


class VoteIn(In):
    recording: Annotated[str, Field(max_length=40)]
    choice: Literal["left", "right", "tie"]
    stable: Name
    candidate: Name


class PairQuery(Query):
    stable: str = Field("", max_length=200, description="Empty: the stable version.")
    candidate: str = Field("", max_length=200, description="Empty: the candidate, or else the previous version.")


class ReportQuery(PairQuery):
    format: Literal["json", "html", "csv"] = "json"
    download: bool = Field(False, description="As a file to keep, for a page or a table.")


class AliasesOut(Out):
    """`mode`: off, canary, shadow. `since` is in Unix seconds."""

    stable: str
    candidate: str | None
    previous: str | None
    mode: Literal["off", "canary", "shadow"]
    percent: int
    paused: bool
    auto: bool
    run: str | None
    since: float

    @classmethod
    def of(cls, names: Aliases, stable: str) -> AliasesOut:
        return cls(
            stable=names.stable or stable,
            candidate=names.candidate or None,
            previous=names.previous or None,
            mode=names.mode,
            percent=names.percent,
            paused=names.paused,
            auto=names.auto,
            run=names.run or None,
            since=names.since,
        )


class DifferenceOut(Out):
    """One part of a version that differs from the stable one's; "" where one of them has none."""

    part: str
    stable: str
    this: str


class VersionManifestOut(Out):
    """A version. `alias`: stable, candidate, previous or null; `state`: ready, loading, failed, cold, unknown."""

    name: str
    alias: str | None
    state: str
    error: str | None
    digest: str = Field(description="sha256 of the manifest.")
    fixed: bool = Field(description="It was tried or made, and never changes again.")
    engine: str
    build: str
    model: str
    revision: str
    files: list[VersionFile]
    options: dict[str, str]
    prompts: dict[str, str]
    sampling: dict[str, float]
    policy: str
    differs: list[DifferenceOut] = Field(description="What differs from the stable version.")

    @classmethod
    def of(
        cls, one: VersionManifest, *, alias: str | None, state: str, error: str, differs: dict[str, tuple[str, str]]
    ) -> VersionManifestOut:
        return cls(
            name=one.name,
            alias=alias,
            state=state,
            error=error or None,
            digest=one.digest,
            fixed=one.origin == "made",
            engine=one.engine,
            build=one.build,
            model=one.model,
            revision=one.revision,
            files=list(one.files),
            options=dict(one.options),
            prompts=dict(one.prompts),
            sampling=dict(one.sampling),
            policy=one.policy,
            differs=[DifferenceOut(part=part, stable=a, this=b) for part, (a, b) in differs.items()],
        )


class MeasureOut(Out):
    """Candidate less stable with the always-valid interval; null while one side has fewer than 20 sessions. For
    `ttft` and `tokens_per_s` it is the ratio less 1."""

    name: str
    interval: Interval | None
    worse: bool

    @classmethod
    def of(cls, one: Measured) -> MeasureOut:
        interval = one.comparison.interval
        if interval is not None and one.name in ("ttft", "tokens_per_s"):
            interval = Interval(*(math.expm1(min(x, 50.0)) for x in (interval.estimate, interval.low, interval.high)))
        return cls(name=one.name, interval=interval, worse=one.worse)


class AnalysisOut(Out):
    """How a canary stands."""

    outcome: Literal["running", "better", "worse", "inconclusive", "broken_split"]
    reason: str
    control: Figures
    candidate: Figures
    measures: list[MeasureOut]
    guardrails: list[Guardrail]
    ratio_p: float

    @classmethod
    def of(cls, found: Analysis) -> AnalysisOut:
        return cls(
            outcome=found.outcome,
            reason=found.reason,
            control=found.control,
            candidate=found.candidate,
            measures=[MeasureOut.of(one) for one in found.measured],
            guardrails=list(found.guardrails),
            ratio_p=found.ratio_p,
        )


class DecisionOut(Out):
    """One line of the history; `by` is "automatic" or who decided. `first_answer_s`: of a version's rollback, seconds
    to the first answer of the version it went back to."""

    at: float
    kind: Kind
    action: str
    by: str
    reason: str
    stable: str
    candidate: str
    percent: int
    figures: JsonObject
    first_answer_s: float | None

    @classmethod
    def of(cls, one: Decision, first_answer_s: float | None) -> DecisionOut:
        return cls(
            at=one.at,
            kind=one.kind,
            action=one.action,
            by=one.by,
            reason=one.reason,
            stable=one.stable,
            candidate=one.candidate,
            percent=one.percent,
            figures=dict(one.figures or {}),
            first_answer_s=first_answer_s,
        )


class ReleaseOut(Out):
    """A policy or a knowledge base, moved as versions are."""

    kind: Kind
    aliases: AliasesOut
    candidates: list[str] = Field(description="What can be promoted or tried, the newest first.")
    analysis: AnalysisOut | None


class RolloutOut(Out):
    """Everything about versions on one page."""

    aliases: AliasesOut
    versions: list[VersionManifestOut]
    analysis: AnalysisOut | None
    others: list[ReleaseOut]
    history: list[DecisionOut]
    recordings: int = Field(description="Questions that can be asked again.")


class PairOut(Out):
    """Two answers without a word of which version gave which. `pictures` are data URLs."""

    recording: str
    question: str
    pictures: list[str]
    left: str
    right: str
    left_open: int = Field(description="How many more wait for this voter.")
    stable: str
    candidate: str


class PairsOut(Out):
    pair: PairOut | None


class ReportOut(Out):
    report: Report


class ErasedOut(Out):
    erased: int
