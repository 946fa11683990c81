"""An answer in the shape in which it is kept with its message and shown by every door: the `wentu` object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wentu.core.codec import to_plain
from wentu.core.types import Answer


def wentu_object(
    answer: Answer,
    *,
    picture_ids: Sequence[str] = (),
    session: str | None = None,
    user_message: str | None = None,
    message: str | None = None,
) -> dict[str, Any]:
    """The `wentu` object of docs/http.md. `picture_ids[i]` is the id of the i-th picture of the conversation."""
    plain = to_plain(answer)
    return {
        "version": answer.version,
        "engine": answer.engine,
        "status": answer.status,
        "evidence": [{**one, "picture_id": _at(picture_ids, one["picture"])} for one in plain["evidence"]],
        "unsupported": plain["unsupported"],
        "timings": plain["timings"],
        "review": None if answer.review is None else {"id": answer.review, "state": "waiting"},
        "session": session,
        "user_message": user_message,
        "message": message,
    }


def _at(picture_ids: Sequence[str], index: int) -> str | None:
    return picture_ids[index] if 0 <= index < len(picture_ids) else None
