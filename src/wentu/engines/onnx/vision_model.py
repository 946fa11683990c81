"""The vision model's sessions, one a stage."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.pictures import Grid
from wentu.engines.loop.positions import Float32
from wentu.engines.loop.vision import Arrays, StagedVision
from wentu.engines.onnx.runtime import onnx_errors, open_session


class VisionModel(StagedVision):
    """The stages as ONNX Runtime computes them."""

    def __init__(self, paths: Iterable[Path], config: ModelConfig, threads: int, table: Float32) -> None:
        super().__init__(config, table)
        with onnx_errors("loading the vision model"):
            # A large picture's scratch memory is given back after each stage: it is 40 KB a patch.
            self._sessions = [open_session(path, threads, keep_scratch=False) for path in paths]
        self._outputs = [[output.name for output in session.get_outputs()] for session in self._sessions]
        self.n_stages = len(self._sessions)

    def run_stage(self, index: int, inputs: Arrays, grid: Grid) -> Arrays:
        names = self._outputs[index]
        with onnx_errors("reading a picture"):
            return dict(zip(names, self._sessions[index].run(names, dict(inputs)), strict=True))
