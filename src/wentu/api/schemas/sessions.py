"""Conversations on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from wentu.api.schemas.base import In, JsonObject, Out, Query
from wentu.api.schemas.chat import WentuOut
from wentu.api.schemas.pictures import PictureOut
from wentu.store import StoredMessage, StoredPicture, StoredSession

Title = Annotated[str, Field(max_length=200)]


class SessionCreate(In):
    title: Title | None = None


class SessionUpdate(In):
    title: Title | None = None
    head: Annotated[str, Field(max_length=40)] | None = None


class SessionsQuery(Query):
    query: str = Field("", max_length=200, description="Looked for in titles and messages.")
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=40, description="The last session of the page before.")


class ExportQuery(Query):
    format: Literal["markdown", "json"] = "markdown"


class SessionOut(Out):
    """A conversation; times are Unix seconds."""

    id: str
    object: Literal["session"]
    title: str
    created_at: int
    updated_at: int
    head: str | None = Field(description="The message that it stands at.")

    @classmethod
    def of(cls, session: StoredSession) -> SessionOut:
        return cls(**_fields(session))


class SessionsOut(Out):
    data: list[SessionOut]
    has_more: bool


class MessageOut(Out):
    """One message of the tree; `pictures` has every picture of `content`, null where it has expired."""

    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    content: list[JsonObject]
    created_at: int
    state: Literal["streaming", "done", "failed", "cancelled"]
    error: JsonObject | None
    wentu: WentuOut | None
    pictures: dict[str, PictureOut | None]
    job: str | None = Field(description="The job that is writing it, while it is written; see /v1/jobs/{id}/events.")

    @classmethod
    def of(cls, message: StoredMessage, pictures: dict[str, StoredPicture], job: str | None = None) -> MessageOut:
        found = {one: pictures.get(one) for one in message.picture_ids}
        return cls(
            id=message.id,
            parent=message.parent,
            role=message.role,
            content=message.content,
            created_at=int(message.created_at),
            state=message.state,
            error=message.error,
            wentu=None if message.wentu is None else WentuOut.model_validate(message.wentu),
            pictures={one: picture and PictureOut.of(picture) for one, picture in found.items()},
            job=job,
        )


class SessionWithMessages(SessionOut):
    """A conversation with all its branches, in the order of writing."""

    messages: list[MessageOut]

    @classmethod
    def build(cls, session: StoredSession, messages: list[MessageOut]) -> SessionWithMessages:
        return cls(**_fields(session), messages=messages)


def _fields(session: StoredSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "object": "session",
        "title": session.title,
        "created_at": int(session.created_at),
        "updated_at": int(session.updated_at),
        "head": session.head,
    }
