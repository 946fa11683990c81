"""Categories: the labels along the axis that names things, and the pixel at which each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.marks import Orientation
from wentu.tasks.chart.texts import Label


@dataclass(frozen=True, slots=True)
class Places:
    """Category names with the pixel of each along their axis, in the order of reading (left to right, top down)."""

    names: tuple[str, ...]
    pixels: tuple[float, ...]
    labels: tuple[Label, ...] = ()


NOWHERE = Places((), ())
# Names stand evenly within this part of their step; of four the third one missing leaves 0.22.
_UNEVEN = 0.15


def row_below(labels: Sequence[Label], foot: float, x0: float, x1: float) -> Places:
    """The first row of labels under the foot of the marks (also slanted ones, which begin at one height)."""
    below = [a for a in labels if a.box.y0 > foot - 4 and x0 - 40 <= a.x <= x1 + 40]
    row: list[Label] = []
    while below and len(row) < 2:  # a title, an axis' name, or a lone number under a bar stands alone
        row = _first_row(below)
        if len(row) < 2:
            below = [a for a in below if a not in row]
    if not row or not below:
        return NOWHERE
    height = _height_of(below)
    row.sort(key=lambda a: a.x)
    slanted = sum(not a.upright or a.box.height > 1.9 * height for a in row) > len(row) / 2
    return _with_second_row(row, below, height) if not slanted else _places(row, "vertical")


def _height_of(labels: Sequence[Label]) -> float:
    return float(np.median([min(a.box.height, a.box.width) for a in labels]))


def _first_row(below: Sequence[Label]) -> list[Label]:
    """The labels that begin at the height of the topmost one."""
    first = min(below, key=lambda a: a.box.y0)
    near = 0.8 * max(8.0, _height_of(below))
    # The box of a name that touches the axis begins too high: its middle still stands among the others'.
    return [a for a in below if a.box.y0 - first.box.y0 < near or (a.upright and abs(a.y - first.y) < near)]


def _with_second_row(row: list[Label], below: list[Label], height: float) -> Places:
    """Names that run over two rows: a second row counts when each of its texts stands under one of the first."""
    bottom = max(a.box.y1 for a in row)
    second = [a for a in below if 0 <= a.box.y0 - bottom + 2 < 0.6 * height]
    under = [[b for b in second if abs(b.x - a.x) < 0.5 * max(a.box.width, b.box.width)] for a in row]
    if second and sum(map(bool, under)) == len(row):
        joined = [_under(a, parts) for a, parts in zip(row, under, strict=True)]
        return _places(joined, "vertical")
    return _places(row, "vertical")


def _under(label: Label, parts: list[Label]) -> Label:
    text = " ".join([label.text, *(part.text for part in parts)])
    return Label(text, label.box, label.score)


def column_left(labels: Sequence[Label], foot: float, y0: float, y1: float) -> Places:
    """The column of labels that ends nearest to the left of the foot of horizontal marks."""
    left = [a for a in labels if a.box.x1 < foot + 4 and y0 - 20 <= a.y <= y1 + 20 and a.upright]
    if not left:
        return NOWHERE
    edge = max(a.box.x1 for a in left)
    near = [a for a in left if edge - a.box.x1 < max(12.0, 0.6 * a.box.height)]
    if len(near) < len(left) / 2:  # names that are written from a common left edge
        near = [a for a in left if min(abs(a.box.x0 - b.box.x0) for b in near) < 6 or a in near]
    return _places(sorted(near, key=lambda a: a.y), "horizontal")


def _places(labels: Sequence[Label], orientation: Orientation) -> Places:
    at = [a.x if orientation == "vertical" else a.y for a in labels]
    return Places(tuple(a.text.strip("-—–_|·' ") for a in labels), tuple(at), tuple(labels))


def named(centres: Sequence[float], places: Places) -> tuple[str, ...]:
    """The name of each mark: by order where there are as many names as marks, else the nearest one within reach."""
    if len(places.names) == len(centres):
        return places.names
    if not places.names or not centres:
        return tuple("" for _ in centres)
    spacing = min(np.diff(sorted(centres))) if len(centres) > 1 else 100.0
    names = []
    for centre in centres:
        nearest = int(np.argmin([abs(pixel - centre) for pixel in places.pixels]))
        names.append(places.names[nearest] if abs(places.pixels[nearest] - centre) < 0.5 * spacing else "")
    return tuple(names)


def even(places: Places, x0: float, x1: float) -> Places:
    """The same places on an even grid; where the marks' extent agrees with it, the marks decide, not the letters."""
    n = len(places.pixels)
    if n < 3:
        ends = (x0, x1) if n == 2 else places.pixels
        return Places(places.names, tuple(ends), places.labels)
    index = np.arange(n)
    slope, start = np.polyfit(index, places.pixels, 1)
    grid = start + slope * index
    if np.abs(grid - places.pixels).max() > _UNEVEN * slope:
        return places
    if abs(grid[0] - x0) < 0.3 * slope and abs(grid[-1] - x1) < 0.3 * slope:
        grid = np.linspace(x0, x1, n)
    return Places(places.names, tuple(float(v) for v in grid), places.labels)


def steps_of(pixels: Sequence[float]) -> list[int] | None:
    """The place of each name on an even grid whose step is their least distance (a missing name leaves a hole); None
    below three names or where they stand on none."""
    if len(pixels) < 3:
        return None
    step = float(np.min(np.diff(pixels)))
    steps = [round((pixel - pixels[0]) / step) for pixel in pixels] if step > 4 else []
    if not steps:
        return None
    gap = (pixels[-1] - pixels[0]) / steps[-1]
    fits = all(abs(pixels[0] + k * gap - pixel) < 0.25 * gap for k, pixel in zip(steps, pixels, strict=True))
    return steps if fits and steps[-1] < 2 * len(steps) else None


def inside(box: Box, x: float, y: float, margin: float = 0) -> bool:
    """Whether a point lies in the box."""
    return box.x0 - margin <= x <= box.x1 + margin and box.y0 - margin <= y <= box.y1 + margin
