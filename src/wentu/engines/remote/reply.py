"""The events of a streamed completion as Chunks. Whatever a server sends, only what has the right type is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wentu.core.errors import EngineError, EngineUnreachable
from wentu.core.types import Chunk, FinishReason, TokenLogprob, Usage
from wentu.engines.release import Release
from wentu.engines.remote.border import CHECK_URL, event_error

# OpenAI's reasons in our words; a tool call that nobody asked for, and unknown words, end an answer like any other.
REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "blocked"}


class Reply:
    """Collects one answer. Text passes `Release`: a server that sends stop strings along is put right.

    JSON can cut a character in two (a half of a surrogate pair in each event), hence UTF-16.
    """

    def __init__(self, stop: tuple[str, ...]) -> None:
        self._release = Release(stop, "utf-16-le")
        self._reason: FinishReason | None = None
        self._usage = Usage()
        self.complete = False

    @property
    def finished(self) -> bool:
        """Whether the answer's text has ended; its usage may still come."""
        return self._reason is not None

    def take(self, event: str) -> list[Chunk]:
        """The chunks in one event. `complete` is set when no more can come. Raises EngineError for an error event."""
        if event.strip() == "[DONE]":
            self._reason = self._reason or "stop"
            self.complete = True
            return []
        tree = _parsed(event)
        if tree.get("error") is not None:
            raise event_error(tree["error"])
        self._note_usage(tree.get("usage"))
        choices = tree.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._take_choice(choice) if isinstance(choice, Mapping) else []

    def last(self) -> Chunk:
        """The chunk with reason and usage. Raises EngineUnreachable if the stream ended before the answer did."""
        if self._reason is None:
            raise EngineUnreachable("the remote server broke off in the middle of the answer")
        rest = self._release.flush()
        return Chunk(rest.text, rest.logprobs, finish_reason=self._reason, usage=self._usage)

    def _take_choice(self, choice: Mapping[str, Any]) -> list[Chunk]:
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            self._reason = REASONS.get(reason, "stop")
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, Mapping) else None
        logprobs = _logprobs(choice.get("logprobs"))
        if not isinstance(text, str) or not (text or logprobs):
            return []
        released = self._release.push(text.encode("utf-16-le", "surrogatepass"), logprobs)
        if self._release.stopped:
            self._reason = "stop"
            self.complete = True
        return [Chunk(released.text, released.logprobs)]

    def _note_usage(self, usage: object) -> None:
        if not isinstance(usage, Mapping):
            return
        details = usage.get("prompt_tokens_details")
        self._usage = Usage(
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
            cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0,
        )


def _parsed(event: str) -> Mapping[str, Any]:
    try:
        tree = json.loads(event)
    except (ValueError, RecursionError) as exc:
        raise EngineError("the remote server sent an event that is no JSON", hint=CHECK_URL) from exc
    return tree if isinstance(tree, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _logprobs(tree: object) -> tuple[TokenLogprob, ...]:
    content = tree.get("content") if isinstance(tree, Mapping) else None
    if not isinstance(content, list):
        return ()
    found = []
    for item in content:
        if (pair := _pair(item)) is not None:
            top = item.get("top_logprobs")
            pairs = (_pair(other) for other in top) if isinstance(top, list) else ()
            found.append(TokenLogprob(*pair, tuple(other for other in pairs if other is not None)))
    return tuple(found)


def _pair(item: object) -> tuple[str, float] | None:
    if not isinstance(item, Mapping):
        return None
    token, value = item.get("token"), item.get("logprob")
    return (token, float(value)) if isinstance(token, str) and isinstance(value, int | float) else None
