"""The compiled vision model: a picture's patches in, its visual tokens out, one stage after another."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np
import openvino as ov

from wentu.core.types import Picture
from wentu.engines.openvino.config import ModelConfig
from wentu.engines.openvino.pictures import Grid, patches
from wentu.engines.openvino.positions import Float32, vision_embedding, vision_rotary
from wentu.engines.openvino.runtime import Runtime, openvino_errors

# Above this many patches (a 640 px square) a stage's scratch memory is given back at once: it is 40 KB a patch.
KEEP_SCRATCH_PATCHES = 1_600


class VisionModel:
    """One compiled graph a stage; to be called from one thread."""

    def __init__(self, stages: Iterable[ov.Model], config: ModelConfig, runtime: Runtime, table: Float32) -> None:
        """`table` (positions, hidden) float32 is the learnt position embedding."""
        self._config = config.vision
        self._table = table
        with openvino_errors("loading the vision model"):
            self._compiled = [runtime.compile_vision(model) for model in stages]
            self._requests = [compiled.create_infer_request() for compiled in self._compiled]

    @property
    def n_stages(self) -> int:
        return len(self._requests)

    def encode(self, picture: Picture, grid: Grid) -> Generator[float, None, Float32]:
        """Computes one stage at each `next`, yielding the finished fraction; the value returned is the features.

        They are (1 + n_deepstack, tokens, text hidden) float32: the visual tokens, then what each DeepStack layer
        adds. Raises EngineError, OutOfMemory.
        """
        config = self._config
        cos, sin = vision_rotary(grid, config.head_dim, config.merge_size)
        inputs = {
            "pixels": patches(picture, grid, config),
            "position": vision_embedding(self._table, grid, config.merge_size),
        }
        features: list[Float32] = []
        for index, request in enumerate(self._requests):
            with openvino_errors("reading a picture"):
                outputs = request.infer({**inputs, "cos": cos, "sin": sin}, share_inputs=True)
                named = {port.get_any_name(): value for port, value in outputs.items()}
                if "features" in named:
                    features.extend(named["features"])
                if "hidden" in named:
                    inputs = {"hidden_in": named["hidden"]}
                if grid.n_patches > KEEP_SCRATCH_PATCHES:
                    self._compiled[index].release_memory()
            yield (index + 1) / self.n_stages
        # The main merger comes last in depth and first in the output.
        return np.stack([features[-1], *features[:-1]])
