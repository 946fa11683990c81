"""Customer service and the knowledge base on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask.fields import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from wentu.api.schemas.base import In, JsonObject, Out, Query
from wentu.core.knowledge import Correction, EntryHit, ProductHit
from wentu.knowledge import Edit, Version
from wentu.store import SupportCase, SupportFigures

Scalar = str | int | float | bool | None


class SupportIn(In):
    """A customer's question. `conversation` is any name for it, so that two failures in a row are noticed."""

    question: Annotated[str, Field(max_length=4_000)] = ""
    pictures: Annotated[list[str], Field(max_length=8)] = Field(default_factory=list)
    conversation: Annotated[str, Field(max_length=80)] | None = None
    language: Literal["zh", "en"] | None = None
    model: Annotated[str, Field(max_length=200)] = "stable"


class CandidateOut(Out):
    sku: str
    label: str
    attributes: dict[str, str]


class SupportOut(Out):
    """An answer. Every value in `facts` comes from the knowledge base."""

    id: str
    outcome: Literal["answered", "contradiction", "ambiguous", "not_in_kb", "handoff", "unreadable"]
    sku: str | None
    faq_id: str | None
    answer: str
    facts: dict[str, Scalar]
    citations: list[JsonObject] = Field(description="Rows (`id`, `place`, `version`) and boxes (`picture_id`, `box`).")
    candidates: list[CandidateOut]
    version: str


class RatingIn(In):
    solved: bool


class ReplyIn(In):
    answer: Annotated[str, Field(min_length=1, max_length=6_000)]
    remember: bool = Field(False, description="Use this answer the next time.")


class CasesQuery(Query):
    state: Literal["waiting", "replied", "closed"] | None = None
    limit: int = Field(50, ge=1, le=200)


class SupportStatusOut(Out):
    """What a customer may know of their case."""

    id: str
    state: Literal["closed", "waiting", "replied"]
    reply: str
    solved: bool | None


class SupportCaseOut(SupportStatusOut):
    """A case as an agent sees it; times are Unix seconds."""

    conversation: str
    question: str
    picture_ids: list[str]
    reason: str
    summary: str
    seen: dict[str, str]
    shown: SupportOut
    seconds: float
    created_at: int
    replied_at: int | None

    @classmethod
    def of(cls, case: SupportCase) -> SupportCaseOut:
        return cls(
            id=case.id,
            state=case.state,
            reply=case.reply,
            solved=case.solved,
            conversation=case.conversation,
            question=case.question,
            picture_ids=list(case.picture_ids),
            reason=case.reason,
            summary=case.summary,
            seen=case.seen,
            shown=SupportOut.model_validate(case.shown),
            seconds=case.seconds,
            created_at=int(case.created_at),
            replied_at=None if case.replied_at is None else int(case.replied_at),
        )


class SupportCasesOut(Out):
    data: list[SupportCaseOut]


class FiguresQuery(Query):
    days: int = Field(30, ge=1, le=3_650)


class FiguresOut(Out):
    """Shares are 0..1; `confirmed` and `assumed` resolution are never added up without saying so."""

    conversations: int
    questions: int
    involvement: float | None
    answer_rate: float | None
    confirmed: float | None
    assumed: float | None
    automation: float | None
    handoffs: dict[str, int]
    outcomes: dict[str, int]
    median_s: float | None
    median_work_s: float | None

    @classmethod
    def of(cls, found: SupportFigures) -> FiguresOut:
        return cls(**{name: getattr(found, name) for name in SupportFigures.__slots__})


class ImportIn(BaseModel):
    """One file of products or of questions and answers."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)

    file: UploadFile
    replace: bool = Field(False, description="End everything that the file does not have.")
    stage: bool = Field(False, description="Into a copy, which `/v1/rollout` tries or promotes.")


class RefusalOut(Out):
    place: str
    reason: str
    value: str


class VersionOfKnowledge(Out):
    """One version; `refused` are the rows that its import did not take, and why."""

    number: int
    created_at: int
    note: str
    added: int
    changed: int
    removed: int
    products: int
    entries: int
    refused: list[RefusalOut]

    @classmethod
    def of(cls, found: Version) -> VersionOfKnowledge:
        fields: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields if name != "refused"}
        refused = [RefusalOut(place=one.place, reason=one.reason, value=one.value) for one in found.refused]
        return cls(**{**fields, "created_at": int(found.created_at)}, refused=refused)


class VersionsOfKnowledge(Out):
    data: list[VersionOfKnowledge]
    staged: str | None = Field(description="The name of the copy that waits.")


class SearchQuery(Query):
    query: str = Field(min_length=1, max_length=500)
    limit: int = Field(8, ge=1, le=50)


class ProductHitOut(Out):
    sku: str
    label: str
    price: float | None
    currency: str
    stock: int | None
    attributes: dict[str, str]
    place: str
    score: float
    hits: int

    @classmethod
    def of(cls, found: ProductHit, hits: int) -> ProductHitOut:
        one = found.product
        return cls(
            sku=one.sku,
            label=one.label,
            price=one.price,
            currency=one.currency,
            stock=one.stock,
            attributes=dict(one.attributes),
            place=one.source,
            score=round(found.score, 4),
            hits=hits,
        )


class EntryHitOut(Out):
    id: str
    title: str
    text: str
    place: str
    score: float
    coverage: float = Field(description="Weighted share of the question's words that it answers to.")
    hits: int

    @classmethod
    def of(cls, found: EntryHit, hits: int) -> EntryHitOut:
        one = found.entry
        score, coverage = round(found.score, 4), round(found.coverage, 4)
        return cls(
            id=one.id, title=one.title, text=one.text, place=one.source, score=score, coverage=coverage, hits=hits
        )


class FoundOut(Out):
    products: list[ProductHitOut]
    entries: list[EntryHitOut]


class CorrectionIn(In):
    question: Annotated[str, Field(min_length=1, max_length=4_000)]
    answer: Annotated[str, Field(min_length=1, max_length=6_000)]
    sku: Annotated[str, Field(max_length=100)] = ""


class EditOut(Out):
    answer: str
    author: str
    at: int

    @classmethod
    def of(cls, found: Edit) -> EditOut:
        return cls(answer=found.answer, author=found.author, at=int(found.at))


class CorrectionOut(Out):
    id: str
    question: str
    sku: str
    answer: str
    hits: int
    active: bool
    updated_at: int
    history: list[EditOut]

    @classmethod
    def of(cls, found: Correction, edits: tuple[Edit, ...]) -> CorrectionOut:
        return cls(
            id=found.id,
            question=found.question,
            sku=found.sku,
            answer=found.answer,
            hits=found.hits,
            active=found.active,
            updated_at=int(found.updated_at),
            history=[EditOut.of(one) for one in edits],
        )


class CorrectionsOut(Out):
    data: list[CorrectionOut]
