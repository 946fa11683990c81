"""Places moved to where the lines turn: a slanted name's middle is not its place, and a marker makes a line longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wentu.tasks.chart.marks import Stroke
from wentu.tasks.chart.places import Places

# Names stand evenly within this part of their step; lines end within this part of it at the outermost places.
_UNEVEN, _ENDS = 0.15, 0.35
# The search's moves, in steps of the grid; smaller ones than _FINEST_PX tell nothing.
_MOVES, _FINEST_PX = (0.2, 0.1, 0.05, 0.025), 0.3
# Columns further off the fit than this count as so far (crossings, letters); what a move must gain for each pixel.
_FAR_PX, _GAIN = 6.0, 0.005
_COLUMNS = 160
# Columns so far beyond the outermost places, in steps, still tell of them.
_BEYOND = 0.25

Columns = tuple[NDArray[np.float64], NDArray[np.float64]]


def aligned(places: Places, strokes: Sequence[Stroke]) -> Places:
    """The same names on the even grid whose corners fit the lines best; as they were below three or where they stand
    unevenly."""
    n = len(places.pixels)
    if n < 3:
        return places
    step, first = np.polyfit(np.arange(n), places.pixels, 1)
    if step <= 4 or np.abs(first + step * np.arange(n) - places.pixels).max() > _UNEVEN * step:
        return places
    starts = [(float(first), float(first + step * (n - 1)))]
    ends = min(s.xs[0] for s in strokes), max(s.xs[-1] for s in strokes)
    if abs((ends[1] - ends[0]) - step * (n - 1)) < _ENDS * step:
        starts.append(ends)
    best = min((_searched(start, n, strokes) for start in starts), key=lambda found: found[0])
    return replace(places, pixels=tuple(float(x) for x in np.linspace(*best[1], n)))


def _thinned(stroke: Stroke, left: float, right: float) -> Columns:
    """Some of a stroke's columns between two places: beyond the outermost names it may go on."""
    every = max(1, len(stroke.xs) // _COLUMNS)
    xs, ys = np.array(stroke.xs[::every]), np.array(stroke.ys[::every])
    inside = (xs >= left) & (xs <= right)
    return xs[inside], ys[inside]


def _searched(start: tuple[float, float], n: int, strokes: Sequence[Stroke]) -> tuple[float, tuple[float, float]]:
    """The least misfit near a first and a last place, and where it is: both ends together, then each."""
    step = (start[1] - start[0]) / (n - 1)
    columns = [_thinned(one, start[0] - _BEYOND * step, start[1] + _BEYOND * step) for one in strokes]
    at, least = start, _misfit(start, n, columns)
    for part in _MOVES:
        move = max(_FINEST_PX, part * step)
        for left, right in ((1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)):
            while True:
                tried = at[0] + left * move, at[1] + right * move
                misfit = _misfit(tried, n, columns)
                if misfit > least - _GAIN * move or abs(tried[0] - start[0]) > step or abs(tried[1] - start[1]) > step:
                    break
                at, least = tried, misfit
    return least, at


def _misfit(ends: tuple[float, float], n: int, columns: Sequence[Columns]) -> float:
    """How far the lines lie off straight ways between the places, in pixels: the mean over columns and lines."""
    at = np.linspace(*ends, n)
    off = [_FAR_PX]
    for xs, ys in columns:
        hats = np.column_stack([np.interp(xs, at, row) for row in np.eye(n)])
        weights = np.ones(len(xs))
        for _ in range(2):
            weighted = hats * weights[:, None]
            heights = np.linalg.solve(hats.T @ weighted + 1e-6 * np.eye(n), weighted.T @ ys)
            away = np.abs(ys - hats @ heights)
            weights = 1.0 / np.maximum(1.0, away)
        off.append(float(np.minimum(away, _FAR_PX).mean()))
    return float(np.mean(off[1:] or off))
