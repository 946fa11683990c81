"""/v1/rollout: versions, policies and knowledge bases that are tried, and the way back. For administrators."""

from __future__ import annotations

from apiflask import APIBlueprint

from wentu.api.auth import identity, need_role
from wentu.api.schemas.rollout import (
    AliasesOut,
    AnalysisOut,
    CanaryIn,
    DecisionOut,
    MoveIn,
    PromoteIn,
    ReleaseOut,
    RolloutOut,
    ShadowIn,
    VersionManifestOut,
)
from wentu.api.service import Service, service
from wentu.core.errors import WentuError
from wentu.queue.state import VersionState
from wentu.releases import candidates, control_of
from wentu.rollout.analysis import analyse
from wentu.rollout.artifacts import VersionArtifacts
from wentu.rollout.control import Control
from wentu.rollout.manifest import Manifests, VersionManifest, differences
from wentu.rollout.recovery import first_answer_s
from wentu.store import Aliases, Kind

blueprint = APIBlueprint("rollout", __name__, tag="Versions")
_ARMS = ("control", "canary", "fallback")
_OTHERS: tuple[Kind, ...] = ("policy", "knowledge")


@blueprint.before_request
def _check_role() -> None:
    need_role("admin")


@blueprint.get("/v1/rollout")
@blueprint.output(RolloutOut)
def get_rollout() -> RolloutOut:
    """The versions, what is being tried and how it stands, and the newest decisions"""
    parts = service()
    names, states = parts.store.aliases.read(), _states(parts)
    stable = _stable(names, states)
    manifests = {one.name: one for one in Manifests(parts.settings.versions_dir).list()}
    return RolloutOut(
        aliases=AliasesOut.of(names, stable),
        versions=[_version(one, names, stable, manifests, states) for one in manifests.values()],
        analysis=_analysis(parts, "model"),
        others=[_release(parts, kind) for kind in _OTHERS],
        history=[
            DecisionOut.of(one, first_answer_s(one, parts.store.exposures)) for one in parts.store.aliases.decisions(50)
        ],
        recordings=parts.store.recordings.count(),
    )


@blueprint.post("/v1/rollout/canary")
@blueprint.input(CanaryIn, arg_name="body")
@blueprint.output(AliasesOut)
def start_canary(body: CanaryIn) -> AliasesOut:
    """Give a share of the sessions to a version"""
    control = _control(service(), body.of)
    return AliasesOut.of(control.canary(body.version, body.percent, auto=body.auto, reason=body.reason), "")


@blueprint.post("/v1/rollout/shadow")
@blueprint.input(ShadowIn, arg_name="body")
@blueprint.output(AliasesOut)
def start_shadow(body: ShadowIn) -> AliasesOut:
    """Let a version answer copies that nobody sees"""
    return AliasesOut.of(_control(service(), "model").shadow(body.version, reason=body.reason), "")


@blueprint.post("/v1/rollout/pause")
@blueprint.input(MoveIn, arg_name="body")
@blueprint.output(AliasesOut)
def pause_rollout(body: MoveIn) -> AliasesOut:
    """Give the candidate no more sessions for now"""
    return AliasesOut.of(_control(service(), body.of).pause(reason=body.reason), "")


@blueprint.post("/v1/rollout/resume")
@blueprint.input(MoveIn, arg_name="body")
@blueprint.output(AliasesOut)
def resume_rollout(body: MoveIn) -> AliasesOut:
    """Go on after a pause"""
    return AliasesOut.of(_control(service(), body.of).resume(reason=body.reason), "")


@blueprint.post("/v1/rollout/promote")
@blueprint.input(PromoteIn, arg_name="body")
@blueprint.output(AliasesOut)
def promote_version(body: PromoteIn) -> AliasesOut:
    """Make the candidate, or the named version, stable"""
    return AliasesOut.of(_control(service(), body.of).promote(body.version, reason=body.reason), "")


@blueprint.post("/v1/rollout/rollback")
@blueprint.input(MoveIn, arg_name="body")
@blueprint.output(AliasesOut)
def rollback_version(body: MoveIn) -> AliasesOut:
    """End what is being tried; where nothing is, go back to the previous version"""
    return AliasesOut.of(_control(service(), body.of).rollback(reason=body.reason), "")


def stable_of(parts: Service) -> str:
    """The version that answers now; "" where none has said so yet."""
    return _stable(parts.store.aliases.read(), _states(parts))


def _control(parts: Service, kind: Kind) -> Control:
    states = _states(parts) if kind == "model" else {}
    versions = VersionArtifacts(
        parts.settings,
        stable=lambda: _stable(Aliases(), states),
        loaded=lambda version: version in states and states[version].state == "ready",
    )
    return control_of(kind, parts.settings, parts.store.aliases, by=identity().owner, versions=versions)


def _release(parts: Service, kind: Kind) -> ReleaseOut:
    names = _control(parts, kind).names()
    found = candidates(kind, parts.settings)
    return ReleaseOut(
        kind=kind,
        aliases=AliasesOut.of(names, ""),
        candidates=[name for name in found if name != names.stable],
        analysis=_analysis(parts, kind),
    )


def _states(parts: Service) -> dict[str, VersionState]:
    try:
        worker = parts.queue.worker()
    except WentuError:
        worker = None
    return {one.name: one for one in worker.versions} if worker else {}


def _stable(names: Aliases, states: dict[str, VersionState]) -> str:
    return names.stable or next((one.name for one in states.values() if one.stable), "")


def _version(
    one: VersionManifest,
    names: Aliases,
    stable: str,
    manifests: dict[str, VersionManifest],
    states: dict[str, VersionState],
) -> VersionManifestOut:
    alias = {names.previous: "previous", names.candidate: "candidate", stable: "stable"}.get(one.name)
    differs = differences(manifests[stable], one) if stable in manifests and one.name != stable else {}
    state = states.get(one.name)
    return VersionManifestOut.of(
        one, alias=alias, state=state.state if state else "unknown", error=state.error if state else "", differs=differs
    )


def _analysis(parts: Service, kind: Kind) -> AnalysisOut | None:
    names = parts.store.aliases.of(kind).read()
    if names.mode != "canary":
        return None
    exposures = parts.store.exposures.of_run(names.run, _ARMS)
    found = analyse(exposures, (names.stable, names.candidate), names.percent, parts.settings.rollout)
    return AnalysisOut.of(found)
