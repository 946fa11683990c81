"""The review desk: answers that wait for a person, and the decision on its way to whoever asked.

Deciding, delivering and noting it in the audit are one transaction: of two reviewers one wins, and the other is told.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update
from sqlalchemy.orm import Session as Transaction

from wentu.core.codec import from_json, to_json
from wentu.core.errors import AlreadyDecided, BadRequest, UnknownReview
from wentu.core.types import Answer
from wentu.store.answers import wentu_object
from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.ids import new_id
from wentu.store.messages import text_content
from wentu.store.models import JobRow, MessageRow, ReviewRow

ReviewState = Literal["waiting", "approved", "edited", "rejected"]
Verdict = Literal["approve", "edit", "reject"]
_STATES: dict[Verdict, ReviewState] = {"approve": "approved", "edit": "edited", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a worker files. `span` lies in `text`; both texts are masked, `draft` is the whole answer as it is."""

    owner: str
    session: str | None
    place: str
    rule: str
    category: str
    severity: str
    how: str
    span: tuple[int, int]
    question: str
    text: str
    pictures: tuple[str, ...]
    draft: Answer


@dataclass(frozen=True, slots=True)
class Review:
    """One case. `draft` is there while it waits, `answer` once it was approved or edited; times are Unix seconds."""

    id: str
    owner: str
    session: str | None
    state: ReviewState
    place: str
    rule: str
    category: str
    severity: str
    how: str
    span: tuple[int, int]
    question: str
    text: str
    pictures: tuple[str, ...]
    draft: Answer | None
    answer: Answer | None
    created_at: float
    decided_at: float | None
    decided_by: str | None


class Reviews:
    """The cases of all owners."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def file(self, case: NewCase) -> str:
        """Keeps a case; its id."""
        row = ReviewRow(
            id=new_id("rev"),
            owner=case.owner,
            session=case.session,
            state="waiting",
            place=case.place,
            rule=case.rule,
            category=case.category,
            severity=case.severity,
            how=case.how,
            span_start=case.span[0],
            span_end=case.span[1],
            question=case.question,
            text=case.text,
            pictures=list(case.pictures),
            draft=to_json(case.draft),
            created_at=time.time(),
        )
        with self._database.write() as transaction:
            transaction.add(row)
            self._audit.add(transaction, "guard", "held", row.id, case.draft.text)
        return row.id

    def list(
        self, *, state: ReviewState | None = None, limit: int = 50, after: str | None = None
    ) -> tuple[Review, ...]:
        """The newest cases first; `after` is the last one of the page before. Raises UnknownReview."""
        chosen = select(ReviewRow).order_by(ReviewRow.created_at.desc(), ReviewRow.id.desc()).limit(limit)
        if state is not None:
            chosen = chosen.where(ReviewRow.state == state)
        with self._database.read() as transaction:
            if after is not None:
                chosen = chosen.where(_older_than(_row(transaction, after)))
            return tuple(_review(row) for row in transaction.scalars(chosen))

    def waiting(self) -> int:
        """How many cases wait."""
        with self._database.read() as transaction:
            count = select(func.count()).select_from(ReviewRow).where(ReviewRow.state == "waiting")
            return transaction.scalar(count) or 0

    def get(self, review_id: str, *, owner: str | None = None) -> Review:
        """The case; with `owner`, only if it is theirs. Raises UnknownReview."""
        with self._database.read() as transaction:
            row = _row(transaction, review_id)
        if owner is not None and row.owner != owner:
            raise UnknownReview("there is no such case")
        return _review(row)

    def decide(self, review_id: str, verdict: Verdict, *, by: str, text: str | None = None) -> Review:
        """Decides, and gives the answer to whoever waits for it. `text` is the edited answer.

        Raises UnknownReview, AlreadyDecided, BadRequest for an edit without a text.
        """
        if (verdict == "edit") != bool(text and text.strip()):
            raise BadRequest("an edit needs 'text', and nothing else takes it", param="text")
        with self._database.write() as transaction:
            row = _row(transaction, review_id, to_change=True)
            if row.state != "waiting":
                raise AlreadyDecided("somebody has decided this case already", state=row.state)
            answer = None if verdict == "reject" else _decided(from_json(Answer, row.draft or ""), text, row.id)
            row.state, row.decided_at, row.decided_by = _STATES[verdict], time.time(), by
            row.answer, row.draft = (to_json(answer) if answer else None), None
            _deliver(transaction, row, answer)
            self._audit.add(transaction, by, row.state, row.id, answer.text if answer else "")
            transaction.flush()
            return _review(row)

    def delete_old(self, before: float) -> int:
        """Forgets cases that were filed before; what still waits then is as good as rejected."""
        with self._database.write() as transaction:
            gone = transaction.execute(delete(ReviewRow).where(ReviewRow.created_at < before))
            return cast(CursorResult[Any], gone).rowcount


def link(transaction: Transaction, review_id: str, job: JobRow) -> None:
    """Notes which job waits for a case: for whoever ends the job. A decision that was faster is delivered now."""
    transaction.execute(update(ReviewRow).where(ReviewRow.id == review_id).values(job=job.id))
    row = transaction.get(ReviewRow, review_id)
    if row is not None and row.state != "waiting":
        _deliver(transaction, row, from_json(Answer, row.answer) if row.answer else None)


def _decided(draft: Answer, text: str | None, review_id: str) -> Answer:
    """The answer that was approved. A person's own words rest on no evidence, and bring no result along."""
    if text is None:
        return replace(draft, review=review_id)
    return replace(
        draft, text=text, evidence=(), unsupported=(), logprobs=(), result=None, status="unverified", review=review_id
    )


def _deliver(transaction: Transaction, row: ReviewRow, answer: Answer | None) -> None:
    """Into the job that a client can still ask for, and into the conversation."""
    job = transaction.get(JobRow, row.job) if row.job else None
    if job is None:
        return
    if answer is not None:
        job.answer = to_json(answer)
    message = transaction.scalar(select(MessageRow).where(MessageRow.id == job.answer_message))
    if message is None:
        return
    if answer is not None:
        message.content, message.text = text_content(answer.text), answer.text
        message.wentu = wentu_object(
            answer,
            picture_ids=job.picture_ids,
            session=job.session,
            user_message=job.user_message,
            message=job.answer_message,
        )
    if message.wentu is not None:
        message.wentu = {**message.wentu, "review": {"id": row.id, "state": row.state}}


def _older_than(row: ReviewRow) -> ColumnElement[bool]:
    return (ReviewRow.created_at < row.created_at) | (
        (ReviewRow.created_at == row.created_at) & (ReviewRow.id < row.id)
    )


def _row(transaction: Transaction, review_id: str, *, to_change: bool = False) -> ReviewRow:
    """With `to_change` another transaction waits here until this one has ended. Raises UnknownReview."""
    row = transaction.get(ReviewRow, review_id, with_for_update=to_change)
    if row is None:
        raise UnknownReview("there is no such case")
    return row


def _review(row: ReviewRow) -> Review:
    return Review(
        row.id,
        row.owner,
        row.session,
        cast(ReviewState, row.state),
        row.place,
        row.rule,
        row.category,
        row.severity,
        row.how,
        (row.span_start, row.span_end),
        row.question,
        row.text,
        tuple(row.pictures),
        None if row.draft is None else from_json(Answer, row.draft),
        None if row.answer is None else from_json(Answer, row.answer),
        row.created_at,
        row.decided_at,
        row.decided_by,
    )
