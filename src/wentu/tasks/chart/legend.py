"""The legend: texts with a sample of a mark's colour beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.ink import Colour, rows_columns
from wentu.tasks.chart.texts import Label

# How far beside the text a sample may reach, in text heights: matplotlib's line samples are 3 with their gap.
_REACH = 4.5
# What OCR makes of a sample: a dash, a ring, a square.
_SYMBOL = re.compile(r"^(?:[-—–_=~]*[Oo0○●■□◆▲•·*✱+×Q]?[-—–_=~]+|[Oo0○●■□◆▲•·*✱+×]{1,2}$|[○●■□◆▲•✱]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the legend: `colour` is the index into the chart's colours, `box` covers sample and text."""

    label: Label
    colour: int
    box: Box


def find_legend(labels: Sequence[Label], colours: Sequence[Colour]) -> list[Entry]:
    """The legend's entries in reading order, each with a colour of its own; empty where there is no legend."""
    names = [_without_symbol(label, colours) for label in labels if not _SYMBOL.fullmatch(label.text)]
    left = _consistent(_entries(names, colours, -1))
    right = _consistent(_entries(names, colours, +1))
    found = max(left, right, key=len)
    coloured = sum(not colour.grey for colour in colours)
    # One name beside one colour is a legend only where there is no other colour that it could miss.
    return found if len(found) > 1 or coloured <= 1 else []


def _without_symbol(label: Label, colours: Sequence[Colour]) -> Label:
    """The name alone where OCR has read the sample before it as letters (`-O-North`)."""
    name = _SYMBOL.sub("", label.text)
    if not name or name == label.text:
        return label
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


def _entries(labels: Sequence[Label], colours: Sequence[Colour], side: int) -> list[Entry]:
    found = []
    for label in labels:
        if not label.upright or len(label.text) > 40 or (label.value is not None and not label.value.is_integer()):
            continue
        sample = _sample(label, labels, colours, side)
        if sample is not None:
            colour, box = sample
            whole = Box(min(box.x0, label.box.x0), min(box.y0, label.box.y0), max(box.x1, label.box.x1), box.y1)
            found.append(Entry(label, colour, whole))
    return found


def _sample(label: Label, labels: Sequence[Label], colours: Sequence[Colour], side: int) -> tuple[int, Box] | None:
    """The colour beside a text, when all ink of that colour there is no more than a small sample."""
    height = max(8.0, label.box.height)
    x0, x1 = (
        (label.box.x0 - _REACH * height, label.box.x0 - 1)
        if side < 0
        else (label.box.x1 + 1, label.box.x1 + _REACH * height)
    )
    x0, x1 = _up_to_neighbour(label, labels, x0, x1, side)
    y0, y1 = label.box.y0 - 0.35 * height, label.box.y1 + 0.35 * height
    best: tuple[int, Box] | None = None
    most = 0
    for index, colour in enumerate(colours):
        rows, columns = slice(max(0, round(y0)), round(y1)), slice(max(0, round(x0)), max(0, round(x1)))
        ink = colour.mask[rows, columns]
        if ink.sum() <= most or ink.sum() < max(6, 0.04 * height * height):
            continue
        ys, xs = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        if len(xs) < 3 or (ys[-1] - ys[0]) > 1.6 * height or not _ends_inside(colour, rows, columns):
            continue
        near = (len(columns_range(columns)) - 1 - xs[-1]) if side < 0 else xs[0]
        if near > 1.6 * height:
            continue
        most = int(ink.sum())
        best = (
            index,
            Box(columns.start + xs[0], rows.start + ys[0], columns.start + xs[-1] + 1, rows.start + ys[-1] + 1),
        )
    return best


def columns_range(columns: slice) -> range:
    """The slice's columns."""
    return range(columns.start, columns.stop)


def _up_to_neighbour(label: Label, labels: Sequence[Label], x0: float, x1: float, side: int) -> tuple[float, float]:
    """The zone cut short where another text of the same row begins."""
    for other in labels:
        if other is label or abs(other.y - label.y) > 0.5 * label.box.height:
            continue
        if side < 0 and other.box.x1 <= label.box.x0:
            x0 = max(x0, other.box.x1 + 1)
        if side > 0 and other.box.x0 >= label.box.x1:
            x1 = min(x1, other.box.x0 - 1)
    return x0, x1


def _ends_inside(colour: Colour, rows: slice, columns: slice) -> bool:
    """Whether the ink in the zone is an island: almost none of its colour crosses the zone's border."""
    height, width = colour.mask.shape
    top, bottom = max(0, rows.start - 2), min(height, rows.stop + 2)
    left, right = max(0, columns.start - 2), min(width, columns.stop + 2)
    border = (
        int(colour.mask[top : rows.start, left:right].sum())
        + int(colour.mask[rows.stop : bottom, left:right].sum())
        + int(colour.mask[top:bottom, left : columns.start].sum())
    )
    return border <= 2


def _consistent(entries: list[Entry]) -> list[Entry]:
    """The largest set of entries that stand in one column or one row (or a grid), each colour once."""
    best: list[Entry] = []
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
    for entry in sorted(entries, key=lambda e: (round(e.label.y / max(8.0, e.label.box.height)), e.box.x0)):
        seen.setdefault(entry.colour, entry)
    return list(seen.values())
