"""The compiled vision model: one graph a stage."""

from __future__ import annotations

from collections.abc import Iterable

import openvino as ov

from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.pictures import Grid
from wentu.engines.loop.positions import Float32
from wentu.engines.loop.vision import Arrays, StagedVision
from wentu.engines.openvino.runtime import Runtime, openvino_errors

# Above this many patches (a 640 px square) a stage's scratch memory is given back at once: it is 40 KB a patch.
KEEP_SCRATCH_PATCHES = 1_600


class VisionModel(StagedVision):
    """The stages as OpenVINO computes them."""

    def __init__(self, stages: Iterable[ov.Model], config: ModelConfig, runtime: Runtime, table: Float32) -> None:
        super().__init__(config, table)
        with openvino_errors("loading the vision model"):
            self._compiled = [runtime.compile_vision(model) for model in stages]
            self._requests = [compiled.create_infer_request() for compiled in self._compiled]
        self.n_stages = len(self._requests)

    def run_stage(self, index: int, inputs: Arrays, grid: Grid) -> Arrays:
        with openvino_errors("reading a picture"):
            outputs = self._requests[index].infer(dict(inputs), share_inputs=True)
            named = {port.get_any_name(): value for port, value in outputs.items()}
            if grid.n_patches > KEEP_SCRATCH_PATCHES:
                self._compiled[index].release_memory()
        return named
