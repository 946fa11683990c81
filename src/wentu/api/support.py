"""/v1/support: customers' questions, the desk of those who take over, and the figures."""

from __future__ import annotations

import time

from apiflask import APIBlueprint
from flask import Response

from wentu.api import limits, webhook
from wentu.api.auth import Identity, identity
from wentu.api.described import files
from wentu.api.knowledge import knowledge
from wentu.api.pictures import file_response
from wentu.api.roles import agent
from wentu.api.schemas.support import (
    CasesQuery,
    FiguresOut,
    FiguresQuery,
    RatingIn,
    ReplyIn,
    SupportCaseOut,
    SupportCasesOut,
    SupportIn,
    SupportOut,
    SupportStatusOut,
)
from wentu.api.service import service
from wentu.api.work import Work, answered, submit
from wentu.core.errors import BadRequest, UnknownPicture
from wentu.core.results import Support
from wentu.core.types import Answer
from wentu.store import SupportCase, support_object
from wentu.store.ids import new_id

blueprint = APIBlueprint("support", __name__, tag="Customer service")

_DAY_S = 86_400


@blueprint.post("/v1/support")
@blueprint.input(SupportIn, arg_name="body")
@blueprint.output(SupportOut)
@blueprint.doc(responses=[404, 429])
@limits.body(limits.chat_bytes)
def ask_support(body: SupportIn) -> SupportOut:
    """Answer a customer from the knowledge base, or hand over"""
    parts, who = service(), identity()
    if not body.question.strip() and not body.pictures:
        raise BadRequest("the question is empty", hint="Send a question, a picture, or both.", param="question")
    case_id = new_id("sup")
    conversation = body.conversation or case_id
    options = {"failures": str(parts.store.cases.failures(conversation, owner=who.owner))}
    if body.language:
        options["language"] = body.language
    started = time.monotonic()
    question = body.question.replace("\0", "")
    work = submit(
        parts, who, task="support", pictures=body.pictures, question=question, model=body.model, options=options
    )
    answer = answered(parts, work)
    case = _case(case_id, who, conversation, question, work, answer, time.monotonic() - started)
    parts.store.cases.add(case)
    if case.state == "waiting":
        webhook.announce(parts.settings.support, case)
    return SupportOut.model_validate(case.shown)


@blueprint.get("/v1/support/cases/<case_id>/status")
@blueprint.output(SupportStatusOut)
def get_support_status(case_id: str) -> SupportStatusOut:
    """Whether a person has replied"""
    case = service().store.cases.get(case_id, owner=identity().owner)
    return SupportStatusOut(id=case.id, state=case.state, reply=case.reply, solved=case.solved)


@blueprint.post("/v1/support/cases/<case_id>/rating")
@blueprint.input(RatingIn, arg_name="body")
@blueprint.output(SupportStatusOut)
def rate_support(case_id: str, body: RatingIn) -> SupportStatusOut:
    """Say whether an answer solved it"""
    case = service().store.cases.rate(case_id, body.solved, owner=identity().owner)
    return SupportStatusOut(id=case.id, state=case.state, reply=case.reply, solved=case.solved)


@blueprint.get("/v1/support/cases")
@blueprint.input(CasesQuery, location="query", arg_name="args")
@blueprint.output(SupportCasesOut)
def list_support_cases(args: CasesQuery) -> SupportCasesOut:
    """The desk: cases by state, those that wait longest first"""
    agent()
    return SupportCasesOut(
        data=[SupportCaseOut.of(one) for one in service().store.cases.list(state=args.state, limit=args.limit)]
    )


@blueprint.get("/v1/support/cases/<case_id>")
@blueprint.output(SupportCaseOut)
def get_support_case(case_id: str) -> SupportCaseOut:
    """One case with its summary"""
    agent()
    return SupportCaseOut.of(service().store.cases.get(case_id))


@blueprint.get("/v1/support/cases/<case_id>/pictures/<int:index>")
@blueprint.doc(responses=files("The clean file", "image/jpeg", "image/png"))
def get_support_picture(case_id: str, index: int) -> Response:
    """A customer's picture, for whoever takes over"""
    agent()
    parts = service()
    case = parts.store.cases.get(case_id)
    if not 0 <= index < len(case.picture_ids):
        raise UnknownPicture("this case has no such picture")
    picture = parts.store.pictures.get(case.picture_ids[index], owner=case.owner)
    return file_response(parts.store.files.read(picture.digest), picture.media_type, picture.digest)


@blueprint.post("/v1/support/cases/<case_id>/reply")
@blueprint.input(ReplyIn, arg_name="body")
@blueprint.output(SupportCaseOut)
def reply_to_support_case(case_id: str, body: ReplyIn) -> SupportCaseOut:
    """Send a person's answer, and keep it for the next time"""
    who = agent()
    case = service().store.cases.reply(case_id, body.answer, author=who.owner)
    if body.remember and case.question.strip():
        knowledge().correct(case.question, body.answer, sku=str(case.shown.get("sku") or ""), author=who.owner)
    return SupportCaseOut.of(case)


@blueprint.get("/v1/support/figures")
@blueprint.input(FiguresQuery, location="query", arg_name="args")
@blueprint.output(FiguresOut)
def get_support_figures(args: FiguresQuery) -> FiguresOut:
    """What customer service achieved"""
    agent()
    return FiguresOut.of(service().store.cases.figures(time.time() - args.days * _DAY_S))


def _case(
    case_id: str, who: Identity, conversation: str, question: str, work: Work, answer: Answer, seconds: float
) -> SupportCase:
    found = answer.result
    handed_over = isinstance(found, Support) and found.outcome == "handoff"
    shown = support_object(answer, case_id, picture_ids=work.picture_ids)
    return SupportCase(
        id=case_id,
        owner=who.owner,
        conversation=conversation,
        question=question,
        picture_ids=work.picture_ids,
        outcome=shown["outcome"],
        reason=found.reason if isinstance(found, Support) else "",
        summary=found.summary if isinstance(found, Support) else "",
        seen=dict(found.seen) if isinstance(found, Support) else {},
        shown=shown,
        state="waiting" if handed_over else "closed",
        reply="",
        replied_by="",
        solved=None,
        seconds=seconds,
        work_s=sum(answer.timings.values()),
        created_at=time.time(),
        replied_at=None,
    )
