"""The chart as found before its marks are read: labels, colours, legend, axes and the frame of the marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from wentu.core.types import Box, Picture, TextLine
from wentu.tasks.chart.axes import Axis, horizontal_axes, vertical_axes
from wentu.tasks.chart.grids import without_grid
from wentu.tasks.chart.ink import Colour, Pixels, Rgb, colours, grounds, tint, without_marks, without_text
from wentu.tasks.chart.legend import Entry, find_legend
from wentu.tasks.chart.texts import Label, labels_of
from wentu.tasks.chart.ticks import snapped
from wentu.tasks.chart.turned import turned_level

Read = Callable[[Picture], tuple[TextLine, ...]]


# Small print is read again so much larger; strips of a picture that is wider than this already are large enough.
_LARGER, _LARGE_PX = 2.5, 2000
# Print of fewer pixels, in a picture of at most so many, is read at twice its size from the start.
_SMALL_PRINT, _SMALL_SIDE = 10.5, 640


# The cosine between two colours' directions away from the ground above which one is the other's tint.
SAME_TINT = 0.985


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a reader of marks may look at, in pixels of the picture ((H, W, 3) uint8 RGB)."""

    picture: Picture
    labels: tuple[Label, ...]
    colours: tuple[Colour, ...]
    legend: tuple[Entry, ...]
    vertical: tuple[Axis, ...]
    horizontal: tuple[Axis, ...]
    frame: Box
    ground: Rgb

    @property
    def pixels(self) -> Pixels:
        return self.picture.pixels

    @property
    def free(self) -> list[Label]:
        """Labels that are not the legend's."""
        return _free(self.labels, self.legend)

    @property
    def holes(self) -> list[Box]:
        """The legend's boxes, in which no mark is looked for."""
        return [entry.box for entry in self.legend]

    def entry_of(self, colour: int) -> Entry | None:
        """The legend's entry of a colour, or of the one whose paler tint it is (the fill of an area)."""
        own = next((entry for entry in self.legend if entry.colour == colour), None)
        if own is not None or not self.legend:
            return own
        rgb = self.colours[colour].rgb
        tints = [(tint(self.colours[e.colour].rgb, rgb, self.ground), e) for e in self.legend]
        alike, entry = max(tints, key=lambda pair: pair[0])
        return entry if alike > SAME_TINT else None

    def rank(self, colour: int) -> int:
        """The place of a colour in the legend's order; after all others where it has none."""
        entry = self.entry_of(colour)
        return self.legend.index(entry) if entry else len(self.legend)


def find_scene(picture: Picture, lines: Sequence[TextLine], ocr: Read) -> Scene:
    """The scene of a picture; small print is read again, larger, and so is what showed no axis."""
    labels = labels_of(lines, picture.pixels)
    if _is_small(picture, labels) or (not vertical_axes(labels) and not horizontal_axes(labels)):
        labels = labels_of(_again(picture, ocr), picture.pixels) or labels
    return scene_of(picture, labels)


def _is_small(picture: Picture, labels: Sequence[Label]) -> bool:
    """Whether a small picture has print of so few pixels that digits are lost and neighbours run into one."""
    heights = [label.box.height for label in labels if label.upright]
    side = max(picture.width, picture.height)
    return bool(heights) and side <= _SMALL_SIDE and float(np.median(heights)) < _SMALL_PRINT


def scene_of(picture: Picture, labels: Sequence[Label]) -> Scene:
    """The scene of a picture with its texts."""
    pixels = picture.pixels
    ground = grounds(pixels)
    found = colours(pixels, ground)
    labels = without_marks(list(labels), found)
    found = without_text(found, labels)
    vertical, horizontal = vertical_axes(labels), horizontal_axes(labels)
    found = without_grid(found, vertical, horizontal, _frame(pixels, vertical, horizontal))
    legend = find_legend(labels, found)
    free = _free(labels, legend)
    vertical, horizontal = vertical_axes(free), horizontal_axes(free)
    frame = _frame(pixels, vertical, horizontal)
    vertical = [snapped(axis, pixels, ground[-1], frame, vertical=True) for axis in vertical[:1]]
    horizontal = [snapped(axis, pixels, ground[-1], frame, vertical=False) for axis in horizontal[:1]]
    return Scene(
        picture, tuple(labels), tuple(found), tuple(legend), tuple(vertical), tuple(horizontal), frame, ground[-1]
    )


def looked_closer(scene: Scene, box: Box, ocr: Read) -> Scene | None:
    """The scene with the texts of a part of the picture read larger; None where that shows no new text."""
    box = Box(max(0, box.x0), max(0, box.y0), min(scene.picture.width, box.x1), min(scene.picture.height, box.y1))
    if box.width < 16 or box.height < 8 or box.width > _LARGE_PX:
        return None
    found = _read_crop(scene.picture, box, ocr)
    kept = [a for a in scene.labels if not (box.x0 <= a.x <= box.x1 and box.y0 <= a.y <= box.y1)]
    if sum(len(a.text) for a in found) <= sum(len(a.text) for a in scene.labels) - sum(len(a.text) for a in kept):
        return None
    return scene_of(scene.picture, [*kept, *found])


def _free(labels: Sequence[Label], legend: Sequence[Entry]) -> list[Label]:
    """Labels whose middle lies in no entry of the legend."""
    boxes = [entry.box for entry in legend]
    return [a for a in labels if not any(b.x0 <= a.x <= b.x1 and b.y0 - 2 <= a.y <= b.y1 + 2 for b in boxes)]


def _read_crop(picture: Picture, box: Box, ocr: Read) -> list[Label]:
    """The labels of a part of the picture, read at a larger scale."""
    x0, y0 = int(box.x0), int(box.y0)
    large = cv2.resize(
        picture.pixels[y0 : int(box.y1), x0 : int(box.x1)], None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC
    )
    crop = Picture.of_pixels(large)
    lines = [
        TextLine(line.text, tuple((x / _LARGER + x0, y / _LARGER + y0) for x, y in line.polygon), line.score)
        for line in turned_level(crop.pixels, ocr(crop), ocr)
    ]
    return labels_of(lines, picture.pixels)


def _again(picture: Picture, ocr: Read) -> list[TextLine]:
    """The whole picture's lines read at twice its size; none for a picture that is large already."""
    if max(picture.width, picture.height) > 1400:
        return []
    large = cv2.resize(picture.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return [
        TextLine(line.text, tuple((x / 2, y / 2) for x, y in line.polygon), line.score)
        for line in ocr(Picture.of_pixels(large))
    ]


def _frame(pixels: Pixels, vertical: Sequence[Axis], horizontal: Sequence[Axis]) -> Box:
    """The part of the picture in which marks can stand: right of one axis' labels, above the other's."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = 0.0, 0.0, float(width), float(height)
    if vertical:
        ticks = vertical[0].ticks
        right = max(tick.box.x1 for tick in ticks)
        if right < 0.5 * width:
            x0 = right + 2
        ys = sorted(tick.y for tick in ticks)
        step = (ys[-1] - ys[0]) / max(1, len(ys) - 1)
        y0, y1 = max(0.0, ys[0] - 1.2 * step), min(float(height), ys[-1] + 2.2 * step)
    rows = [a for a in horizontal if min(t.box.y0 for t in a.ticks) > 0.5 * height]
    if rows:
        y1 = min(y1, min(tick.box.y0 for tick in rows[0].ticks) - 1)
    return Box(x0, y0, x1, y1)
