"""Axes: which numbers are tick labels, and the value of every pixel between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from wentu.tasks.chart.texts import Label

Scale = Literal["linear", "log"]
MIN_TICKS = 3
# specs/charts.md: above this the axis counts as not calibrated. Pixels of the chart as it was drawn.
MAX_RESIDUAL_PX = 1.5


@dataclass(frozen=True, slots=True)
class Axis:
    """A calibrated axis: `value(px)` is slope * px + intercept, on a log axis ten to the power of that."""

    scale: Scale
    slope: float
    intercept: float
    residual_px: float
    ticks: tuple[Label, ...]

    def value(self, pixel: float) -> float:
        straight = self.slope * pixel + self.intercept
        return straight if self.scale == "linear" else float(10.0 ** min(300.0, straight))

    def pixel(self, value: float) -> float:
        straight = value if self.scale == "linear" else float(np.log10(max(value, 1e-300)))
        return (straight - self.intercept) / self.slope

    def error(self, pixel: float, off_px: float) -> float:
        """What an offset of `off_px` pixels makes in the axis' unit at that place."""
        return abs(self.value(pixel + off_px) - self.value(pixel - off_px)) / 2


def vertical_axes(labels: Sequence[Label]) -> list[Axis]:
    """Calibrated columns of tick labels, the best first."""
    edges: tuple[Callable[[Label], float], ...] = (lambda a: a.box.x1, lambda a: a.x, lambda a: a.box.x0)
    return _axes(labels, edges, lambda label: label.y)


def horizontal_axes(labels: Sequence[Label]) -> list[Axis]:
    """Calibrated rows of tick labels, the best first."""
    edges: tuple[Callable[[Label], float], ...] = (lambda a: a.y, lambda a: a.box.y1)
    return _axes(labels, edges, lambda label: label.x)


def _axes(
    labels: Sequence[Label], edges: Sequence[Callable[[Label], float]], at: Callable[[Label], float]
) -> list[Axis]:
    numbers = [label for label in labels if label.value is not None]
    found: dict[frozenset[int], Axis] = {}
    for edge in edges:
        for seed in numbers:
            near = [one for one in numbers if abs(edge(one) - edge(seed)) <= max(2.0, 0.4 * _height(seed))]
            axis = calibrate(near, at) if len(near) >= MIN_TICKS else None
            if axis is not None:
                found.setdefault(frozenset(map(id, axis.ticks)), axis)
    return sorted(found.values(), key=lambda axis: (-len(axis.ticks), axis.residual_px))


def calibrate(ticks: Sequence[Label], at: Callable[[Label], float]) -> Axis | None:
    """The axis that most of the ticks agree with (RANSAC over all pairs); None below three or above 1.5 px."""
    fits = [_fit(ticks, at, "linear")]
    if all((tick.value or 0) > 0 for tick in ticks):
        fits.append(_fit(ticks, at, "log"))
    decades = _decades(ticks, at)
    if decades is not None:
        fits.append(_fit(decades, at, "log"))
    powers = _powers(ticks)
    if powers is not None:
        fits.append(_fit(powers, at, "log"))
    good = [fit for fit in fits if fit is not None]
    # A straight axis wins a tie: a few ticks far from zero fit both.
    return max(good, key=lambda fit: (len(fit.ticks), fit.scale == "linear", -fit.residual_px)) if good else None


def _fit(ticks: Sequence[Label], at: Callable[[Label], float], scale: Scale) -> Axis | None:
    pixels = np.array([at(tick) for tick in ticks])
    values = np.array([tick.value for tick in ticks], np.float64)
    if scale == "log":
        values = np.log10(values)
    best: np.ndarray | None = None
    tolerance = max(MAX_RESIDUAL_PX, 0.12 * float(np.median([_height(tick) for tick in ticks])))
    for i, j in combinations(range(len(ticks)), 2):
        if abs(pixels[i] - pixels[j]) < 8 or values[i] == values[j]:
            continue
        slope = (values[j] - values[i]) / (pixels[j] - pixels[i])
        off = np.abs((values - values[i]) / slope - (pixels - pixels[i]))
        if best is None or (off < tolerance).sum() > best.sum():
            best = off < tolerance
    if best is None or best.sum() < MIN_TICKS or np.ptp(pixels[best]) < 40:
        return None
    slope, intercept = np.polyfit(pixels[best], values[best], 1)
    if slope == 0:
        return None
    residual = float(np.sqrt(np.mean(((values[best] - intercept) / slope - pixels[best]) ** 2)))
    kept = tuple(tick for tick, inside in zip(ticks, best, strict=True) if inside)
    if residual > tolerance or not (scale == "log" or _is_ladder(values[best])):
        return None
    return Axis(scale, float(slope), float(intercept), residual, kept)


def _is_ladder(values: np.ndarray) -> bool:
    """Whether the values stand on even rungs, as ticks do and data labels that fit a line by chance do not."""
    ordered = np.unique(values)
    steps = np.diff(ordered)
    if len(steps) < 2 or steps.min() <= 0:
        return False
    rungs = steps / steps.min()
    return bool(np.abs(rungs - np.round(rungs)).max() < 0.12 and rungs.max() <= 6)


def _decades(ticks: Sequence[Label], at: Callable[[Label], float]) -> list[Label] | None:
    """Ticks of a logarithmic axis that prints `2` and `5` between its powers of ten, with their whole values."""
    tens = [t for t in ticks if t.value and t.value >= 1 and np.log10(t.value).is_integer()]
    digits = [t for t in ticks if t.value in (2.0, 3.0, 5.0)]
    if len({t.value for t in tens}) < 2 or not digits:
        return None
    slope, start = np.polyfit([at(t) for t in tens], [np.log10(t.value or 1.0) for t in tens], 1)
    whole = list(tens)
    for tick in digits:
        digit = float(np.log10(tick.value or 1.0))
        place = slope * at(tick) + start
        if abs((place - digit + 0.5) % 1 - 0.5) < 0.06:
            whole.append(replace(tick, value=10.0 ** (round(place - digit) + digit)))
    return whole if len(whole) >= MIN_TICKS else None


def _powers(ticks: Sequence[Label]) -> list[Label] | None:
    """Ticks read as powers of ten where OCR has lost the raised digit: `101`, `102`, `103` are 10, 100, 1000."""
    exponents = [_exponent(tick.text) for tick in ticks]
    kept = [Label(t.text, t.box, t.score, 10.0**e) for t, e in zip(ticks, exponents, strict=True) if e is not None]
    return kept if len(kept) >= MIN_TICKS and len(kept) >= len(ticks) - 1 else None


def _exponent(text: str) -> int | None:
    digits = text.replace("^", "").strip()
    if digits.startswith("10") and digits[2:].isdigit() and len(digits) <= 4:
        return int(digits[2:])
    return None


def _height(label: Label) -> float:
    return max(6.0, min(label.box.height, label.box.width * 1.5))
