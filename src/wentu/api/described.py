"""What APIFlask can't see of a response: other media types than JSON."""

from __future__ import annotations

from typing import Any

Responses = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]


def files(description: str, *media_types: str) -> Responses:
    """The 200 of an address that gives a file or a stream."""
    content: dict[str, dict[str, Any]] = {
        one: {"schema": {"type": "object" if one == "application/json" else "string"}} for one in media_types
    }
    return {200: {"description": description, "content": content}}
