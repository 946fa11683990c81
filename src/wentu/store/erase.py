"""`wentu erase`: everything of a user, a conversation or a time, gone from database and files.

SQLite overwrites what it deletes here (`secure_delete`), empties its log and is written anew, so that no page of the
file keeps what was deleted. The audit stays: it holds ids and keyed digests.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, false, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction

from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.files import PictureFiles
from wentu.store.messages import picture_id_of
from wentu.store.models import (
    Base,
    BatchRow,
    JobRow,
    KeyRow,
    MessageRow,
    PictureRow,
    ReviewRow,
    SessionRow,
    SupportCaseRow,
)
from wentu.store.recordings import Recordings
from wentu.store.rollout_rows import ExposureRow, RecordingRow, VoteRow


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to go: all of an owner (the id of a key, or "local"), one conversation, or all from before a time."""

    owner: str | None = None
    session: str | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `jobs` and `digests` are for the queue and the workers, `questions` (what customer service was asked)
    for the knowledge base: they remember them too."""

    jobs: tuple[str, ...]
    digests: tuple[str, ...]
    questions: tuple[str, ...]
    sessions: int
    messages: int
    pictures: int
    reviews: int
    cases: int
    recordings: int
    keys: int


def erase(
    database: Database, files: PictureFiles, recordings: Recordings, audit: Audit, chosen: Chosen, *, by: str
) -> Erased:
    """Deletes rows and files; files that another owner has too stay."""
    with database.write() as transaction:
        if database.engine.dialect.name == "sqlite":
            transaction.connection().exec_driver_sql("PRAGMA secure_delete=ON")
        done = _delete(transaction, chosen)
        audit.add(transaction, by, "erased", chosen.owner or chosen.session or f"before {chosen.before:.0f}")
    for digest in done.digests:
        files.delete_unless(digest, lambda digest=digest: _wanted(database, digest))  # type: ignore[misc]
    recorded = _mine(chosen, RecordingRow.owner, RecordingRow.at, RecordingRow.job.in_(done.jobs))
    done = replace(done, recordings=recordings.delete_where(recorded))
    _compact(database)
    return done


def _delete(transaction: Transaction, chosen: Chosen) -> Erased:
    """By conditions and not by lists of ids: a statement takes 32,766 values at most."""
    sessions = select(SessionRow.id).where(_sessions(chosen))
    jobs = _jobs(chosen)
    ids = select(JobRow.id).where(jobs)
    messages = _count(transaction, MessageRow, MessageRow.session.in_(sessions))
    mine = _mine(chosen, PictureRow.owner, PictureRow.created_at, false())
    pictures = PictureRow.id.in_(_shown_in(transaction, chosen.session)) if chosen.session else mine
    filed = _mine(chosen, ReviewRow.owner, ReviewRow.created_at, ReviewRow.session == chosen.session)
    n_reviews = _delete_all(transaction, ReviewRow, filed | ReviewRow.session.in_(sessions) | ReviewRow.job.in_(ids))
    served = _mine(chosen, SupportCaseRow.owner, SupportCaseRow.created_at, false())
    questions = tuple(transaction.scalars(select(SupportCaseRow.question).where(served))) if chosen.owner else ()
    n_cases = _delete_all(transaction, SupportCaseRow, served)
    measured = _mine(chosen, ExposureRow.owner, ExposureRow.at, false())
    _delete_all(transaction, ExposureRow, measured | ExposureRow.job.in_(ids))
    _delete_all(transaction, VoteRow, VoteRow.voter == chosen.owner if chosen.owner else false())
    digests = list(transaction.scalars(delete(PictureRow).where(pictures).returning(PictureRow.digest)))
    job_ids = tuple(transaction.scalars(delete(JobRow).where(jobs).returning(JobRow.id)))
    _delete_all(transaction, BatchRow, _mine(chosen, BatchRow.owner, BatchRow.created_at, false()))
    n_sessions = _delete_all(transaction, SessionRow, _sessions(chosen))
    n_keys = _delete_all(transaction, KeyRow, KeyRow.id == chosen.owner) if chosen.owner else 0
    return Erased(
        jobs=job_ids,
        digests=tuple(sorted({*digests})),
        questions=questions,
        sessions=n_sessions,
        messages=messages,
        pictures=len(digests),
        reviews=n_reviews,
        cases=n_cases,
        recordings=0,
        keys=n_keys,
    )


def _shown_in(transaction: Transaction, session: str) -> set[str]:
    """The ids of the pictures of one conversation."""
    contents = transaction.scalars(select(MessageRow.content).where(MessageRow.session == session))
    shown = {found for content in contents for part in content if (found := picture_id_of(part)) is not None}
    asked = transaction.scalars(select(JobRow.picture_ids).where(JobRow.session == session))
    return shown.union(*asked)


def _count(transaction: Transaction, table: type[Base], which: ColumnElement[bool]) -> int:
    return transaction.scalar(select(func.count()).select_from(table).where(which)) or 0


def _delete_all(transaction: Transaction, table: type[Base], which: ColumnElement[bool]) -> int:
    gone = transaction.execute(delete(table).where(which), execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], gone).rowcount


def _sessions(chosen: Chosen) -> ColumnElement[bool]:
    return _mine(chosen, SessionRow.owner, SessionRow.updated_at, SessionRow.id == chosen.session)


def _jobs(chosen: Chosen) -> ColumnElement[bool]:
    """The chosen jobs, and those of chosen conversations."""
    of_sessions = JobRow.session.in_(select(SessionRow.id).where(_sessions(chosen)))
    return _mine(chosen, JobRow.owner, JobRow.created_at, JobRow.session == chosen.session) | of_sessions


def _mine(
    chosen: Chosen,
    owner: InstrumentedAttribute[str],
    at: InstrumentedAttribute[float],
    of_session: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Which rows of a table are chosen; `of_session`: which of them belong to the conversation, where one is chosen."""
    if chosen.session is not None:
        return of_session
    return owner == chosen.owner if chosen.owner else at < chosen.before


def _wanted(database: Database, digest: str) -> bool:
    with database.read() as transaction:
        return transaction.scalar(select(PictureRow.id).where(PictureRow.digest == digest).limit(1)) is not None


def _compact(database: Database) -> None:
    """Writes an SQLite file anew and empties its log. PostgreSQL writes over freed rows in its own time (autovacuum),
    and keeps its log for as long as its administrator says: docs/scale.md."""
    if database.engine.dialect.name != "sqlite":
        return
    connection = database.engine.raw_connection()
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
