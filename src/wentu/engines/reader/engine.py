"""The engine without weights: OCR lines and geometry in, an honest answer out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from wentu.core.config import Settings
from wentu.core.types import Chunk, Progress, Prompt, SamplingParams, Usage, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.engines.reader.answer import compose
from wentu.engines.release import cut

_PIECE = 24  # characters sent at once; there is nothing to wait for in between


class ReaderEngine(Engine):
    """Reads what is written and where, and says that Qwen3-VL is not loaded and how to get it."""

    capabilities = Capabilities(sees=False)

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        return cls()

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        yield Chunk(progress=Progress("writing"))
        text, reason = cut(compose(prompt), params)
        for start in range(0, len(text), _PIECE):
            yield Chunk(text[start : start + _PIECE])
        yield Chunk(finish_reason=reason, usage=Usage(len(prompt.question), len(text)))
