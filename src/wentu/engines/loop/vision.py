"""A picture's way through the vision model, one stage after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping

import numpy as np

from wentu.core.types import Picture
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.pictures import Grid, patches
from wentu.engines.loop.positions import Float32, vision_embedding, vision_rotary

Arrays = Mapping[str, Float32]


class StagedVision(ABC):
    """The vision model of one runtime, which has to say how a stage is computed; called from one thread."""

    n_stages: int

    def __init__(self, config: ModelConfig, table: Float32) -> None:
        """`table` (positions, hidden) float32 is the learnt position embedding."""
        self._config = config.vision
        self._table = table

    @abstractmethod
    def run_stage(self, index: int, inputs: Arrays, grid: Grid) -> Arrays:
        """Outputs of a stage by name: `hidden` for the next one, `features` where it has mergers.

        `inputs` are pixels and position for the first stage and hidden_in for the others; cos and sin for all.
        """

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
        for index in range(self.n_stages):
            outputs = self.run_stage(index, {**inputs, "cos": cos, "sin": sin}, grid)
            features.extend(outputs.get("features", ()))
            if "hidden" in outputs:
                inputs = {"hidden_in": outputs["hidden"]}
            yield (index + 1) / self.n_stages
        # The main merger comes last in depth and first in the output.
        return np.stack([features[-1], *features[:-1]])
