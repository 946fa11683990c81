"""Queries, answers and events as JSON and back, for the queue, the database and the engine hosts.

pydantic checks every value on the way in, so a message that another version wrote fails here and not later.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

from wentu.core.types import Answer, Chunk, Done, Event, Failed, Message, Progress, Query, Retract, Token

T = TypeVar("T")

_EVENTS: dict[str, type[Event]] = {
    "progress": Progress,
    "token": Token,
    "retract": Retract,
    "done": Done,
    "failed": Failed,
}
_NAMES = {cls: name for name, cls in _EVENTS.items()}
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def adapter(cls: type[T]) -> TypeAdapter[T]:
    """pydantic's adapter for a dataclass of `core.types`, made once."""
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


def to_json(value: Query | Answer | Chunk | Message) -> str:
    """Compact JSON text. Pictures travel as `Stored` digests only: a `Raw` one must be taken in before."""
    return adapter(type(value)).dump_json(value).decode()


def from_json(cls: type[T], text: str | bytes) -> T:
    """The value that `to_json` wrote. Raises pydantic.ValidationError."""
    return adapter(cls).validate_json(text)


def to_plain(value: object) -> Any:
    """A dataclass of `core.types` as plain dicts, lists and scalars."""
    return adapter(type(value)).dump_python(value, mode="json")


def event_to_json(event: Event) -> str:
    """`{"event": name, ...fields}`."""
    return json.dumps({"event": _NAMES[type(event)], **to_plain(event)}, ensure_ascii=False, separators=(",", ":"))


def event_from_json(text: str | bytes) -> Event:
    """The event that `event_to_json` wrote. Raises KeyError or pydantic.ValidationError on anything else."""
    fields = json.loads(text)
    cls = _EVENTS[fields.pop("event")]
    return adapter(cls).validate_python(fields)
