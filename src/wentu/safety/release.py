"""An engine's chunks on their way to the user: only what the guard lets through becomes a token."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from wentu.core.clock import Clock
from wentu.core.errors import EngineError
from wentu.core.types import (
    Chunk,
    Event,
    FinishReason,
    Generation,
    Progress,
    Retract,
    Token,
    TokenLogprob,
    Usage,
)
from wentu.safety.guard import Blocked, Guard


def release(chunks: Iterator[Chunk], guard: Guard, clock: Clock) -> Generator[Event, None, Generation]:
    """Yields what may be shown and returns it joined; ends the engine's work when the guard blocks.

    An empty chunk is passed on as progress: whoever drives the pipeline gets to look for a cancel or a deadline.
    `clock` gets "first_token": seconds from its start to the first text of the engine.
    Raises EngineError when the engine's chunks end without a finish reason.
    """
    text: list[str] = []
    logprobs: list[TokenLogprob] = []
    reason: FinishReason | None = None
    usage = Usage()
    try:
        for chunk in chunks:
            if chunk.text and not text:
                clock.mark("first_token")
                yield Progress("writing")
            if chunk.progress is not None or not chunk.text:
                yield chunk.progress or Progress("writing" if text else "reading_prompt")
            logprobs.extend(chunk.logprobs)
            reason, usage = chunk.finish_reason or reason, chunk.usage or usage
            yield from _shown(text, guard.feed(chunk.text))
        yield from _shown(text, guard.finish())
    except Blocked as blocked:
        reason, logprobs = "blocked", []
        yield Retract(sum(map(len, text)), blocked.rule, "")
    finally:
        if isinstance(chunks, Generator):
            chunks.close()
    if reason is None:
        raise EngineError("the engine stopped without saying why")
    return Generation("".join(text), reason, usage, tuple(logprobs))


def collect(chunks: Iterator[Chunk], clock: Clock) -> Generator[Event, None, Generation]:
    """Yields progress alone and returns what the engine said: a reading that is judged before anything is shown.

    `clock` gets "first_token". Raises EngineError when the engine's chunks end without a finish reason.
    """
    text: list[str] = []
    reason: FinishReason | None = None
    usage = Usage()
    try:
        for chunk in chunks:
            if chunk.text and not text:
                clock.mark("first_token")
            if chunk.text:
                text.append(chunk.text)
            yield chunk.progress or Progress("writing" if text else "reading_prompt")
            reason, usage = chunk.finish_reason or reason, chunk.usage or usage
    finally:
        if isinstance(chunks, Generator):
            chunks.close()
    if reason is None:
        raise EngineError("the engine stopped without saying why")
    return Generation("".join(text), reason, usage)


def whole(text: str, said: Generation) -> Iterator[Chunk]:
    """A text that is known from the start to its end, on its way to the user as if it had just been written."""
    yield Chunk(text=text, finish_reason="stop", usage=said.usage)


def _shown(text: list[str], piece: str) -> Iterator[Token]:
    if piece:
        text.append(piece)
        yield Token(piece)
