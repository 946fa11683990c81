"""The chart's texts as labels: words apart, their boxes tight around the ink, numbers parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box, TextLine
from wentu.tasks.chart.numbers import parse_number, parted_numbers

# Ink gaps wider than this part of the text's height part two labels of one row; a space is about a quarter
# of the letters' size, and half of the height of a word without stems.
# Chinese names stand without spaces, and a full-width bracket has a gap of its own: only more than a letter parts them.
_GAP, _WHOLE_GAP = 0.7, 1.0
# A sample is this part of the letters' height at least; a break goes so far (in heights) to a word's beginning.
_SAMPLE, _BEGINS = 0.4, 1.2
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
    ink, samples = _letters(pixels, box)
    if samples is not None:
        text = _SAMPLES.sub(" ", text).strip() or text
    tight = _tight(ink, box)
    if tight is None:
        return [Label(text, box, line.score, parse_number(text))]
    words = text.split()
    if tight.width > 1.5 * tight.height:
        cuts = _cuts(samples, tight.height)
        spans = _spans(ink, tight.height * (_WHOLE_GAP if len(words) < 2 else _GAP), cuts)
        if len(spans) < len(words) and all(_FORMED.search(word) and parse_number(word) is not None for word in words):
            spans = _by_letters(words, tight.x0 - box.x0, tight.x1 - box.x0)
        apart = len(words) >= len(spans) and not cuts.any()
        parts = _shared_out(words, spans) if apart else _letters_shared_out(words, spans)
        if 1 < len(spans) == len(parts) and _fit(parts, spans):
            return [
                Label(part, Box(box.x0 + a, tight.y0, box.x0 + b, tight.y1), line.score, parse_number(part))
                for (a, b), part in zip(spans, parts, strict=True)
            ]
    return [Label(text, tight, line.score, parse_number(text))]


def _clipped(box: Box, pixels: NDArray[np.uint8]) -> Box:
    height, width = pixels.shape[:2]
    return Box(max(0, int(box.x0)), max(0, int(box.y0)), min(width, int(box.x1) + 1), min(height, int(box.y1) + 1))


def _letters(pixels: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
    """True where a pixel differs from the box's commonest colour; and the coloured ink among grey letters (the legend's
    samples, which a text reader takes for letters) that was left out, None where there is none."""
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
        return grey, coloured
    return ink, None


def _tight(ink: NDArray[np.bool_], box: Box) -> Box | None:
    """The box without the white around its ink; None where there is no ink, or ink over all of it."""
    if not 0.01 < ink.mean() < 0.8:
        return None
    xs, ys = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.sum(axis=1) > 0)
    return Box(box.x0 + float(xs[0]), box.y0 + float(ys[0]), box.x0 + float(xs[-1]) + 1, box.y0 + float(ys[-1]) + 1)


def _cuts(samples: NDArray[np.bool_] | None, height: float) -> NDArray[np.bool_]:
    """The columns in which a sample stands, with their smoothed edges: names end and begin there, however near."""
    if samples is None:
        return np.zeros(0, np.bool_)
    inked = (samples.sum(axis=0) >= _SAMPLE * height).astype(np.uint8)
    solid = cv2.morphologyEx(inked[None], cv2.MORPH_OPEN, np.ones((1, 3), np.uint8))
    return np.asarray(cv2.dilate(solid, np.ones((1, 3), np.uint8))[0], np.bool_)


def _spans(ink: NDArray[np.bool_], gap: float, cuts: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of inked columns that are more than `gap` apart or parted by a cut, as (first, last + 1)."""
    inked = np.asarray(ink.any(axis=0), np.bool_)
    passed = np.zeros(ink.shape[1], np.int64)
    if cuts.any() and (inked & ~cuts).any():
        inked, passed = inked & ~cuts, np.cumsum(cuts)
    columns = np.flatnonzero(inked)
    breaks = np.flatnonzero((np.diff(columns) > gap) | (np.diff(passed[columns]) > 0))
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
    """Letters shared out by the spans' widths (names that were read as one, without spaces): each break falls where the
    width says, or near by where a word, a capital or a number begins."""
    text = " ".join(words)
    places = [k for k, letter in enumerate(text) if letter != " "]
    if not 1 < len(spans) <= len(places):
        return []
    before = np.cumsum([0.0, *(_width(text[k]) for k in places)])
    each = before[-1] / sum(b - a for a, b in spans)
    wanted = np.cumsum([(b - a) * each for a, b in spans])[:-1]
    breaks = [0]
    for number, at in enumerate(wanted):
        left = len(spans) - number - 2
        open_ = range(breaks[-1] + 1, len(places) - left)
        if not open_:
            return []
        breaks.append(min(open_, key=lambda k: abs(before[k] - at) - _BEGINS * _begins(text, places[k])))
    ends = [*(places[k] for k in breaks[1:]), len(text)]
    return [text[places[a] : b].strip() for a, b in zip(breaks, ends, strict=True)]


def _begins(text: str, at: int) -> bool:
    """Whether a word, a capitalised one or a number begins at this letter."""
    before, letter = text[at - 1], text[at]
    return before == " " or (letter.isupper() and before.islower()) or (letter.isdigit() and before.isalpha())


def _width(letter: str) -> float:
    """About how wide a letter is, in its height."""
    if ord(letter) > _WIDE_LETTERS:
        return 1.0
    return 0.3 if letter in "ilIjtfr.,'" else 0.85 if letter in "mwMW" else 0.55
