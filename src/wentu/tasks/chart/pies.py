"""Pies and rings: a round island of several colours, its shares by the angles of its wedges."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.ink import Colour, Mask, rows_columns
from wentu.tasks.chart.marks import Disc

# A disc fills its circle, and no pixel of its edge is further from the circle than this part of the radius.
_ROUND = 0.05
_STEPS = 2880


def find_disc(colours: Sequence[Colour], legend: Sequence[Box]) -> Disc | None:
    """The pie or ring of the picture; None where there is no large round island."""
    if not colours:
        return None
    union = np.zeros(colours[0].mask.shape, np.uint8)
    for colour in colours:
        if colour.solid:
            union |= colour.mask.astype(np.uint8)
    for box in legend:
        union[rows_columns(box, 2)] = 0
    closed = cv2.morphologyEx(union, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)[:, 0, :].astype(np.float64)
    circle = _circle(outline)
    if circle is None or circle[2] < 0.08 * min(union.shape):
        return None
    x, y, radius = circle
    inner = _inner(union, x, y, radius)
    wedges = _wedges(colours, x, y, radius, inner)
    return Disc(x, y, radius, inner, wedges) if len(wedges) >= 2 else None


def _circle(outline: np.ndarray) -> tuple[float, float, float] | None:
    """Least-squares circle (Kasa) through the outline; None where the outline is not round."""
    hull = cv2.convexHull(outline.astype(np.float32))[:, 0, :].astype(np.float64)
    if len(hull) < 12:
        return None
    points = _even(hull)
    a = np.column_stack((2 * points, np.ones(len(points))))
    solution, *_ = np.linalg.lstsq(a, (points**2).sum(axis=1), rcond=None)
    x, y = float(solution[0]), float(solution[1])
    radius = float(np.sqrt(max(0.0, solution[2] + x * x + y * y)))
    off = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius)
    return (x, y, radius) if radius > 0 and np.quantile(off, 0.95) < max(2.0, _ROUND * radius) else None


def _even(hull: np.ndarray) -> np.ndarray:
    """Points at even distances along the hull, so that straight stretches weigh what they are long."""
    closed = np.vstack((hull, hull[:1]))
    lengths = np.hypot(*np.diff(closed, axis=0).T)
    at = np.concatenate(([0.0], np.cumsum(lengths)))
    wanted = np.linspace(0, at[-1], 360, endpoint=False)
    return np.column_stack((np.interp(wanted, at, closed[:, 0]), np.interp(wanted, at, closed[:, 1])))


def _inner(union: np.ndarray, x: float, y: float, radius: float) -> float:
    """The radius of the hole: from where on most of the circle is inked; 0 for a pie."""
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    radii = np.arange(2.0, 0.95 * radius, 2.0)
    mask = union.astype(np.bool_)
    inked = [float(_sample(mask, x + r * np.sin(angles), y - r * np.cos(angles)).mean()) for r in radii]
    first = next((r for r, share in zip(radii, inked, strict=True) if share > 0.6), 0.0)
    return float(first) if first > 0.15 * radius else 0.0


def _wedges(
    colours: Sequence[Colour], x: float, y: float, radius: float, inner: float
) -> tuple[tuple[int, float, float], ...]:
    """Colour runs on the circle, clockwise from the top: rings at three radii vote at each angle."""
    angles = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    votes = np.zeros((len(colours), _STEPS), np.int32)
    for part in (0.62, 0.72, 0.82, 0.9, 0.95):
        r = inner + (radius - inner) * part
        xs, ys = x + r * np.sin(angles), y - r * np.cos(angles)
        for index, colour in enumerate(colours):
            if colour.solid:
                votes[index] += _sample(colour.mask, xs, ys)
    owner = np.where(votes.max(axis=0) >= 2, votes.argmax(axis=0), -1)
    return _runs(_filled(owner))


def _filled(owner: np.ndarray) -> np.ndarray:
    """Short runs (white or smoothed edges, letters) given to their neighbours, half to each side."""
    least = _STEPS // 240
    starts = np.flatnonzero(owner != np.roll(owner, 1))
    if len(starts) < 2:
        return owner
    out = owner.copy()
    lengths = np.diff(np.append(starts, starts[0] + _STEPS))
    weak = [(s, n) for s, n in zip(starts, lengths, strict=True) if n < least or owner[s] < 0]
    for start, length in weak:
        before, after = owner[start - 1], owner[(start + length) % _STEPS]
        half = length // 2
        for k in range(length):
            out[(start + k) % _STEPS] = before if k < half else after
    return out


def _runs(owner: np.ndarray) -> tuple[tuple[int, float, float], ...]:
    starts = np.flatnonzero(owner != np.roll(owner, 1))
    if len(starts) < 2:
        return ()
    lengths = np.diff(np.append(starts, starts[0] + _STEPS))
    runs = [
        (int(owner[s]), n / _STEPS, 2 * np.pi * (s + n / 2) / _STEPS)
        for s, n in zip(starts, lengths, strict=True)
        if owner[s] >= 0 and n >= _STEPS // 240
    ]
    return tuple((colour, float(share), float(angle)) for colour, share, angle in runs)


def _sample(mask: Mask, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    height, width = mask.shape
    columns = np.clip(np.round(xs).astype(int), 0, width - 1)
    rows = np.clip(np.round(ys).astype(int), 0, height - 1)
    found: Mask = mask[rows, columns]
    return found
