"""A model's free JSON made into an object, whatever it wrapped around it or left off."""

from __future__ import annotations

import json
import re
from typing import Any

_PAIR = re.compile(r'"((?:[^"\\]|\\.){1,60})"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d[\d.,]*)|(null))')
_MAX_CHARACTERS = 60_000


def parse_reply(text: str) -> dict[str, Any]:
    """The object in a reply: as it is, out of a code fence, closed where it was cut off, or pair by pair; else {}."""
    text = text[:_MAX_CHARACTERS]
    start = text.find("{")
    if start < 0:
        return {}
    body = text[start:]
    for candidate in (_whole(body), _closed(body)):
        tree = _load(candidate)
        if tree is not None:
            return tree
    return {_text(key): _text(value) if value else number for key, value, number, _ in _PAIR.findall(body)}


def _load(text: str) -> dict[str, Any] | None:
    for candidate in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            tree = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(tree, dict):
            return tree
    return None


def _whole(text: str) -> str:
    """Up to the bracket that closes the first one."""
    depth, quoted, escaped = 0, False, False
    for at, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted, escaped = True, False
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return text[: at + 1]
    return text


def _closed(text: str) -> str:
    """A reply that stopped in the middle, cut back to its last whole value, with what was open closed."""
    stack: list[str] = []
    quoted = escaped = False
    safe, open_at_safe = 0, ""
    for at, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted, escaped = True, False
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
        elif character in "}]" and stack:
            stack.pop()
        if not quoted and (character in "}]" or character == ","):
            safe, open_at_safe = at + (character != ","), "".join(reversed(stack))
    return text[:safe] + open_at_safe


def _text(escaped: str) -> str:
    try:
        return str(json.loads(f'"{escaped}"', strict=False))
    except ValueError:
        return escaped
