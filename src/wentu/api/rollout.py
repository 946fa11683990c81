"""/v1/rollout: versions, what is being tried, and the way back. For administrators."""

from __future__ import annotations

import base64

from apiflask import APIBlueprint
from flask import Response

from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.schemas.rollout import (
    AliasesOut,
    AnalysisOut,
    CanaryIn,
    DecisionOut,
    PairOut,
    PairQuery,
    PairsOut,
    PromoteIn,
    ReasonIn,
    ReportOut,
    ReportQuery,
    RolloutOut,
    ShadowIn,
    VersionManifestOut,
    VoteIn,
)
from wentu.api.service import Service, service
from wentu.core.errors import Forbidden, UnknownVersion, WentuError
from wentu.core.types import Stored
from wentu.queue.state import VersionState
from wentu.rollout.analysis import analyse
from wentu.rollout.blind import next_pair, vote_of
from wentu.rollout.control import Control
from wentu.rollout.manifest import VersionManifest, differences
from wentu.rollout.report import Report, pairs_of, report
from wentu.rollout.report_page import as_page
from wentu.store import Aliases
from wentu.store.places import recorded_files

blueprint = APIBlueprint("rollout", __name__, tag="Versions")
_ARMS = ("control", "canary", "fallback")


@blueprint.before_request
def _check_role() -> None:
    if identity().role != "admin":
        raise Forbidden("versions are for administrators")


@blueprint.get("/v1/rollout")
@blueprint.output(RolloutOut)
def get_rollout() -> RolloutOut:
    """The versions, what is being tried and how it stands, and the newest decisions"""
    parts = service()
    names, states = parts.store.aliases.read(), _states(parts)
    stable = _stable(names, states)
    manifests = {one.name: one for one in _control(parts).manifests.list()}
    return RolloutOut(
        aliases=AliasesOut.of(names, stable),
        versions=[_version(one, names, stable, manifests, states) for one in manifests.values()],
        analysis=_analysis(parts, names),
        history=[DecisionOut.of(one) for one in parts.store.aliases.decisions(50)],
        recordings=parts.store.recordings.count(),
    )


@blueprint.post("/v1/rollout/canary")
@blueprint.input(CanaryIn, arg_name="body")
@blueprint.output(AliasesOut)
def start_canary(body: CanaryIn) -> AliasesOut:
    """Give a share of the sessions to a version"""
    names = _control(service()).canary(body.version, body.percent, auto=body.auto, reason=body.reason)
    return AliasesOut.of(names, "")


@blueprint.post("/v1/rollout/shadow")
@blueprint.input(ShadowIn, arg_name="body")
@blueprint.output(AliasesOut)
def start_shadow(body: ShadowIn) -> AliasesOut:
    """Let a version answer copies that nobody sees"""
    return AliasesOut.of(_control(service()).shadow(body.version, reason=body.reason), "")


@blueprint.post("/v1/rollout/pause")
@blueprint.input(ReasonIn, arg_name="body")
@blueprint.output(AliasesOut)
def pause_rollout(body: ReasonIn) -> AliasesOut:
    """Give the candidate no more sessions for now"""
    return AliasesOut.of(_control(service()).pause(reason=body.reason), "")


@blueprint.post("/v1/rollout/resume")
@blueprint.input(ReasonIn, arg_name="body")
@blueprint.output(AliasesOut)
def resume_rollout(body: ReasonIn) -> AliasesOut:
    """Go on after a pause"""
    return AliasesOut.of(_control(service()).resume(reason=body.reason), "")


@blueprint.post("/v1/rollout/promote")
@blueprint.input(PromoteIn, arg_name="body")
@blueprint.output(AliasesOut)
def promote_version(body: PromoteIn) -> AliasesOut:
    """Make the candidate, or the named version, stable"""
    return AliasesOut.of(_control(service()).promote(body.version, reason=body.reason), "")


@blueprint.post("/v1/rollout/rollback")
@blueprint.input(ReasonIn, arg_name="body")
@blueprint.output(AliasesOut)
def rollback_version(body: ReasonIn) -> AliasesOut:
    """End what is being tried; where nothing is, go back to the previous version"""
    return AliasesOut.of(_control(service()).rollback(reason=body.reason), "")


@blueprint.get("/v1/rollout/report")
@blueprint.input(ReportQuery, location="query", arg_name="args")
@blueprint.output(ReportOut)
@blueprint.doc(responses=files("With `format=html` a page; otherwise the report", "application/json", "text/html"))
def get_report(args: ReportQuery) -> ReportOut | Response:
    """Two versions on the recorded questions, by scenario and field"""
    made = _report(service(), *_two(service(), args))
    return Response(as_page(made), mimetype="text/html") if args.format == "html" else ReportOut(report=made)


@blueprint.get("/v1/rollout/pairs/next")
@blueprint.input(PairQuery, location="query", arg_name="args")
@blueprint.output(PairsOut)
def get_next_pair(args: PairQuery) -> PairsOut:
    """Two answers to judge, blind; null when there is none left"""
    parts, versions = service(), _two(service(), args)
    kept = parts.store.recordings
    found = next_pair(kept.list(), kept.replies(versions), kept.votes(), versions, identity().owner, _key(parts))
    if found is None:
        return PairsOut(pair=None)
    query = found.recording.query
    return PairsOut(
        pair=PairOut(
            recording=found.recording.id,
            question=query.question,
            pictures=[_data_url(parts, ref.digest) for ref in query.pictures if isinstance(ref, Stored)],
            left=found.left,
            right=found.right,
            left_open=found.left_open,
            stable=versions[0],
            candidate=versions[1],
        )
    )


@blueprint.post("/v1/rollout/votes")
@blueprint.input(VoteIn, arg_name="body")
@blueprint.doc(responses={204: "Kept"})
def add_vote(body: VoteIn) -> tuple[str, int]:
    """Judge a pair"""
    parts, versions = service(), (body.stable, body.candidate)
    replies = parts.store.recordings.replies(versions)
    vote = vote_of(body.recording, body.choice, versions, identity().owner, _key(parts), replies)
    parts.store.recordings.vote(vote)
    return "", 204


def _control(parts: Service) -> Control:
    states = _states(parts)
    names = parts.store.aliases.read()
    return Control(
        parts.settings,
        parts.store.aliases,
        by=identity().owner,
        stable=lambda: _stable(names, states),
        loaded=lambda version: version in states and states[version].state == "ready",
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


def _analysis(parts: Service, names: Aliases) -> AnalysisOut | None:
    if names.mode != "canary":
        return None
    exposures = parts.store.exposures.of_run(names.run, _ARMS)
    found = analyse(exposures, (names.stable, names.candidate), names.percent, parts.settings.rollout)
    return AnalysisOut.of(found)


def _two(parts: Service, args: PairQuery) -> tuple[str, str]:
    """The two versions that are meant. Raises UnknownVersion when there is no second one."""
    names = parts.store.aliases.read()
    stable = args.stable or _stable(names, _states(parts))
    candidate = args.candidate or names.candidate or names.previous
    if not stable or not candidate:
        raise UnknownVersion("there is no second version to compare with", param="candidate")
    return stable, candidate


def _report(parts: Service, stable: str, candidate: str) -> Report:
    kept = parts.store.recordings
    recordings = kept.list()
    pairs = pairs_of(recordings, kept.replies((stable, candidate)), stable, candidate)
    return report(stable, candidate, pairs, kept.votes(), len(recordings) - len(pairs))


def _key(parts: Service) -> str:
    """What the order of blind pairs is drawn with: of this deployment, known to nobody outside."""
    return parts.store.aliases.read().salt or str(parts.settings.kept_dir)


def _data_url(parts: Service, digest: str) -> str:
    try:
        data = recorded_files(parts.settings).read(digest)
    except WentuError:
        return ""
    return "data:image/png;base64," + base64.b64encode(data).decode()
