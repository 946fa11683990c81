"""Conversations of one owner: their titles, their place, and the two messages that a new question adds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, or_, select
from sqlalchemy.orm import Session as Transaction

from wentu.core.errors import UnknownMessage, UnknownSession
from wentu.store.database import Database
from wentu.store.ids import new_id
from wentu.store.messages import Content, StoredMessage, add_message, path_to, read_messages, text_of
from wentu.store.models import JobRow, MessageRow, SessionRow

TITLE_LENGTH = 60
MAX_TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One conversation. `head` is the message it stands at; times are Unix seconds."""

    id: str
    owner: str
    title: str
    head: str | None
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The ids of a question and of its answer, which is still being written."""

    user_message: str
    answer_message: str


class Sessions:
    """The conversations of all owners. Whoever asks names the owner, so another one's id is simply unknown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, *, owner: str, title: str = "") -> StoredSession:
        now = time.time()
        row = SessionRow(
            id=new_id("ses"), owner=owner, title=title[:MAX_TITLE_LENGTH], created_at=now, updated_at=now, head=None
        )
        with self._database.write() as session:
            session.add(row)
        return _session(row)

    def get(self, session_id: str, *, owner: str) -> StoredSession:
        """Raises UnknownSession."""
        with self._database.read() as session:
            return _session(_row(session, session_id, owner))

    def list(
        self, *, owner: str, query: str = "", limit: int = 50, after: str | None = None
    ) -> tuple[tuple[StoredSession, ...], bool]:
        """A page of sessions, newest first, and whether there are more.

        `query` is looked for in titles and messages, whatever its case; `after` is the last session of the page
        before. Raises UnknownSession for an `after` that is not there.
        """
        chosen = select(SessionRow).where(SessionRow.owner == owner)
        if query.strip():
            chosen = chosen.where(_contains(query.strip()))
        with self._database.read() as session:
            if after is not None:
                chosen = chosen.where(_older_than(_row(session, after, owner)))
            newest_first = chosen.order_by(SessionRow.updated_at.desc(), SessionRow.id.desc())
            rows = list(session.scalars(newest_first.limit(limit + 1)))
        return tuple(_session(row) for row in rows[:limit]), len(rows) > limit

    def update(
        self, session_id: str, *, owner: str, title: str | None = None, head: str | None = None
    ) -> StoredSession:
        """The session with another title or another place. Raises UnknownSession, UnknownMessage."""
        with self._database.write() as session:
            row = _row(session, session_id, owner, to_change=True)
            if head is not None:
                _message_row(session, session_id, head)
                row.head = head
            if title is not None:
                row.title = title[:MAX_TITLE_LENGTH]
            return _session(row)

    def delete(self, session_id: str, *, owner: str) -> None:
        """Forgets the session with its messages and jobs. Raises UnknownSession."""
        with self._database.write() as session:
            _row(session, session_id, owner, to_change=True)
            # Jobs before messages, as whoever ends a job does: two never wait for each other.
            session.execute(delete(JobRow).where(JobRow.session == session_id))
            session.execute(delete(SessionRow).where(SessionRow.id == session_id))

    def delete_idle(self, before: float) -> int:
        """Forgets every session that nothing was asked in since, with its messages and jobs; how many."""
        with self._database.write() as session:
            gone = session.execute(delete(SessionRow).where(SessionRow.updated_at < before))
            return cast(CursorResult[Any], gone).rowcount

    def messages(self, session_id: str, *, owner: str) -> tuple[StoredMessage, ...]:
        """All branches, in the order of writing. Raises UnknownSession."""
        with self._database.read() as session:
            _row(session, session_id, owner)
            return read_messages(session, session_id)

    def path(
        self, session_id: str, message_id: str | Literal["head"] | None = "head", *, owner: str
    ) -> tuple[StoredMessage, ...]:
        """The branch from the root to a message ("head": where the session stands; None: nothing).

        Raises UnknownSession, UnknownMessage.
        """
        with self._database.read() as session:
            row = _row(session, session_id, owner)
            end = row.head if message_id == "head" else message_id
            return path_to(read_messages(session, session_id), end)

    def of_message(self, message_id: str, *, owner: str) -> str:
        """The session that a message belongs to. Raises UnknownMessage."""
        chosen = select(SessionRow.id).join(MessageRow, MessageRow.session == SessionRow.id)
        with self._database.read() as session:
            found = session.scalar(chosen.where(MessageRow.id == message_id, SessionRow.owner == owner))
        if found is None:
            raise UnknownMessage("there is no such answer")
        return found

    def ask(self, session_id: str, *, owner: str, parent: str | None, content: Content) -> Asked:
        """Adds a question after `parent` and the place of its answer. Raises UnknownSession, UnknownMessage."""
        with self._database.write() as session:
            row = _row(session, session_id, owner, to_change=True)
            if parent is not None:
                _message_row(session, session_id, parent)
            question = add_message(session, session_id, parent=parent, role="user", content=content, state="done")
            return _place_answer(session, row, question)

    def ask_again(self, session_id: str, user_message: str, *, owner: str) -> Asked:
        """Adds the place of one more answer to a question. Raises UnknownSession, UnknownMessage."""
        with self._database.write() as session:
            row = _row(session, session_id, owner, to_change=True)
            question = _message_row(session, session_id, user_message)
            if question.role != "user":
                raise UnknownMessage("that message is an answer, not a question")
            return _place_answer(session, row, question)


def _place_answer(session: Transaction, row: SessionRow, question: MessageRow) -> Asked:
    answer = add_message(session, row.id, parent=question.id, role="assistant", content=[], state="streaming")
    row.head, row.updated_at = answer.id, time.time()
    row.title = row.title or title_from(text_of(question.content))
    return Asked(question.id, answer.id)


def title_from(question: str) -> str:
    """The first line that says something, shortened."""
    line = next((line.strip() for line in question.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _contains(query: str) -> ColumnElement[bool]:
    in_messages = and_(MessageRow.session == SessionRow.id, MessageRow.text.icontains(query, autoescape=True))
    return or_(SessionRow.title.icontains(query, autoescape=True), exists().where(in_messages))


def _older_than(row: SessionRow) -> ColumnElement[bool]:
    same_time = and_(SessionRow.updated_at == row.updated_at, SessionRow.id < row.id)
    return or_(SessionRow.updated_at < row.updated_at, same_time)


def _row(session: Transaction, session_id: str, owner: str, *, to_change: bool = False) -> SessionRow:
    """With `to_change` another transaction waits here until this one has ended. Raises UnknownSession."""
    chosen = select(SessionRow).where(SessionRow.id == session_id, SessionRow.owner == owner)
    row = session.scalar(chosen.with_for_update() if to_change else chosen)
    if row is None:
        raise UnknownSession("there is no such session")
    return row


def _message_row(session: Transaction, session_id: str, message_id: str) -> MessageRow:
    chosen = select(MessageRow).where(MessageRow.session == session_id, MessageRow.id == message_id)
    row = session.scalar(chosen)
    if row is None:
        raise UnknownMessage("there is no such message in this session")
    return row


def _session(row: SessionRow) -> StoredSession:
    return StoredSession(row.id, row.owner, row.title, row.head, row.created_at, row.updated_at)
