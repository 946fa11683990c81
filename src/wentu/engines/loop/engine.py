"""What every engine on this loop does with its parts: one thread computes, any number of threads ask."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wentu.core.errors import WentuError
from wentu.core.types import Chunk, Prompt, SamplingParams
from wentu.engines.base import Engine

if TYPE_CHECKING:  # an engine's class is imported to read its capabilities, long before it computes
    from wentu.engines.loop.parts import Parts
    from wentu.engines.loop.sequence import Request

# How often a waiting caller gets an empty chunk, so that it can look for a cancel.
PULSE_S = 0.1


class LoopEngine(Engine):
    """Answers many questions at once on one CPU; a runtime adds `load`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.capabilities = replace(
            self.capabilities, box_scale=parts.spec.box_scale, token_px=parts.config.vision.factor_px
        )

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        """Pieces of the answer. Raises BadRequest for an output format that can't be enforced, ContextOverflow,
        EngineTimeout, EngineError."""
        yield from self._run(self._parts.request(prompt, params))

    def warm(self, prompt: Prompt) -> Iterator[Chunk]:
        """At most eight prompts wait to be read; the oldest is given up for a ninth."""
        yield from self._run(self._parts.background(prompt))

    def forget(self, digest: str) -> None:
        """Removes what is kept of a picture: its features, and all conversations that nobody is having just now."""
        self._parts.forget(digest)

    def close(self) -> None:
        self._parts.scheduler.close()

    def _run(self, request: Request) -> Iterator[Chunk]:
        """What the engine's thread says of a request, with a pulse while it is silent."""
        self._parts.scheduler.submit(request)
        try:
            while True:
                try:
                    event = request.events.get(timeout=PULSE_S)
                except queue.Empty:
                    event = Chunk()
                if isinstance(event, WentuError):
                    raise event
                yield event
                if event.finish_reason is not None:
                    return
        finally:
            self._parts.scheduler.cancel(request)
