"""Lines that are no marks: the grid, which stands where the ticks are, and the axes' own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.axes import Axis
from wentu.tasks.chart.ink import Colour, Mask

# Grid ink lies within this many pixels of a tick's middle; a colour with less than that share elsewhere is the grid's.
_REACH, _ELSEWHERE = 2, 0.2
# A row is a grid line where so much of the frame's width has its ink (a dashed one has about half).
_COVERED = 0.4


def without_grid(
    colours: Sequence[Colour], vertical: Sequence[Axis], horizontal: Sequence[Axis], frame: Box
) -> list[Colour]:
    """The colours without those that only draw the grid (indices change), and the others without its lines."""
    rows = [tick.y for tick in vertical[0].ticks] if vertical else []
    columns = [tick.x for tick in horizontal[0].ticks] if horizontal else []
    found = []
    for colour in colours:
        grid = _grid(colour.mask, rows, columns, frame)
        inside = colour.mask[_inside(frame)]
        if grid is None:
            found.append(colour)
        elif int((inside & ~grid).sum()) >= _ELSEWHERE * int(inside.sum()):
            rest = colour.mask.copy()
            rest[_inside(frame)] &= ~grid
            found.append(replace(colour, mask=rest))
    return found


def _inside(frame: Box) -> tuple[slice, slice]:
    return slice(int(frame.y0), int(frame.y1) + 1), slice(int(frame.x0), int(frame.x1) + 1)


def _grid(mask: Mask, rows: Sequence[float], columns: Sequence[float], frame: Box) -> Mask | None:
    """Where the frame's part of the mask is grid: thin lines on ticks, two of them or more; None without."""
    inside = mask[_inside(frame)]
    grid = np.zeros(inside.shape, np.bool_)
    lines = 0
    for at in rows:
        band = _band(at - frame.y0, inside.shape[0])
        lines += _mark(grid[band], inside[band], inside[_beside(band, inside.shape[0])])
    for at in columns:
        band = _band(at - frame.x0, inside.shape[1])
        lines += _mark(grid[:, band].T, inside[:, band].T, inside[:, _beside(band, inside.shape[1])].T)
    return grid if lines >= 2 else None


def _mark(grid: Mask, ink: Mask, around: Mask) -> bool:
    """Marks the band in place where it is a line: inked along most of its length, with little ink beside it."""
    if not ink.size:
        return False
    beside = float(around.mean()) if around.size else 0.0
    line = bool(ink.any(axis=0).mean() > _COVERED and beside < 0.3 * max(1e-9, float(ink.mean())))
    grid |= line
    return line


def _beside(band: slice, size: int) -> slice:
    return slice(min(size, band.stop), min(size, band.stop + 4))


def _band(at: float, size: int) -> slice:
    middle = round(at)
    return slice(max(0, min(size, middle - _REACH)), max(0, min(size, middle + _REACH + 1)))


def without_rules(mask: Mask, frame: Box) -> Mask:
    """The mask without rows and columns of which most is inked: the axes and the grid of a chart in grey."""
    out = mask.copy()
    rows = mask.sum(axis=1) > _COVERED * frame.width
    columns = mask.sum(axis=0) > _COVERED * frame.height
    out[_widened(rows)] = False
    out[:, _widened(columns)] = False
    return out


def _widened(lines: Mask) -> Mask:
    wide = lines.copy()
    wide[1:] |= lines[:-1]
    wide[:-1] |= lines[1:]
    return wide


def has_base_line(scene_colours: Sequence[Colour], frame: Box) -> bool:
    """Whether a level line runs through half of the frame, as an axis or a grid does."""
    return any(bool((c.mask.sum(axis=1) > 0.5 * frame.width).any()) for c in scene_colours if c.grey)
