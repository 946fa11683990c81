"""An engine's chunks on their way to the user: only what the guard lets through becomes a token."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

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
from wentu.safety.findings import Caught, Finding
from wentu.safety.guard import Guard


@dataclass(frozen=True, slots=True)
class Released:
    """What the engine said, what of it was shown, and why the rest was not (None: all of it was)."""

    said: Generation
    shown: str
    finding: Finding | None = None


def release(
    chunks: Iterator[Chunk], guard: Guard, clock: Clock, *, held: Finding | None = None
) -> Generator[Event, None, Released]:
    """Yields what may be shown; ends the engine's work when the guard blocks.

    Where a person has to decide, the engine goes on and nothing more is shown; `held`: from the first word on.
    An empty chunk is passed on as progress: whoever drives the pipeline gets to look for a cancel or a deadline.
    `clock` gets "first_token": seconds from its start to the first text of the engine.
    Raises EngineError when the engine's chunks end without a finish reason.
    """
    said = _Said()
    shown: list[str] = []
    finding = held
    if held is not None:
        yield Retract(0, held.rule, "")
    try:
        for chunk in chunks:
            if chunk.text and not said.text:
                clock.mark("first_token")
                yield Progress("writing")
            if chunk.progress is not None or not chunk.text:
                yield chunk.progress or Progress("writing" if said.text else "reading_prompt")
            said.add(chunk)
            if finding is None:
                yield from _shown(shown, guard.feed(chunk.text))
            elif chunk.text:
                yield Progress("writing")
        if finding is None:
            yield from _shown(shown, guard.finish())
    except Caught as caught:
        finding = caught.finding
        yield _take_back(shown, caught)
        if finding.severity == "review":  # the generator stands behind the chunk that was caught
            for chunk in chunks:
                said.add(chunk)
                yield chunk.progress or Progress("writing")
        else:
            said.reason = "blocked"
    finally:
        if isinstance(chunks, Generator):
            chunks.close()
    return Released(said.generation(), "".join(shown), finding)


def collect(chunks: Iterator[Chunk], clock: Clock) -> Generator[Event, None, Generation]:
    """Yields progress alone and returns what the engine said: a reading that is judged before anything is shown.

    `clock` gets "first_token". Raises EngineError when the engine's chunks end without a finish reason.
    """
    said = _Said()
    try:
        for chunk in chunks:
            if chunk.text and not said.text:
                clock.mark("first_token")
            said.add(chunk)
            yield chunk.progress or Progress("writing" if said.text else "reading_prompt")
    finally:
        if isinstance(chunks, Generator):
            chunks.close()
    return said.generation()


def whole(text: str, said: Generation) -> Iterator[Chunk]:
    """A text that is known from the start to its end, on its way to the user as if it had just been written."""
    yield Chunk(text=text, finish_reason="stop", usage=said.usage)


class _Said:
    """The chunks of one answer, joined."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reason: FinishReason | None = None
        self._logprobs: list[TokenLogprob] = []
        self._usage = Usage()

    def add(self, chunk: Chunk) -> None:
        if chunk.text:
            self.text.append(chunk.text)
        self._logprobs.extend(chunk.logprobs)
        self.reason, self._usage = chunk.finish_reason or self.reason, chunk.usage or self._usage

    def generation(self) -> Generation:
        if self.reason is None:
            raise EngineError("the engine stopped without saying why")
        return Generation("".join(self.text), self.reason, self._usage, tuple(self._logprobs))


def _shown(shown: list[str], piece: str) -> Iterator[Token]:
    if piece:
        shown.append(piece)
        yield Token(piece)


def _take_back(shown: list[str], caught: Caught) -> Retract:
    kept = "".join(shown)[: caught.keep]
    shown[:] = [kept]
    return Retract(len(kept), caught.finding.rule, "")
