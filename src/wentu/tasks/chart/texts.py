"""The chart's texts as labels: words apart, their boxes tight around the ink, numbers parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box, TextLine
from wentu.tasks.chart.numbers import parse_number, parted_numbers

# Ink gaps wider than this part of the text's height part two labels of one row; a space is about a quarter
# of the letters' size, and half of the height of a word without stems.
# Chinese names stand without spaces, and a full-width bracket has a gap of its own: only more than a letter parts them.
_GAP, _WHOLE_GAP = 0.7, 1.0
_INK, _HUE, _HUE_SHARE = 40.0, 25.0, 0.3
_WIDE_LETTERS = 0x2E80
# A number that no space parts: with a point, a comma or a percent sign.
_FORMED = re.compile(r"[.,%]")
# The text reader takes the Q of a quarter for a Greek letter.
_MISREAD_Q = re.compile(r"^[εΕ](?=\d$)")
# What OCR makes of a legend's sample inside a line.
_SAMPLES = re.compile(r"[○●■□◆▲•✱◇△]+|[-—–_=~]+[Oo0○●]?[-—–_=~]+")


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
    text, box = parted_numbers(_MISREAD_Q.sub("Q", line.text.strip())), _clipped(line.box, pixels)
    if not text or box.width < 2 or box.height < 2:
        return []
    ink, sampled = _letters(pixels, box)
    if sampled:
        text = _SAMPLES.sub(" ", text).strip() or text
    tight = _tight(ink, box)
    if tight is None:
        return [Label(text, box, line.score, parse_number(text))]
    words = text.split()
    if tight.width > 1.5 * tight.height:
        spans = _spans(ink, tight.height * (_WHOLE_GAP if len(words) < 2 else _GAP))
        if len(spans) < len(words) and all(_FORMED.search(word) and parse_number(word) is not None for word in words):
            spans = _by_letters(words, tight.x0 - box.x0, tight.x1 - box.x0)
        parts = _shared_out(words, spans) if len(words) >= len(spans) else _letters_shared_out(words, spans)
        if 1 < len(spans) == len(parts) and _fit(parts, spans):
            return [
                Label(part, Box(box.x0 + a, tight.y0, box.x0 + b, tight.y1), line.score, parse_number(part))
                for (a, b), part in zip(spans, parts, strict=True)
            ]
    return [Label(text, tight, line.score, parse_number(text))]


def _clipped(box: Box, pixels: NDArray[np.uint8]) -> Box:
    height, width = pixels.shape[:2]
    return Box(max(0, int(box.x0)), max(0, int(box.y0)), min(width, int(box.x1) + 1), min(height, int(box.y1) + 1))


def _letters(pixels: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.bool_], bool]:
    """True where a pixel differs from the box's commonest colour; and whether coloured ink among grey letters (the
    legend's samples, which a text reader takes for letters) was left out."""
    crop = pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)].astype(np.int32)
    codes = (crop[..., 0] >> 4 << 8) | (crop[..., 1] >> 4 << 4) | (crop[..., 2] >> 4)
    values, counts = np.unique(codes, return_counts=True)
    ground = crop[codes == values[counts.argmax()]].mean(axis=0)
    away = crop - ground
    far = np.abs(away).max(axis=2)
    ink: NDArray[np.bool_] = far > _INK
    # The smoothed edge of a coloured stroke keeps its hue: the channels stay apart in the same ratio.
    coloured = ink & (np.ptp(away, axis=2) > np.maximum(_HUE, _HUE_SHARE * far))
    grey = ink & ~coloured
    if np.ptp(ground) < 2 * _HUE and 8 < coloured.sum() < 5 * grey.sum():
        return grey, True
    return ink, False


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
    """The words shared out over the spans so that each span's width fits its letters; none where they are too few."""
    if len(words) <= len(spans):
        return words if len(words) == len(spans) else []
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


def _fit(parts: list[str], spans: list[tuple[int, int]]) -> bool:
    """Whether each part is about as wide as its letters are: a rest of a sample beside a name is not."""
    widths = [sum(1.0 if ord(letter) > _WIDE_LETTERS else 0.55 for letter in part) for part in parts]
    each = sum(b - a for a, b in spans) / sum(widths)
    return all(0.35 < (b - a) / (each * width) < 2.5 for (a, b), width in zip(spans, widths, strict=True))


def _by_letters(words: list[str], start: float, end: float) -> list[tuple[int, int]]:
    """Where each word stands when all letters are equally wide."""
    at = np.cumsum([0, *map(len, words)]) / sum(map(len, words)) * (end - start) + start
    return [(int(a), int(b)) for a, b in pairwise(at)]


def _letters_shared_out(words: list[str], spans: list[tuple[int, int]]) -> list[str]:
    """One word's letters shared out by the spans' widths (names of an axis that were read as one, without spaces)."""
    letters = "".join(words)
    if not 1 < len(spans) <= len(letters):
        return []
    widths = [1.0 if ord(letter) > _WIDE_LETTERS else 0.55 for letter in letters]
    inked, whole = sum(b - a for a, b in spans), sum(widths)
    ends = np.cumsum([(b - a) / inked * whole for a, b in spans])
    parts = [""] * len(spans)
    at = 0.0
    for letter, width in zip(letters, widths, strict=True):
        middle, at = at + width / 2, at + width
        parts[min(len(spans) - 1, int(np.searchsorted(ends, middle)))] += letter
    return parts if all(parts) else []
