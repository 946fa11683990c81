"""Mistakes that an engine could make in reading a picture, put into the openvino engine."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from wentu.core.types import Picture
from wentu.engines.loop import pictures, prompt, vision
from wentu.engines.loop.config import VisionConfig
from wentu.engines.loop.pictures import Grid
from wentu.engines.loop.vision import StagedVision

Floats = NDArray[np.float32]
Patches = Callable[[Picture, Grid, VisionConfig], Floats]


def flip_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last patch first."""
    _change_patches(monkeypatch, lambda right: lambda *given: np.ascontiguousarray(right(*given)[::-1]))


def read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patches in reading order instead of blocks of 2 x 2."""

    def wrong(right: Patches) -> Patches:
        def patches(picture: Picture, grid: Grid, config: VisionConfig) -> Floats:
            merge = config.merge_size
            blocks = right(picture, grid, config).reshape(grid.rows // merge, grid.columns // merge, merge, merge, -1)
            return np.ascontiguousarray(blocks.swapaxes(1, 2).reshape(grid.n_patches, -1))

        return patches

    _change_patches(monkeypatch, wrong)


def cut_instead_of_resize(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upper left corner at its own scale, black where the picture ends."""

    def wrong(right: Patches) -> Patches:
        def patches(picture: Picture, grid: Grid, config: VisionConfig) -> Floats:
            size = config.patch_size
            cut = Image.fromarray(picture.pixels).crop((0, 0, grid.columns * size, grid.rows * size))
            return right(Picture(picture.digest, np.asarray(cut)), grid, config)

        return patches

    _change_patches(monkeypatch, wrong)


def drop_deepstack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from the vision model's middle layers."""
    right = StagedVision.encode

    def encode(self: StagedVision, picture: Picture, grid: Grid) -> Generator[float, None, Floats]:
        features = yield from right(self, picture, grid)
        features[1:] = 0
        return features

    monkeypatch.setattr(StagedVision, "encode", encode)


def forget_where_patches_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """No learnt position in the vision model."""
    right = vision.vision_embedding
    monkeypatch.setattr(vision, "vision_embedding", lambda *given: np.zeros_like(right(*given)))


def turn_rotary_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every patch at row 0, column 0 in the vision model's rotary positions."""
    right = vision.vision_rotary

    def rotary(*given: object) -> tuple[Floats, Floats]:
        cos, sin = right(*given)  # type: ignore[arg-type]
        return np.ones_like(cos), np.zeros_like(sin)

    monkeypatch.setattr(vision, "vision_rotary", rotary)


def count_picture_tokens_like_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visual tokens at consecutive positions in the language model instead of rows and columns."""

    def positions(visual: NDArray[np.bool_], *_: object) -> tuple[NDArray[np.int64], int]:
        return np.tile(np.arange(len(visual)), (3, 1)), len(visual)

    monkeypatch.setattr(prompt, "mrope_positions", positions)


def _change_patches(monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Patches], Patches]) -> None:
    monkeypatch.setattr(vision, "patches", wrong(pictures.patches))
