"""Tilted and slanted pages made level, from the text lines alone.

OCR reads a line at any small angle; what goes wrong is the geometry: which line stands beside or below which. So the
picture stays as it is, and the lines get level coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box, Polygon, TextLine

Points = NDArray[np.float64]
_LONG = 3.0  # a line at least so many times wider than high says something about its angle
_MIN_LINES = 3
_STEPS = 8
_LEVEL = 4e-3  # a slope under a quarter of a degree moves no line into another row


def level(lines: Sequence[TextLine], width: float, height: float) -> list[Box]:
    """A box for each line in coordinates in which lines of text run level; about the picture's own scale.

    The slope of the text is modelled as a plane over the page (it turns with y under perspective); each line is then
    carried along the slope field to the middle of the page, which gives its row.
    """
    if not lines:
        return []
    slope = _slopes(lines, width, height)
    boxes = []
    for line in lines:
        points = np.asarray(line.polygon, dtype=np.float64)
        centre = points.mean(axis=0)
        length, thick = _size(line.polygon)
        row = _row(slope, centre, width, height)
        tilt = float(slope @ _terms(centre, width, height)) if slope is not None else 0.0
        # Across the lines: the foot of the perpendicular, so that columns stay columns on a turned page.
        column = centre[0] + tilt_of(slope, width, height) * (centre[1] - height / 2)
        half = length / 2 * (math.sqrt(1 + tilt * tilt) if abs(tilt) > 1e-3 else 1.0)
        boxes.append(Box(column - half, row - thick / 2, column + half, row + thick / 2))
    return boxes


def tilt_of(slope: Points | None, width: float, height: float) -> float:
    """The slope of the text in the middle of the page (dy/dx)."""
    return 0.0 if slope is None else float(slope @ _terms(np.array([width / 2, height / 2]), width, height))


def _slopes(lines: Sequence[TextLine], width: float, height: float) -> Points | None:
    """Coefficients (1, x, y) of the slope plane, fitted to long lines by reweighted least squares; None if level."""
    rows, values, weights = [], [], []
    for line in lines:
        length, thick = _size(line.polygon)
        if length < _LONG * thick or thick <= 0:
            continue
        p = np.asarray(line.polygon, dtype=np.float64)
        along = (p[1] - p[0] + p[2] - p[3]) / 2
        if abs(along[0]) < 1e-6 or abs(along[1] / along[0]) > 1.0:
            continue
        rows.append(_terms(p.mean(axis=0), width, height))
        values.append(along[1] / along[0])
        weights.append(length * length)  # the ends of a box are off by about a pixel, whatever its length
    if len(rows) < _MIN_LINES:
        return None
    a, b, w = np.array(rows), np.array(values), np.sqrt(np.array(weights))
    middle = _median(b, np.array(weights))
    spread = _median(np.abs(b - middle), np.array(weights))
    # A plane needs lines enough to be a measurement and not a memory of noise.
    columns = 3 if len(rows) >= 12 and spread > 0.004 else 1
    found = np.zeros(3)
    trust = np.exp(-np.abs(b - middle) / max(3 * spread, 0.01))
    for _ in range(5):
        weight = (w * trust)[:, None]
        found[:columns] = np.linalg.lstsq(a[:, :columns] * weight, b * weight[:, 0], rcond=None)[0]
        off = np.abs(a @ found - b)
        trust = 1.0 / (1.0 + (off / max(float(np.median(off)), 0.002)) ** 2)
    return found if np.abs(found).max() > _LEVEL else None


def _median(values: Points, weights: Points) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _terms(point: Points, width: float, height: float) -> Points:
    return np.array([1.0, point[0] / width - 0.5, point[1] / height - 0.5])


def _row(slope: Points | None, centre: Points, width: float, height: float) -> float:
    """The height at which the text line through `centre` crosses the page's middle."""
    if slope is None:
        return float(centre[1])
    x, y = float(centre[0]), float(centre[1])
    step = (width / 2 - x) / _STEPS
    for _ in range(_STEPS):
        y += step * float(slope[0] + slope[1] * (x / width - 0.5) + slope[2] * (y / height - 0.5))
        x += step
    return y


def _size(polygon: Polygon) -> tuple[float, float]:
    """Length along the text and thickness across it, in pixels."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = polygon
    length = (math.hypot(bx - ax, by - ay) + math.hypot(cx - dx, cy - dy)) / 2
    thick = (math.hypot(dx - ax, dy - ay) + math.hypot(cx - bx, cy - by)) / 2
    return length, thick
