"""What can be said of a picture without understanding it: its size, its colours, where something stands."""

from __future__ import annotations

import numpy as np

from wentu.core.types import Box, Picture
from wentu.engines.reader.words import COLOURS, Phrases

_SAMPLE = 40_000  # pixels looked at for colours


def shape(picture: Picture, say: Phrases) -> str:
    ratio = picture.width / picture.height
    return say.wide if ratio > 1.05 else say.upright if ratio < 0.95 else say.square


def where(box: Box, picture: Picture, say: Phrases, *, chinese: bool) -> str:
    """The ninth of the picture in which a box's centre lies."""
    x, y = box.center
    column = min(int(3 * x / picture.width), 2)
    row = min(int(3 * y / picture.height), 2)
    if column == row == 1:
        return say.middle
    if not chinese:
        return f"{say.top[row]} {say.side[column]}"
    if column == 1:
        return say.top[row] + "部"
    return say.side[column] + ("侧中间" if row == 1 else say.top[row] + "角")


def main_colours(picture: Picture, *, chinese: bool, most: int = 3) -> list[tuple[str, float]]:
    """Names of the most frequent colours with their share of the area, the largest first; at least 5% each."""
    pixels = picture.pixels.reshape(-1, 3)
    pixels = pixels[:: max(len(pixels) // _SAMPLE, 1)].astype(np.int32)
    centres = np.array([rgb for _, rgb in COLOURS.values()], np.int32)
    distances = ((pixels[:, None, :] - centres[None]) ** 2).sum(-1)
    shares = np.bincount(distances.argmin(1), minlength=len(centres)) / len(pixels)
    names = [name if chinese else english for name, (english, _) in COLOURS.items()]
    found = sorted(zip(names, shares.tolist(), strict=True), key=lambda item: -item[1])
    return [(name, share) for name, share in found[:most] if share >= 0.05]
