"""The chart's texts as labels: words apart, their boxes tight around the ink, numbers parsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box, TextLine
from wentu.tasks.chart.numbers import parse_number

# Ink gaps wider than this part of the text's height part two labels of one row; a space is about a quarter.
_GAP = 0.5
_INK = 40.0


@dataclass(frozen=True, slots=True)
class Label:
    """One text of the chart. `box` is tight around its ink; `value` is set where the text is a number."""

    text: str
    box: Box
    score: float
    value: float | None = None

    @property
    def x(self) -> float:
        return self.box.center[0]

    @property
    def y(self) -> float:
        return self.box.center[1]

    @property
    def upright(self) -> bool:
        """False for text that runs from bottom to top, as the title of a vertical axis does."""
        return len(self.text) < 3 or self.box.width >= 0.8 * self.box.height


def labels_of(lines: Iterable[TextLine], pixels: NDArray[np.uint8]) -> list[Label]:
    """The lines as labels; a line that runs over several labels of one axis is parted at its wide gaps."""
    found: list[Label] = []
    for line in lines:
        found.extend(_parted(line, pixels))
    return found


def _parted(line: TextLine, pixels: NDArray[np.uint8]) -> list[Label]:
    text, box = line.text.strip(), _clipped(line.box, pixels)
    if not text or box.width < 2 or box.height < 2:
        return []
    ink = _ink(pixels, box)
    tight = _tight(ink, box)
    if tight is None:
        return [Label(text, box, line.score, parse_number(text))]
    words = text.split()
    if len(words) > 1 and tight.width > 1.5 * tight.height:
        spans = _spans(ink, tight.height * _GAP)
        if 1 < len(spans) <= len(words):
            return [
                Label(part, Box(box.x0 + a, tight.y0, box.x0 + b, tight.y1), line.score, parse_number(part))
                for (a, b), part in zip(spans, _shared_out(words, spans), strict=True)
            ]
    return [Label(text, tight, line.score, parse_number(text))]


def _clipped(box: Box, pixels: NDArray[np.uint8]) -> Box:
    height, width = pixels.shape[:2]
    return Box(max(0, int(box.x0)), max(0, int(box.y0)), min(width, int(box.x1) + 1), min(height, int(box.y1) + 1))


def _ink(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.bool_]:
    """True where a pixel differs from the box's commonest colour."""
    crop = pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)].astype(np.int32)
    codes = (crop[..., 0] >> 4 << 8) | (crop[..., 1] >> 4 << 4) | (crop[..., 2] >> 4)
    values, counts = np.unique(codes, return_counts=True)
    ground = crop[codes == values[counts.argmax()]].mean(axis=0)
    ink: NDArray[np.bool_] = np.abs(crop - ground).max(axis=2) > _INK
    return ink


def _tight(ink: NDArray[np.bool_], box: Box) -> Box | None:
    """The box without the white around its ink; None where there is no ink, or ink over all of it."""
    if not 0.01 < ink.mean() < 0.8:
        return None
    xs, ys = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.sum(axis=1) > 0)
    return Box(box.x0 + float(xs[0]), box.y0 + float(ys[0]), box.x0 + float(xs[-1]) + 1, box.y0 + float(ys[-1]) + 1)


def _spans(ink: NDArray[np.bool_], gap: float) -> list[tuple[int, int]]:
    """Runs of inked columns that are more than `gap` apart, as (first, last + 1)."""
    columns = np.flatnonzero(ink.any(axis=0))
    breaks = np.flatnonzero(np.diff(columns) > gap)
    starts = np.concatenate(([columns[0]], columns[breaks + 1]))
    ends = np.concatenate((columns[breaks], [columns[-1]]))
    return [(int(a), int(b) + 1) for a, b in zip(starts, ends, strict=True)]


def _shared_out(words: list[str], spans: list[tuple[int, int]]) -> list[str]:
    """The words shared out over the spans so that each span's width fits its letters."""
    if len(words) == len(spans):
        return words
    letters = sum(map(len, words)) / max(1, sum(b - a for a, b in spans))
    parts: list[list[str]] = [[] for _ in spans]
    at = 0
    for index, word in enumerate(words):
        full = sum(map(len, parts[at])) + len(word) / 2 > (spans[at][1] - spans[at][0]) * letters
        must = len(words) - index == len(spans) - at - 1
        if parts[at] and at + 1 < len(spans) and (full or must):
            at += 1
        parts[at].append(word)
    return [" ".join(part) for part in parts]
