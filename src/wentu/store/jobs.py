"""Questions on their way: made by the web process, answered by a worker, ended exactly once.

Attempts fence each other: each start counts `attempt` up, and an end that names an older one changes nothing, so a
worker that comes back from a long sleep can't overwrite what its successor said.

Every state change is one conditional UPDATE, so that of two workers (or of a worker and a canceller) one wins and
the other is told so. Ending a job also writes the assistant message that waits for it, in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from wentu.core.codec import from_json, to_json, to_plain
from wentu.core.errors import Cancelled, UnknownJob, UnknownSession
from wentu.core.types import Answer, Failed, Priority, Query
from wentu.store.answers import wentu_object
from wentu.store.database import Database
from wentu.store.ids import new_id
from wentu.store.messages import MessageState, text_content
from wentu.store.models import JobRow, MessageRow, SessionRow
from wentu.store.reviews import link

# "held": a job of a batch whose turn to be put into the queue has not come yet.
JobState = Literal["held", "queued", "running", "done", "failed", "cancelled"]
_OPEN = ("held", "queued", "running")
KEEP_FINISHED_S = 3_600


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a question. `attempt` counts the starts, `losses` those that broke off without an end.

    Times are Unix seconds.
    """

    id: str
    owner: str
    query: Query
    state: JobState
    attempt: int
    picture_ids: tuple[str, ...]
    session: str | None
    user_message: str | None
    answer_message: str | None
    answer: Answer | None
    error: dict[str, Any] | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    losses: int = 0
    priority: Priority = "interactive"
    batch: str | None = None
    number: int | None = None
    label: str | None = None

    @property
    def finished(self) -> bool:
        return self.state not in _OPEN


class Jobs:
    """The jobs of all owners. Ids come from the queue here, so only `load` can be asked on an owner's behalf."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        query: Query,
        *,
        owner: str,
        session: str | None = None,
        user_message: str | None = None,
        answer_message: str | None = None,
        picture_ids: Sequence[str] = (),
        priority: Priority = "interactive",
    ) -> str:
        """The id of a new queued job. `picture_ids[i]` is the id of `query.pictures[i]`, for the evidence.

        Raises UnknownSession when the session was deleted at this moment.
        """
        row = JobRow(
            id=new_id("job"),
            owner=owner,
            state="queued",
            attempt=0,
            query=to_json(query),
            picture_ids=list(picture_ids),
            session=session,
            user_message=user_message,
            answer_message=answer_message,
            priority=priority,
            created_at=time.time(),
        )
        try:
            with self._database.write() as transaction:
                transaction.add(row)
        except IntegrityError as exc:
            if session is None:
                raise
            raise UnknownSession("the conversation was deleted meanwhile") from exc
        return row.id

    def load(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job; with `owner`, only if it is theirs. Raises UnknownJob."""
        with self._database.read() as transaction:
            row = transaction.get(JobRow, job_id)
        if row is None or (owner is not None and row.owner != owner):
            raise UnknownJob("there is no such job")
        return _job(row)

    def start(self, job_id: str) -> Job | None:
        """Marks the job as running and counts the attempt; the job, or None if it has ended (or was deleted)."""
        with self._database.write() as transaction:
            if not _change(transaction, job_id, state="running", attempt=JobRow.attempt + 1, started_at=time.time()):
                return None
            return _job(transaction.get_one(JobRow, job_id))

    def release(self, job_id: str, attempt: int, *, lost: bool) -> bool:
        """The job waits again, since its attempt broke off (`lost` counts it); false if that attempt is over."""
        losses = JobRow.losses + 1 if lost else JobRow.losses
        with self._database.write() as transaction:
            return _change(transaction, job_id, attempt, state="queued", losses=losses)

    def finish(self, job_id: str, answer: Answer, *, attempt: int | None = None) -> bool:
        """Keeps the answer; false if the job, or this attempt of it, has ended before.

        A cancelled answer keeps the text that it has.
        """
        state: MessageState = "cancelled" if answer.finish_reason == "cancelled" else "done"
        with self._database.write() as transaction:
            if not _end(transaction, job_id, state, attempt, answer=to_json(answer)):
                return False
            row = transaction.get_one(JobRow, job_id)
            shown = wentu_object(
                answer,
                picture_ids=row.picture_ids,
                session=row.session,
                user_message=row.user_message,
                message=row.answer_message,
            )
            content = text_content(answer.text)
            _write_message(transaction, row, state=state, content=content, text=answer.text, wentu=shown)
            if answer.review is not None:
                link(transaction, answer.review, row)
            return True

    def fail(self, job_id: str, failed: Failed, *, text: str = "", attempt: int | None = None) -> bool:
        """Keeps the error; false if the job, or this attempt, has ended before. Cancelled's code makes it cancelled.

        `text` is what had been released until then: whoever stops an answer keeps what was read.
        """
        state: MessageState = "cancelled" if failed.code == Cancelled.code else "failed"
        error = to_plain(failed)
        with self._database.write() as transaction:
            if not _end(transaction, job_id, state, attempt, error=error):
                return False
            row = transaction.get_one(JobRow, job_id)
            shown = error if state == "failed" else None
            _write_message(transaction, row, state=state, content=text_content(text), text=text, error=shown)
            return True

    def cancel(self, job_id: str) -> bool:
        """Ends the job as cancelled; false if it has ended before."""
        return self.fail(job_id, Cancelled("the question was stopped").as_event())

    def withdraw(self, job_id: str, *, keep_question: bool) -> None:
        """Forgets a job that never got into the queue, with the messages that were made for it."""
        with self._database.write() as transaction:
            row = transaction.get(JobRow, job_id)
            if row is None:
                return
            if row.session is not None:  # first, as whoever deletes it does: two never wait for each other
                transaction.get(SessionRow, row.session, with_for_update=True)
            question = transaction.scalar(select(MessageRow).where(MessageRow.id == row.user_message))
            transaction.execute(delete(MessageRow).where(MessageRow.id == row.answer_message))
            if question is not None:
                _step_back(transaction, row, question)
                if not keep_question:
                    transaction.delete(question)
            transaction.delete(row)

    def unfinished(self, *, session: str | None = None) -> tuple[str, ...]:
        """The ids of queued and running jobs, oldest first; with `session`, only that session's."""
        chosen = select(JobRow.id).where(JobRow.state.in_(("queued", "running"))).order_by(JobRow.created_at)
        if session is not None:
            chosen = chosen.where(JobRow.session == session)
        with self._database.read() as transaction:
            return tuple(transaction.scalars(chosen))

    def writing(self, session: str) -> dict[str, str]:
        """The open jobs of a session by the message that each is writing."""
        chosen = select(JobRow.answer_message, JobRow.id).where(JobRow.session == session, JobRow.state.in_(_OPEN))
        with self._database.read() as transaction:
            return {message: job for message, job in transaction.execute(chosen) if message is not None}

    def delete_finished(self, now: float | None = None) -> int:
        """Forgets jobs (with question and answer) an hour after their end; messages of sessions stay.

        Jobs of a batch stay as long as the batch.
        """
        before = (time.time() if now is None else now) - KEEP_FINISHED_S
        with self._database.write() as transaction:
            done = transaction.execute(delete(JobRow).where(JobRow.finished_at <= before, JobRow.batch.is_(None)))
            return cast(CursorResult[Any], done).rowcount


def _change(transaction: Transaction, job_id: str, only_attempt: int | None = None, **values: object) -> bool:
    """Changes a job that has not ended; false if it has, or if another attempt has begun."""
    chosen = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(_OPEN))
    if only_attempt is not None:
        chosen = chosen.where(JobRow.attempt == only_attempt)
    options = {"synchronize_session": False}  # no transaction has read the row before: there is nothing to keep in step
    changed = transaction.execute(chosen.values(**values), execution_options=options)
    return cast(CursorResult[Any], changed).rowcount == 1


def _end(transaction: Transaction, job_id: str, state: str, attempt: int | None, **values: object) -> bool:
    return _change(transaction, job_id, attempt, state=state, finished_at=time.time(), **values)


def _write_message(transaction: Transaction, row: JobRow, **values: object) -> None:
    if row.answer_message is not None:
        transaction.execute(update(MessageRow).where(MessageRow.id == row.answer_message).values(**values))


def _step_back(transaction: Transaction, row: JobRow, question: MessageRow) -> None:
    """The session stands where it stood before: at the question's answer so far, or else before the question."""
    session = transaction.get(SessionRow, row.session)
    if session is not None and session.head == row.answer_message:
        answers = select(MessageRow.id).where(MessageRow.parent == question.id).order_by(MessageRow.number.desc())
        session.head = transaction.scalar(answers.limit(1)) or question.parent


def _job(row: JobRow) -> Job:
    return Job(
        row.id,
        row.owner,
        replace(from_json(Query, row.query), job=row.id),
        cast(JobState, row.state),
        row.attempt,
        tuple(row.picture_ids),
        row.session,
        row.user_message,
        row.answer_message,
        None if row.answer is None else from_json(Answer, row.answer),
        row.error,
        row.created_at,
        row.started_at,
        row.finished_at,
        row.losses,
        cast(Priority, row.priority),
        row.batch,
        row.number,
        row.label,
    )
