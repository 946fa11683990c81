"""The messages of a session: a tree, since a question can be edited and an answer can be asked for again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from wentu.core.errors import UnknownMessage
from wentu.store.ids import new_id
from wentu.store.models import MessageRow

MessageRole = Literal["user", "assistant"]
MessageState = Literal["streaming", "done", "failed", "cancelled"]
PICTURE_SCHEME = "wentu:"
Content = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message. `content` has the parts of docs/http.md, pictures as `wentu:pic_...`; times are Unix seconds."""

    id: str
    parent: str | None
    role: MessageRole
    content: Content
    state: MessageState
    error: dict[str, Any] | None
    wentu: dict[str, Any] | None
    created_at: float

    @property
    def picture_ids(self) -> tuple[str, ...]:
        """The pictures of the content, in order."""
        return tuple(filter(None, map(picture_id_of, self.content)))


def picture_id_of(part: Mapping[str, Any]) -> str | None:
    """The id of a picture part (`wentu:pic_...`); None for text."""
    return part["image_url"]["url"].removeprefix(PICTURE_SCHEME) if part["type"] == "image_url" else None


def picture_part(picture_id: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": PICTURE_SCHEME + picture_id}}


def read_messages(session: Session, session_id: str) -> tuple[StoredMessage, ...]:
    """All messages of a session, all branches, in the order in which they were written."""
    chosen = select(MessageRow).where(MessageRow.session == session_id).order_by(MessageRow.number)
    return tuple(message(row) for row in session.scalars(chosen))


def path_to(messages: tuple[StoredMessage, ...], message_id: str | None) -> tuple[StoredMessage, ...]:
    """The branch from the root to that message; empty for None. Raises UnknownMessage."""
    by_id = {one.id: one for one in messages}
    path: list[StoredMessage] = []
    while message_id is not None:
        if message_id not in by_id:
            raise UnknownMessage("there is no such message in this session")
        path.append(by_id[message_id])
        message_id = path[-1].parent
    return tuple(reversed(path))


def add_message(
    session: Session, session_id: str, *, parent: str | None, role: MessageRole, content: Content, state: MessageState
) -> MessageRow:
    row = MessageRow(
        id=new_id("msg"),
        session=session_id,
        parent=parent,
        role=role,
        content=content,
        text=text_of(content),
        state=state,
        created_at=time.time(),
    )
    session.add(row)
    session.flush()
    return row


def text_of(content: Content) -> str:
    """The text parts, joined."""
    return "\n".join(part["text"] for part in content if part["type"] == "text")


def text_content(text: str) -> Content:
    """Content of one text part; no text gives no part."""
    return [{"type": "text", "text": text}] if text else []


def message(row: MessageRow) -> StoredMessage:
    return StoredMessage(
        row.id,
        row.parent,
        cast(MessageRole, row.role),
        row.content,
        cast(MessageState, row.state),
        row.error,
        row.wentu,
        row.created_at,
    )
