"""Lines and areas: the middle of a stroke, or the upper edge of a fill, column by column; values at given places."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.ink import Mask, rows_columns
from wentu.tasks.chart.marks import Dots, Stroke


def cut(mask: Mask, frame: Box, holes: Sequence[Box]) -> Mask:
    """The mask inside the frame and outside the legend."""
    inside = np.zeros(mask.shape, np.bool_)
    rows, columns = rows_columns(frame)
    inside[rows, columns] = mask[rows, columns]
    for hole in holes:
        inside[rows_columns(hole, 2)] = False
    return inside


def line_stroke(colour: int, mask: Mask) -> Stroke | None:
    """The middle of the ink in each column, a pixel's own middle being at its half; a column whose ink lies in parts
    takes the part nearest to its left neighbour's."""
    xs, ys, thick = [], [], []
    previous: float | None = None
    for x in np.flatnonzero(mask.any(axis=0)):
        rows = np.flatnonzero(mask[:, x])
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 2) + 1)
        if previous is None or len(runs) == 1:
            run = max(runs, key=len)
        else:
            near = previous
            run = min(runs, key=lambda part: abs(float(part.mean()) - near) - 0.5 * len(part))
        previous = float(run.mean())
        xs.append(float(x) + 0.5)
        ys.append(previous + 0.5)
        thick.append(len(run))
    if len(xs) < 8:
        return None
    return Stroke(colour, tuple(xs), tuple(ys), float(np.quantile(thick, 0.25)))


def edge_stroke(colour: int, mask: Mask) -> Stroke | None:
    """The upper edge of a fill in each column."""
    columns = np.flatnonzero(mask.sum(axis=0) >= 2)
    if len(columns) < 8:
        return None
    tops = mask[:, columns].argmax(axis=0)
    return Stroke(colour, tuple(float(x) + 0.5 for x in columns), tuple(map(float, tops)), 1.0)


def knots(stroke: Stroke, places: Sequence[float]) -> tuple[list[float | None], float]:
    """Heights in pixels at the places of a line that is straight between them, and the fit's mean error in pixels.

    Hat functions are fitted to the whole stroke by least squares, outliers weighted down (crossing lines, letters),
    so that steep stretches and thick markers do not pull a corner. None where the stroke has no ink nearby.
    """
    xs, ys = np.array(stroke.xs), np.array(stroke.ys)
    at = np.array(places)
    spacing = float(np.min(np.diff(at))) if len(at) > 1 else 20.0
    keep = (xs >= at[0] - 0.25 * spacing) & (xs <= at[-1] + 0.25 * spacing)
    xs, ys = xs[keep], ys[keep]
    if len(xs) < 4:
        return [None for _ in places], float("inf")
    hats = np.column_stack([np.interp(xs, at, row) for row in np.eye(len(at))])
    weights = np.ones(len(xs))
    ridge = np.eye(len(at)) * 1e-6
    heights = np.zeros(len(at))
    for _ in range(6):
        weighted = hats * weights[:, None]
        heights = np.linalg.solve(hats.T @ weighted + ridge, weighted.T @ ys)
        off = np.abs(ys - hats @ heights)
        weights = 1.0 / np.maximum(1.0, off / 1.5) ** 1.5
    seen = hats.sum(axis=0) if len(at) == 1 else (hats > 0.5).sum(axis=0)
    found = [float(y) if n >= 2 else None for y, n in zip(heights, seen, strict=True)]
    return found, float(np.median(np.abs(ys - hats @ heights)))


def find_dots(colour: int, mask: Mask) -> Dots | None:
    """Separate marks of about one size; None where the ink is a stroke or a fill."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    boxes = [(index, *(int(v) for v in stats[index])) for index in range(1, count) if stats[index][4] >= 6]
    if len(boxes) < 3:
        return None
    sizes = np.array([max(w, h) for _, _, _, w, h, _ in boxes], np.float64)
    usual = float(np.median(sizes))
    even = [b for b, size in zip(boxes, sizes, strict=True) if 0.6 * usual <= size <= 1.5 * usual]
    round_ = [b for b in even if b[5] >= 0.42 * b[3] * b[4] and 0.6 <= b[3] / b[4] <= 1.7]
    if usual < 3 or usual > 0.06 * max(mask.shape) or len(round_) < 0.5 * len(boxes) or len(round_) < 3:
        return None
    area = float(np.median([b[5] for b in round_]))
    points: list[tuple[float, float]] = []
    for index, x, y, width, height, inked in boxes:
        if inked < 0.5 * area:
            continue
        if max(width, height) > 6 * usual:
            return None
        if inked <= 1.35 * area:
            points.append((float(centres[index][0]) + 0.5, float(centres[index][1]) + 0.5))
        else:
            points += _parted(mask[y : y + height, x : x + width], x, y, usual, round(inked / area + 0.25))
    return Dots(colour, tuple(points), usual)


def is_chain(dots: Dots) -> bool:
    """Whether the marks are a line's dashes, or the markers of one without its line: each close to the next."""
    points = np.array(sorted(dots.points))
    if len(points) < 8:
        return False
    steps = np.hypot(*np.diff(points, axis=0).T)
    return bool((steps < 3.2 * dots.size).mean() > 0.8)


def longest_run(mask: Mask, frame: Box) -> float:
    """The width of the widest island inside the frame, small gaps closed, as a part of the frame's."""
    joined = cv2.morphologyEx(cut(mask, frame, ()).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return max((float(width) for width in stats[1:count, cv2.CC_STAT_WIDTH]), default=0.0) / max(1.0, frame.width)


def _parted(island: Mask, x: int, y: int, size: float, number: int) -> list[tuple[float, float]]:
    """The middles of marks that overlap: k-means over the island's pixels, started at its ends."""
    rows, columns = np.nonzero(island)
    pixels = np.column_stack((columns, rows)).astype(np.float64)
    number = max(2, min(number, 6))
    centres = pixels[np.linspace(0, len(pixels) - 1, number).astype(int)]
    for _ in range(12):
        owner = np.linalg.norm(pixels[:, None] - centres[None], axis=2).argmin(axis=1)
        centres = np.array(
            [pixels[owner == k].mean(axis=0) if (owner == k).any() else centres[k] for k in range(number)]
        )
    return [(float(cx + x) + 0.5, float(cy + y) + 0.5) for cx, cy in centres]
