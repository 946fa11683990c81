"""Two versions on recorded questions, by tables and by people: under /v1/rollout, for administrators."""

from __future__ import annotations

import base64
import re

from apiflask import APIBlueprint
from flask import Response

from wentu.api.auth import identity, need_role
from wentu.api.described import files
from wentu.api.rollout import stable_of
from wentu.api.schemas.rollout import PairOut, PairQuery, PairsOut, ReportOut, ReportQuery, VoteIn
from wentu.api.service import Service, service
from wentu.core.errors import UnknownVersion, WentuError
from wentu.core.types import Stored
from wentu.rollout.blind import next_pair, vote_of
from wentu.rollout.report import Report, pairs_of, report
from wentu.rollout.report_page import as_csv, as_page
from wentu.store.places import recorded_files

blueprint = APIBlueprint("comparison", __name__, tag="Versions")
_MEDIA = {"html": "text/html", "csv": "text/csv"}


@blueprint.before_request
def _check_role() -> None:
    need_role("admin")


@blueprint.get("/v1/rollout/report")
@blueprint.input(ReportQuery, location="query", arg_name="args")
@blueprint.output(ReportOut)
@blueprint.doc(responses=files("The report; with `format` as a page or a table", "application/json", *_MEDIA.values()))
def get_report(args: ReportQuery) -> ReportOut | Response:
    """Two versions on the recorded questions, by scenario and field"""
    made = _report(service(), *_two(service(), args))
    if args.format == "json":
        return ReportOut(report=made)
    text = as_page(made) if args.format == "html" else as_csv(made)
    name = re.sub(r"[^\w.-]+", "-", f"{made.candidate}-vs-{made.stable}.{args.format}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if args.download else {}
    return Response(text, mimetype=_MEDIA[args.format], headers=headers)


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


def _two(parts: Service, args: PairQuery) -> tuple[str, str]:
    """The two versions that are meant. Raises UnknownVersion when there is no second one."""
    names = parts.store.aliases.read()
    stable = args.stable or stable_of(parts)
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
