"""The review desk and the policies on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from wentu.api.schemas.base import In, JsonObject, Out, Query
from wentu.core.codec import to_plain
from wentu.safety.personal_data import mask
from wentu.store.audit import Entry
from wentu.store.reviews import Review

State = Literal["waiting", "approved", "edited", "rejected"]


class ReviewsQuery(Query):
    state: State | None = Field(None, description="Only cases that stand like this.")
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=40, description="The last case of the page before.")


class DecisionIn(In):
    verdict: Literal["approve", "edit", "reject"]
    text: Annotated[str, Field(max_length=100_000)] | None = Field(None, description="The edited answer.")


class CaseOut(Out):
    """What a reviewer sees. Texts are masked; `start` and `end` are code points of `text`."""

    place: Literal["question", "picture", "picture_text", "answer", "result"]
    rule: str
    category: str
    severity: Literal["review", "block"]
    how: str = Field(description="exact, skipped, pinyin, split, classifier, judge, pattern or guard.")
    start: int
    end: int
    question: str
    text: str
    draft: str | None = Field(description="The answer that waits, masked; null once it was decided.")
    pictures: int = Field(description="How many pictures GET /v1/reviews/{id}/pictures/{n} shows, n from 0.")
    owner: str
    session: str | None
    decided_by: str | None


class DeliveredOut(Out):
    """The answer that was approved, for whoever asked."""

    text: str
    result: JsonObject | None


class ReviewOut(Out):
    """A case; times are Unix seconds. `case` is for reviewers, `answer` for whoever asked."""

    id: str
    object: Literal["review"]
    state: State
    created_at: int
    decided_at: int | None
    case: CaseOut | None
    answer: DeliveredOut | None

    @classmethod
    def of(cls, review: Review, *, reviewer: bool, mine: bool = False) -> ReviewOut:
        delivered = None
        if mine and review.answer is not None:
            plain: dict[str, Any] = to_plain(review.answer)
            delivered = DeliveredOut(text=review.answer.text, result=plain["result"])
        return cls(
            id=review.id,
            object="review",
            state=review.state,
            created_at=int(review.created_at),
            decided_at=None if review.decided_at is None else int(review.decided_at),
            case=_case(review) if reviewer else None,
            answer=delivered,
        )


class ReviewsOut(Out):
    data: list[ReviewOut]
    waiting: int = Field(description="How many cases wait, of all pages.")


class AuditQuery(Query):
    limit: int = Field(50, ge=1, le=500)
    before: int | None = Field(None, ge=1)


class EntryOut(Out):
    """One entry of the audit's hash chain."""

    number: int
    at: float
    actor: str
    action: str
    subject: str
    digest: str
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> EntryOut:
        return cls(**{name: getattr(entry, name) for name in Entry.__slots__})


class AuditOut(Out):
    data: list[EntryOut]
    first_broken: int | None = Field(description="The first entry that does not fit the chain; null: all do.")


class PolicyIn(In):
    policy: JsonObject = Field(description="The whole policy: docs/safety.md.")


class PublishIn(PolicyIn):
    percent: int = Field(100, ge=1, le=100, description="Share of the sessions; below 100 a canary.")
    auto: bool = Field(False, description="Go up the steps, and promote what is better.")


class PolicyOut(Out):
    version: int
    in_force: bool
    policy: JsonObject


class PoliciesOut(Out):
    in_force: int
    versions: list[int] = Field(description="The newest first; 0 is the one that ships.")


class SampleTextOut(Out):
    text: str
    start: int
    end: int
    category: str
    severity: Literal["review", "block"]


class EffectOut(Out):
    """What the policy would have done to recent questions and answers."""

    texts: int
    blocked: int
    held: int
    newly_blocked: int
    newly_held: int
    freed: int
    by_category: dict[str, int]
    samples: list[SampleTextOut]
    meaning: bool = Field(description="False: the deployment's own text classifier was not asked; `wentu policy try`.")


def _case(review: Review) -> CaseOut:
    return CaseOut.model_validate(
        {
            "place": review.place,
            "rule": review.rule,
            "category": review.category,
            "severity": review.severity,
            "how": review.how,
            "start": review.span[0],
            "end": review.span[1],
            "question": review.question,
            "text": review.text,
            "draft": None if review.draft is None else mask(review.draft.text),
            "pictures": len(review.pictures),
            "owner": review.owner,
            "session": review.session,
            "decided_by": review.decided_by,
        }
    )
