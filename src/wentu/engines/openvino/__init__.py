"""Our own CPU engine: Qwen3-VL as OpenVINO graphs under a small generation loop.

Read in this order: `prompt` (text and pictures to tokens), `scheduler` (who computes next), `sequence` and `answer`
(one question), `cache` (what has been computed before), `text_model` and `vision_model` (the compiled graphs), and
`graph_text`, `graph_vision`, `convert` (where the graphs come from). `assembly` puts them together.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from wentu.core.config import Settings
from wentu.core.errors import EngineMissing, WeightsMissing, WentuError
from wentu.core.types import Chunk, Prompt, SamplingParams
from wentu.engines.base import Capabilities, Engine, VersionSpec

if TYPE_CHECKING:
    from wentu.engines.openvino.assembly import Parts
    from wentu.engines.openvino.sequence import Request


# How often a waiting caller gets an empty chunk, so that it can look for a cancel.
PULSE_S = 0.1


class OpenVinoEngine(Engine):
    """Answers many questions at once on one CPU. Made by `load`."""

    capabilities = Capabilities(sees=True, json_schema=True, logprobs=True, warms=True)

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """Converts the weights if that has not been done (Qwen3-VL-2B: half a minute), loads and warms them up.

        Raises EngineMissing, WeightsMissing, DiskFull, OutOfMemory.
        """
        if spec.model_dir is None:
            raise WeightsMissing(f"version '{spec.name}' has no weights", version=spec.name)
        try:
            from wentu.engines.openvino.assembly import assemble
        except ImportError as exc:
            raise EngineMissing(
                "the openvino engine is not installed", hint="Install it again: pip install --force-reinstall wentu."
            ) from exc
        return cls(assemble(spec.model_dir, settings))

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
