"""Engines over the tiny checkpoint, and ways to look into them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wentu.core.config import EngineSettings, OpenVinoSettings, Settings
from wentu.core.types import Generation, Picture, Prompt, SamplingParams, TextLine, Turn
from wentu.engines.base import VersionSpec
from wentu.engines.loop.rows import Rows
from wentu.engines.openvino import OpenVinoEngine

GREEDY = SamplingParams(max_tokens=24, temperature=0.0, presence_penalty=0.0)


def load(folder: Path, data_dir: Path, *, deadline_s: float = 60.0, **openvino: object) -> OpenVinoEngine:
    """Exact weights and cache unless said otherwise."""
    exact: dict[str, object] = {"weights": "float32", "kv_precision": "full", "kv_cache_mb": 40, **openvino}
    settings = Settings(
        data_dir=data_dir,
        engine=EngineSettings(threads=2, deadline_s=deadline_s),
        openvino=OpenVinoSettings.model_validate(exact),
    )
    return OpenVinoEngine.load(VersionSpec("tiny", "openvino", folder), settings)


def ask(*parts: str | Picture, before: tuple[Turn, ...] = (), schema: str | None = None, lines: str = "") -> Prompt:
    square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    read = (tuple(TextLine(line, square, 1.0) for line in lines.splitlines()),) if lines else ()
    return Prompt((*before, Turn("user", parts)), read, schema)


class Watched:
    """Counts an engine's calls of the language model, and can hold them up."""

    def __init__(self, engine: OpenVinoEngine) -> None:
        self.scheduler = engine._parts.scheduler
        self._run = self.scheduler._run
        self.rows: list[list[int]] = []
        self.go = threading.Event()
        self.go.set()
        self.scheduler._run = self.run

    def run(self, batch: Sequence[Rows]) -> list[NDArray[np.float32]]:
        assert self.go.wait(20)
        self.rows.append([rows.n for rows in batch])
        return list(self._run(batch))

    def stop(self) -> None:
        self.scheduler._run = self._run


def same(one: Generation, other: Generation, tolerance: float = 2e-3) -> bool:
    """The same tokens with nearly the same log-probabilities: sums in another order differ in the last bits."""
    numbers = [np.array([token.logprob for token in answer.logprobs]) for answer in (one, other)]
    return one.text == other.text and bool(np.allclose(*numbers, atol=tolerance))
