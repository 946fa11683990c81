"""The legend: texts with a sample of a mark's colour beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.ink import Colour, rows_columns
from wentu.tasks.chart.texts import Label

# How wide a sample may be, in text heights: matplotlib's line samples are 3, Chart.js' boxes 5 of a word without stems.
_REACH = 5.5
# How far a sample may be from its text, in text heights, and how large it may be at all, in pixels.
_GAP, _LARGEST = 2.6, 90
# A text's box may begin so far (in text heights) on its sample, whose end was taken for a letter's.
_OVERLAP = 0.5
# What OCR makes of a sample: a dash, a ring, a square.
_SYMBOL = re.compile(
    r"^(?:[-—–_=~]+[Oo0○●](?=[^\W\d])|[-—–_=~]*[Oo0○●■□◆▲•·*✱+×Q]?[-—–_=~]+"
    r"|[Oo0○●■□◆▲•·*✱+×]{1,2}$|[○●■□◆▲•✱]+)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the legend: `colour` is the index into the chart's colours, `box` covers sample and text."""

    label: Label
    colour: int
    box: Box


@dataclass(frozen=True, slots=True)
class Island:
    """A small patch of one colour that touches nothing else of that colour: what a sample looks like."""

    colour: int
    box: Box
    grey: bool


def find_legend(labels: Sequence[Label], colours: Sequence[Colour]) -> list[Entry]:
    """The legend's entries in reading order, each with a colour of its own; empty where there is no legend."""
    names = [_without_symbol(label, colours) for label in labels if not _SYMBOL.fullmatch(label.text)]
    islands = [island for index, colour in enumerate(colours) for island in _islands(index, colour)]
    left = _consistent(_entries(names, islands, -1))
    right = _consistent(_entries(names, islands, +1))
    found = _completed(max(left, right, key=len), names, colours)
    coloured = sum(not colour.grey for colour in colours)
    # One name beside one colour is a legend only where there is no other colour that it could miss.
    return found if len(found) > 1 or coloured <= 1 else []


def _completed(entries: list[Entry], labels: Sequence[Label], colours: Sequence[Colour]) -> list[Entry]:
    """The legend with the one name that stands in line with the others but whose sample lies on its own colour (over
    the marks), when there is one colour left to be its."""
    if len(entries) < 2:
        return entries
    taken = {id(entry.label) for entry in entries}
    lone = [
        a for a in labels if id(a) not in taken and a.value is None and any(_in_line(a, e, entries) for e in entries)
    ]
    least = min(int(colours[entry.colour].mask.sum()) for entry in entries)
    used = {entry.colour for entry in entries}
    left = [i for i, c in enumerate(colours) if i not in used and not c.grey and int(c.mask.sum()) >= 0.3 * least]
    if len(lone) != 1 or len(left) != 1:
        return entries
    return _once([*entries, Entry(lone[0], left[0], lone[0].box)])


def _in_line(label: Label, entry: Entry, entries: Sequence[Entry]) -> bool:
    height = max(8.0, entry.label.box.height)
    column = len({round(e.label.y / height) for e in entries}) > 1
    dx, dy = abs(label.box.x0 - entry.label.box.x0), abs(label.y - entry.label.y)
    return dx < 0.6 * height and dy < 2.4 * height if column else dy < 0.4 * height and dx < 12 * height


def _islands(index: int, colour: Colour) -> list[Island]:
    """The colour's small patches; dashes and a marker on its line are one."""
    joined = cv2.morphologyEx(colour.mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 7), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, width, height, area in stats[1:count].tolist():
        if 3 <= width <= _LARGEST and height <= 0.6 * _LARGEST and area >= 6:
            found.append(Island(index, Box(float(x), float(y), float(x + width), float(y + height)), colour.grey))
    return found


def _without_symbol(label: Label, colours: Sequence[Colour]) -> Label:
    """The name alone where OCR has read the sample before it as letters (`-O-North`)."""
    name = _SYMBOL.sub("", label.text)
    if not name or name == label.text:
        return label
    if not label.text[0].isalnum() and len(name) > 1:
        label = replace(label, text=name)
    rows, columns = rows_columns(label.box)
    reach = min(columns.stop, round(columns.start + 2.5 * label.box.height))
    ends = [
        int(np.flatnonzero(ink.any(axis=0))[-1])
        for colour in colours
        if not colour.grey and (ink := colour.mask[rows, columns.start : reach]).sum() > 12
    ]
    if not ends:
        return label
    start = label.box.x0 + max(ends) + 2
    return replace(label, text=name, box=Box(start, label.box.y0, label.box.x1, label.box.y1))


def _entries(labels: Sequence[Label], islands: Sequence[Island], side: int) -> list[Entry]:
    found = []
    for label in labels:
        if not label.upright or len(label.text) > 40 or (label.value is not None and not label.value.is_integer()):
            continue
        sample = _sample(label, labels, islands, side)
        if sample is not None:
            a, b = sample.box, label.box
            whole = Box(min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))
            found.append(Entry(label, sample.colour, whole))
    return found


def _sample(label: Label, labels: Sequence[Label], islands: Sequence[Island], side: int) -> Island | None:
    """The nearest small patch beside a text, in its row, with no other text between."""
    height = max(8.0, label.box.height)
    found: list[tuple[bool, float, Island]] = []
    for island in islands:
        gap = label.box.x0 - island.box.x1 if side < 0 else island.box.x0 - label.box.x1
        if (
            not -_OVERLAP * height <= gap < _GAP * height
            or island.box.width > _REACH * height
            or island.box.height > 1.7 * height
        ):
            continue
        if abs(island.box.center[1] - label.y) > 0.55 * height or _between(label, island, labels):
            continue
        found.append((island.grey, abs(gap), island))
    # A sample's black outline is not the sample.
    return min(found, key=lambda one: one[:2])[2] if found else None


def _between(label: Label, island: Island, labels: Sequence[Label]) -> bool:
    """Whether another text of the same row stands between a text and a patch, or on the patch."""
    low, high = sorted((label.x, island.box.center[0]))
    return any(
        other is not label and abs(other.y - label.y) < 0.5 * label.box.height and low < other.x < high
        for other in labels
    )


def _consistent(entries: list[Entry]) -> list[Entry]:
    """The largest set of entries that stand in one column or one row (or a grid), each colour once."""
    best: list[Entry] = []
    words = [entry for entry in entries if entry.label.value is None]
    entries = words if len(words) > 1 else entries  # beside names, numbers are data labels
    for seed in entries:
        column = [e for e in entries if abs(e.box.x0 - seed.box.x0) <= 0.5 * seed.label.box.height + 2]
        row = [e for e in entries if abs(e.label.y - seed.label.y) <= 0.5 * seed.label.box.height + 2]
        both = _grid(entries, column, row)
        for group in (column, row, both):
            once = _once(group)
            if len(once) > len(best) and len(once) == len(group):
                best = once
    return best


def _grid(entries: list[Entry], column: list[Entry], row: list[Entry]) -> list[Entry]:
    """Entries in the columns and rows that meet in one entry, for a legend of several rows."""
    xs, ys = [e.box.x0 for e in row], [e.label.y for e in column]
    return [
        e
        for e in entries
        if min(abs(e.box.x0 - x) for x in xs) < e.label.box.height
        and min(abs(e.label.y - y) for y in ys) < 0.5 * e.label.box.height + 2
    ]


def _once(entries: list[Entry]) -> list[Entry]:
    seen: dict[int, Entry] = {}
    row = max((8.0, *(e.label.box.height for e in entries)))
    for entry in sorted(entries, key=lambda e: (round(e.label.y / row), e.box.x0)):
        seen.setdefault(entry.colour, entry)
    return list(seen.values())
