"""The chart as found before its marks are read: labels, colours, legend, axes and the frame of the marks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from wentu.core.types import Box, Picture, TextLine
from wentu.tasks.chart.axes import Axis, horizontal_axes, vertical_axes
from wentu.tasks.chart.ink import Colour, Pixels, colours, grounds, without_marks, without_text
from wentu.tasks.chart.legend import Entry, find_legend
from wentu.tasks.chart.texts import Label, labels_of

Read = Callable[[Picture], tuple[TextLine, ...]]


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a reader of marks may look at, in pixels of `pixels` ((H, W, 3) uint8 RGB)."""

    pixels: Pixels
    labels: tuple[Label, ...]
    colours: tuple[Colour, ...]
    legend: tuple[Entry, ...]
    vertical: tuple[Axis, ...]
    horizontal: tuple[Axis, ...]
    frame: Box

    @property
    def free(self) -> list[Label]:
        """Labels that are not the legend's."""
        return _free(self.labels, self.legend)

    @property
    def holes(self) -> list[Box]:
        """The legend's boxes, in which no mark is looked for."""
        return [entry.box for entry in self.legend]


def find_scene(picture: Picture, lines: Sequence[TextLine], ocr: Read) -> Scene:
    """The scene of a picture; small print along the axes is read again, larger, where no axis came out."""
    pixels = picture.pixels
    labels = labels_of(lines, pixels)
    if not vertical_axes(labels) and not horizontal_axes(labels):
        labels = labels_of(_again(picture, ocr), pixels) or labels
    ground = grounds(pixels)
    found = colours(pixels, ground)
    labels = without_marks(labels, found)
    found = without_text(found, labels)
    legend = find_legend(labels, found)
    free = _free(labels, legend)
    vertical, horizontal = vertical_axes(free), horizontal_axes(free)
    frame = _frame(pixels, vertical, horizontal, legend)
    return Scene(pixels, tuple(labels), tuple(found), tuple(legend), tuple(vertical), tuple(horizontal), frame)


def _free(labels: Sequence[Label], legend: Sequence[Entry]) -> list[Label]:
    """Labels whose middle lies in no entry of the legend."""
    boxes = [entry.box for entry in legend]
    return [a for a in labels if not any(b.x0 <= a.x <= b.x1 and b.y0 - 2 <= a.y <= b.y1 + 2 for b in boxes)]


def read_crop(picture: Picture, box: Box, ocr: Read, scale: float) -> list[Label]:
    """The labels of a part of the picture, read at a larger scale."""
    crop = picture.pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
    if min(crop.shape[:2]) < 8:
        return []
    large = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    pixels = np.ascontiguousarray(large, dtype=np.uint8)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    lines = [
        TextLine(line.text, tuple((x / scale + box.x0, y / scale + box.y0) for x, y in line.polygon), line.score)
        for line in ocr(Picture(digest, pixels))
    ]
    return labels_of(lines, picture.pixels)


def _again(picture: Picture, ocr: Read) -> list[TextLine]:
    """The whole picture's lines read at twice its size; none for a picture that is large already."""
    if max(picture.width, picture.height) > 1400:
        return []
    large = cv2.resize(picture.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    pixels = np.ascontiguousarray(large, dtype=np.uint8)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return [
        TextLine(line.text, tuple((x / 2, y / 2) for x, y in line.polygon), line.score)
        for line in ocr(Picture(digest, pixels))
    ]


def _frame(pixels: Pixels, vertical: Sequence[Axis], horizontal: Sequence[Axis], legend: Sequence[Entry]) -> Box:
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
        y0, y1 = max(0.0, ys[0] - 1.2 * step), min(float(height), ys[-1] + 1.2 * step)
    rows = [a for a in horizontal if min(t.box.y0 for t in a.ticks) > 0.5 * height]
    if rows:
        y1 = min(y1, min(tick.box.y0 for tick in rows[0].ticks) - 1)
    return Box(x0, y0, x1, y1)
