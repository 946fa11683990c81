"""`wentu erase`: everything of a user, a conversation or a time, gone from database and files.

SQLite overwrites what it deletes here (`secure_delete`), empties its log and is written anew, so that no page of the
file keeps what was deleted. The audit stays: it holds ids and keyed digests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, false, select
from sqlalchemy.orm import Session as Transaction

from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.files import PictureFiles
from wentu.store.messages import picture_id_of
from wentu.store.models import JobRow, KeyRow, MessageRow, PictureRow, ReviewRow, SessionRow


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
    sessions = list(transaction.scalars(select(SessionRow.id).where(_sessions(chosen))))
    jobs = list(transaction.scalars(select(JobRow.id).where(_jobs(chosen) | JobRow.session.in_(sessions))))
    messages = list(transaction.execute(select(MessageRow.id, MessageRow.content).where(_in(sessions))))
    shown = {picture_id_of(part) for _, content in messages for part in content} - {None}
    shown |= {one for ids in transaction.scalars(select(JobRow.picture_ids).where(JobRow.id.in_(jobs))) for one in ids}
    pictures = _pictures(chosen) | PictureRow.id.in_(shown if chosen.session else [])
    rows = list(transaction.execute(select(PictureRow.id, PictureRow.digest).where(pictures)))
    reviews = _reviews(chosen) | ReviewRow.session.in_(sessions) | ReviewRow.job.in_(jobs)
    counted = len(list(transaction.scalars(select(ReviewRow.id).where(reviews))))
    transaction.execute(delete(ReviewRow).where(reviews))
    transaction.execute(delete(PictureRow).where(PictureRow.id.in_([one for one, _ in rows])))
    transaction.execute(delete(JobRow).where(JobRow.id.in_(jobs)))
    transaction.execute(delete(SessionRow).where(SessionRow.id.in_(sessions)))
    keys = list(transaction.scalars(select(KeyRow.id).where(KeyRow.id == chosen.owner))) if chosen.owner else []
    transaction.execute(delete(KeyRow).where(KeyRow.id.in_(keys)))
    digests = tuple(sorted({digest for _, digest in rows}))
    return Erased(tuple(jobs), digests, len(sessions), len(messages), len(rows), counted, len(keys))


def _sessions(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return SessionRow.id == chosen.session
    return SessionRow.owner == chosen.owner if chosen.owner else SessionRow.updated_at < chosen.before


def _jobs(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return JobRow.session == chosen.session
    return JobRow.owner == chosen.owner if chosen.owner else JobRow.created_at < chosen.before


def _pictures(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return false()
    return PictureRow.owner == chosen.owner if chosen.owner else PictureRow.created_at < chosen.before


def _reviews(chosen: Chosen) -> ColumnElement[bool]:
    if chosen.session is not None:
        return ReviewRow.session == chosen.session
    return ReviewRow.owner == chosen.owner if chosen.owner else ReviewRow.created_at < chosen.before


def _in(sessions: Sequence[str]) -> ColumnElement[bool]:
    return MessageRow.session.in_(sessions)


def _wanted(database: Database, digest: str) -> bool:
    with database.read() as transaction:
        return transaction.scalar(select(PictureRow.id).where(PictureRow.digest == digest).limit(1)) is not None


def _compact(database: Database) -> None:
    """Writes an SQLite file anew and empties its log; PostgreSQL's own vacuum does this there."""
    if database.engine.dialect.name != "sqlite":
        return
    connection = database.engine.raw_connection()
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
