"""Pixels as the vision model wants them: resized, scaled to -1..1, cut into patches.

Follows transformers 5.23, models/qwen2_vl/image_processing_pil_qwen2_vl.py, which Qwen3-VL uses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wentu.core.errors import EngineError
from wentu.core.types import Picture
from wentu.engines.loop.config import VisionConfig
from wentu.engines.specs import QWEN3_VL


@dataclass(frozen=True, slots=True)
class Grid:
    """A picture's patches: `rows` x `columns`, both multiples of the merge size."""

    rows: int
    columns: int

    @property
    def n_patches(self) -> int:
        return self.rows * self.columns

    def merged(self, merge_size: int) -> tuple[int, int]:
        """Rows and columns of visual tokens."""
        return self.rows // merge_size, self.columns // merge_size

    def n_tokens(self, merge_size: int) -> int:
        return self.n_patches // merge_size**2


@dataclass(frozen=True, slots=True)
class PixelBudget:
    """How many pixels the vision model sees of one picture: smaller ones are enlarged, larger ones reduced."""

    min_px: int
    max_px: int


def smart_resize(height: int, width: int, factor: int, budget: PixelBudget) -> tuple[int, int]:
    """(height, width) in multiples of `factor`, inside the budget, with the aspect kept as closely as possible.

    Raises EngineError for a picture that is too long and thin, or empty: intake lets neither through.
    """
    if min(height, width) < 1 or max(height, width) > QWEN3_VL.max_aspect * min(height, width):
        raise EngineError(
            f"the model can't read a picture of {width} x {height} pixels",
            hint=f"Cut it into parts that are at most {QWEN3_VL.max_aspect:g} times as long as wide.",
            width=width,
            height=height,
        )
    # Python's round goes to the even neighbour at .5, and so does the reference.
    rows, columns = round(height / factor) * factor, round(width / factor) * factor
    if rows * columns > budget.max_px:
        shrink = math.sqrt(height * width / budget.max_px)
        rows = max(factor, math.floor(height / shrink / factor) * factor)
        columns = max(factor, math.floor(width / shrink / factor) * factor)
    elif rows * columns < budget.min_px:
        grow = math.sqrt(budget.min_px / (height * width))
        rows, columns = math.ceil(height * grow / factor) * factor, math.ceil(width * grow / factor) * factor
    return rows, columns


def resized(picture: Picture, factor: int, budget: PixelBudget, scale: float = 1.0) -> Picture:
    """The picture, `scale` times as large, in the size that the model reads it in, resampled as the maker does.

    One that has that size already stays the same object. Raises EngineError.
    """
    wanted = (max(round(picture.height * scale), 1), max(round(picture.width * scale), 1))
    height, width = smart_resize(*wanted, factor, budget)
    if (height, width) == (picture.height, picture.width):
        return picture
    return Picture(picture.digest, resample(picture.pixels, width, height))


def resample(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 by Pillow's bicubic filter, as the maker's preparation has it."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))


def patch_grid(picture: Picture, config: VisionConfig, budget: PixelBudget) -> Grid:
    """The patches that `picture` will be cut into, known from its size alone. Raises EngineError."""
    height, width = smart_resize(picture.height, picture.width, config.factor_px, budget)
    return Grid(height // config.patch_size, width // config.patch_size)


def patches(picture: Picture, grid: Grid, config: VisionConfig) -> NDArray[np.float32]:
    """(n_patches, 3 * patch_size**2) float32 in -1..1: channels, then rows, then columns of each patch.

    Patches come in merge-block order: the `merge_size` x `merge_size` patches of one visual token stand together.
    A still picture's frames are equal, so there is one, and the patch embedding sums its weights over the frames.
    """
    size, merge = config.patch_size, config.merge_size
    width, height = grid.columns * size, grid.rows * size
    pixels = resample(picture.pixels, width, height)
    blocks = pixels.reshape(grid.rows // merge, merge, size, grid.columns // merge, merge, size, 3)
    ordered = blocks.transpose(0, 3, 1, 4, 6, 2, 5).reshape(grid.n_patches, 3 * size * size)
    return ordered.astype(np.float32) / np.float32(127.5) - np.float32(1)
