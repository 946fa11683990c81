"""`wentu erase`: everything of a user, a conversation or a time, gone from database and files.

SQLite overwrites what it deletes here (`secure_delete`), empties its log and is written anew, so that no page of the
file keeps what was deleted. The audit stays: it holds ids and keyed digests.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, select
from sqlalchemy.orm import Session as Transaction

from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.files import PictureFiles
from wentu.store.messages import picture_id_of
from wentu.store.models import Base, JobRow, KeyRow, MessageRow, PictureRow, ReviewRow, SessionRow


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to go: all of an owner (the id of a key, or "local"), one conversation, or all from before a time."""

    owner: str | None = None
    session: str | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `jobs` and `digests` are for the queue and the workers, which remember them too."""

    jobs: tuple[str, ...]
    digests: tuple[str, ...]
    sessions: int
    messages: int
    pictures: int
    reviews: int
    keys: int


def erase(database: Database, files: PictureFiles, audit: Audit, chosen: Chosen, *, by: str) -> Erased:
    """Deletes rows and files; files that another owner has too stay."""
    with database.write() as transaction:
        if database.engine.dialect.name == "sqlite":
            transaction.connection().exec_driver_sql("PRAGMA secure_delete=ON")
        done = _delete(transaction, chosen)
        audit.add(transaction, by, "erased", chosen.owner or chosen.session or f"before {chosen.before:.0f}")
    for digest in done.digests:
        files.delete_unless(digest, lambda digest=digest: _wanted(database, digest))  # type: ignore[misc]
    _compact(database)
    return done


def _delete(transaction: Transaction, chosen: Chosen) -> Erased:
    """By conditions and not by lists of ids: a statement takes 32,766 values at most."""
    sessions = select(SessionRow.id).where(_sessions(chosen))
    jobs = _jobs(chosen) | JobRow.session.in_(sessions)
    messages = _count(transaction, MessageRow, MessageRow.session.in_(sessions))
    pictures = PictureRow.id.in_(_shown_in(transaction, chosen.session)) if chosen.session else _pictures(chosen)
    reviews = _reviews(chosen) | ReviewRow.session.in_(sessions) | ReviewRow.job.in_(select(JobRow.id).where(jobs))
    n_reviews = _delete_all(transaction, ReviewRow, reviews)
    digests = list(transaction.scalars(delete(PictureRow).where(pictures).returning(PictureRow.digest)))
    job_ids = tuple(transaction.scalars(delete(JobRow).where(jobs).returning(JobRow.id)))
    n_sessions = _delete_all(transaction, SessionRow, _sessions(chosen))
    n_keys = _delete_all(transaction, KeyRow, KeyRow.id == chosen.owner) if chosen.owner else 0
    return Erased(job_ids, tuple(sorted({*digests})), n_sessions, messages, len(digests), n_reviews, n_keys)


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
    if chosen.session is not None:
        return SessionRow.id == chosen.session
    return SessionRow.owner == chosen.owner if chosen.owner else SessionRow.updated_at < chosen.before


def _jobs(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return JobRow.session == chosen.session
    return JobRow.owner == chosen.owner if chosen.owner else JobRow.created_at < chosen.before


def _pictures(chosen: Chosen) -> ColumnElement[bool]:
    return PictureRow.owner == chosen.owner if chosen.owner else PictureRow.created_at < chosen.before


def _reviews(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return ReviewRow.session == chosen.session
    return ReviewRow.owner == chosen.owner if chosen.owner else ReviewRow.created_at < chosen.before


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
