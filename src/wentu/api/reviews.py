"""/v1/reviews: the review desk for agents and administrators, and the decision for whoever waits for it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from wentu.api.auth import identity, need_role
from wentu.api.described import files
from wentu.api.schemas.safety import AuditOut, AuditQuery, DecisionIn, EntryOut, ReviewOut, ReviewsOut, ReviewsQuery
from wentu.api.service import service
from wentu.core.errors import UnknownPicture

blueprint = APIBlueprint("reviews", __name__, tag="Safety")

_REVIEWERS = ("agent", "admin")


@blueprint.get("/v1/reviews")
@blueprint.input(ReviewsQuery, location="query", arg_name="args")
@blueprint.output(ReviewsOut)
def list_reviews(args: ReviewsQuery) -> ReviewsOut:
    """List cases, the newest first (agents and administrators)"""
    need_role("agent", "admin")
    reviews = service().store.reviews
    found = reviews.list(state=args.state, limit=args.limit, after=args.after)
    return ReviewsOut(data=[ReviewOut.of(one, reviewer=True) for one in found], waiting=reviews.waiting())


@blueprint.get("/v1/reviews/<review_id>")
@blueprint.output(ReviewOut)
def get_review(review_id: str) -> ReviewOut:
    """How a case stands; for whoever asked, with the answer once it was approved"""
    who = identity()
    reviewer = who.role in _REVIEWERS
    found = service().store.reviews.get(review_id, owner=None if reviewer else who.owner)
    return ReviewOut.of(found, reviewer=reviewer, mine=found.owner == who.owner)


@blueprint.post("/v1/reviews/<review_id>/decision")
@blueprint.input(DecisionIn, arg_name="body")
@blueprint.output(ReviewOut)
def decide_review(review_id: str, body: DecisionIn) -> ReviewOut:
    """Approve, edit or reject (agents and administrators)"""
    who = need_role("agent", "admin")
    text = None if body.text is None else body.text.replace("\0", "")
    decided = service().store.reviews.decide(review_id, body.verdict, by=who.owner, text=text)
    return ReviewOut.of(decided, reviewer=True)


@blueprint.get("/v1/reviews/<review_id>/pictures/<int:number>")
@blueprint.doc(responses=files("The clean file", "image/jpeg", "image/png"))
def get_review_picture(review_id: str, number: int) -> Response:
    """A picture of a case (agents and administrators)"""
    need_role("agent", "admin")
    store = service().store
    pictures = store.reviews.get(review_id).pictures
    if number >= len(pictures):
        raise UnknownPicture("the case has no such picture")
    data = store.files.read(pictures[number])
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, content_type=kind, headers={"Cache-Control": "no-store"})


@blueprint.get("/v1/audit")
@blueprint.input(AuditQuery, location="query", arg_name="args")
@blueprint.output(AuditOut)
def list_audit(args: AuditQuery) -> AuditOut:
    """The audit's newest entries, and whether its chain holds (administrators)"""
    need_role("admin")
    audit = service().store.audit
    entries = audit.entries(limit=args.limit, before=args.before)
    return AuditOut(data=[EntryOut.of(one) for one in entries], first_broken=audit.first_broken())
