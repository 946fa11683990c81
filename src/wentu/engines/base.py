"""The plug-in point of every engine: one method to write, `stream`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from wentu.core.config import Settings
from wentu.core.errors import EngineError
from wentu.core.types import Chunk, FinishReason, Generation, Prompt, SamplingParams, TokenLogprob, Usage, VersionSpec

__all__ = ["Capabilities", "Engine", "VersionSpec", "join"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do. `sees`: it has a vision model; without one it must never pretend to.

    `warms`: `warm` reads a prompt ahead of its question; without it `warm` ends at once.

    `box_scale`: the model writes boxes as `bbox_2d` relative to this number (1000 for Qwen3-VL), not in pixels;
    None where it writes none.

    `token_px`: side in pixels of the square that one visual token covers; None where pictures are taken as they are.
    """

    sees: bool
    json_schema: bool = False
    logprobs: bool = False
    warms: bool = False
    box_scale: float | None = None
    token_px: int | None = None


class Engine(ABC):
    """Turns a prompt with pictures into text. Knows weights and a runtime; knows no tasks, HTTP or storage.

    An engine is made by `load` and may be asked from several threads at once; one that can't work on two
    prompts at a time queues them inside. Errors are EngineError, made at the engine's own border: no library's
    exception and no library's text passes it. The class has `capabilities` too: what is known before it is loaded.
    """

    capabilities: Capabilities

    @classmethod
    @abstractmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """The engine with its weights in memory. Raises EngineMissing, WeightsMissing, OutOfMemory."""

    @abstractmethod
    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        """Pieces of the answer; the last one carries `finish_reason` and `usage`.

        Closing the iterator stops the computation within one token or prefill chunk. User text never becomes a
        special token. Raises EngineError.
        """

    def generate(self, prompt: Prompt, params: SamplingParams) -> Generation:
        """The whole answer: `stream` joined, so there is one path and not two."""
        return join(self.stream(prompt, params))

    def warm(self, prompt: Prompt) -> Iterator[Chunk]:
        """Reads a prompt before its question comes, so that a question that begins with it starts at once.

        The last turn may be unfinished: a picture whose question is still being typed. The work begins at the first
        `next`, runs only while no question is being answered, and stops when the iterator is closed, as in `stream`.
        Chunks carry progress or nothing; the last one has a finish reason ("cancelled" where newer prompts took its
        place) and the usage. Raises EngineError.
        """
        yield Chunk(finish_reason="stop", usage=Usage())

    def forget(self, digest: str) -> None:  # noqa: B027 - an engine that remembers nothing has nothing to forget
        """Removes what is kept of the picture with this digest, before the next question is looked at."""

    def close(self) -> None:  # noqa: B027 - an engine without memory to free needs none
        """Frees memory; safe to call twice."""


def join(chunks: Iterator[Chunk]) -> Generation:
    """All chunks as one Generation. Raises EngineError if the last one has no finish reason."""
    text: list[str] = []
    logprobs: list[TokenLogprob] = []
    reason: FinishReason | None = None
    usage = Usage()
    for chunk in chunks:
        text.append(chunk.text)
        logprobs.extend(chunk.logprobs)
        reason, usage = chunk.finish_reason or reason, chunk.usage or usage
    if reason is None:
        raise EngineError("the engine stopped without saying why")
    return Generation("".join(text), reason, usage, tuple(logprobs))
