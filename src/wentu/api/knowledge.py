"""/v1/knowledge: imports with their report, versions and rollback, a search to try, corrections."""

from __future__ import annotations

from typing import cast

from apiflask import APIBlueprint
from flask import current_app

from wentu import releases
from wentu.api import limits
from wentu.api.roles import agent
from wentu.api.schemas.support import (
    CorrectionIn,
    CorrectionOut,
    CorrectionsOut,
    EntryHitOut,
    FoundOut,
    ImportIn,
    ProductHitOut,
    SearchQuery,
    VersionOfKnowledge,
    VersionsOfKnowledge,
)
from wentu.api.service import service
from wentu.core.errors import WentuError
from wentu.core.knowledge import Correction
from wentu.knowledge import KnowledgeBase, SourceFile

blueprint = APIBlueprint("knowledge", __name__, tag="Knowledge base")

_EXTENSION = "wentu.knowledge"


def knowledge() -> KnowledgeBase:
    """The knowledge base of the app that handles this request, opened at its first use."""
    opened = current_app.extensions.setdefault(_EXTENSION, KnowledgeBase(service().settings))
    return cast(KnowledgeBase, opened)


@blueprint.post("/v1/knowledge/imports")
@blueprint.input(ImportIn, location="form_and_files", arg_name="form")
@blueprint.output(VersionOfKnowledge, status_code=201)
@blueprint.doc(responses=[413])
@limits.body(limits.knowledge_bytes)
def import_knowledge(form: ImportIn) -> VersionOfKnowledge:
    """Take a file in as the next version, or into a copy to be tried; what was refused is reported"""
    who, aliases = agent(), service().store.aliases
    file = SourceFile(
        (form.file.filename or "file").replace("\\", "/").rpartition("/")[2][:200], form.file.stream.read()
    )
    *_, last = releases.import_knowledge(
        knowledge(), aliases, [file], by=who.owner, replace=form.replace, stage=form.stage
    )
    if last.version is None:
        raise WentuError("the import ended without a version")
    return VersionOfKnowledge.of(last.version)


@blueprint.get("/v1/knowledge/versions")
@blueprint.output(VersionsOfKnowledge)
def list_knowledge_versions() -> VersionsOfKnowledge:
    """List versions, the newest first, which is the one that answers"""
    agent()
    base = knowledge()
    return VersionsOfKnowledge(data=[VersionOfKnowledge.of(one) for one in base.versions()], staged=base.staged or None)


@blueprint.post("/v1/knowledge/versions/<int:number>/rollback")
@blueprint.output(VersionOfKnowledge, status_code=201)
def roll_back_knowledge(number: int) -> VersionOfKnowledge:
    """Make a new version that equals an older one"""
    who = agent()
    aliases = service().store.aliases
    return VersionOfKnowledge.of(releases.roll_back_knowledge(knowledge(), aliases, number, by=who.owner))


@blueprint.get("/v1/knowledge/search")
@blueprint.input(SearchQuery, location="query", arg_name="args")
@blueprint.output(FoundOut)
def search_knowledge(args: SearchQuery) -> FoundOut:
    """Try the search, with its scores and hit counts"""
    agent()
    base = knowledge()
    hits = base.hits()
    return FoundOut(
        products=[
            ProductHitOut.of(one, hits.get(one.product.row, 0)) for one in base.find_products(args.query, args.limit)
        ],
        entries=[EntryHitOut.of(one, hits.get(one.entry.row, 0)) for one in base.find_entries(args.query, args.limit)],
    )


@blueprint.get("/v1/knowledge/corrections")
@blueprint.output(CorrectionsOut)
def list_corrections() -> CorrectionsOut:
    """List corrected answers with their uses and earlier wordings"""
    agent()
    return CorrectionsOut(data=[_shown(one) for one in knowledge().corrections()])


@blueprint.post("/v1/knowledge/corrections")
@blueprint.input(CorrectionIn, arg_name="body")
@blueprint.output(CorrectionOut, status_code=201)
def add_correction(body: CorrectionIn) -> CorrectionOut:
    """Keep a person's answer for the next time this is asked"""
    who = agent()
    return _shown(knowledge().correct(body.question, body.answer, sku=body.sku, author=who.owner))


@blueprint.delete("/v1/knowledge/corrections/<correction_id>")
@blueprint.doc(responses={204: "No longer used"})
def retire_correction(correction_id: str) -> tuple[str, int]:
    """Stop using a corrected answer; its history stays"""
    agent()
    knowledge().retire(correction_id)
    return "", 204


def _shown(correction: Correction) -> CorrectionOut:
    return CorrectionOut.of(correction, knowledge().edits(correction.id))
