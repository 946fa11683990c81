"""Where the ticks themselves are: grid lines or tick marks, which are sharper than the middles of their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box
from wentu.tasks.chart.axes import Axis
from wentu.tasks.chart.ink import Pixels, Rgb

# A line counts when it inks this part more of its row than the rows around it do; pale grids are only so dark.
_STANDS_OUT, _PALE = 0.2, 6.0
# Where the ticks' lines lie off the labels' middles by differing amounts they are not the ticks'.
_SPREAD_PX = 0.8
_MARK_PX = 14


def snapped(axis: Axis, pixels: Pixels, ground: Rgb, frame: Box, *, vertical: bool) -> Axis:
    """The axis moved by what its labels' middles lie off its grid lines or tick marks (labels stand a little high or
    low); as it was where there are none."""
    image = pixels if vertical else np.ascontiguousarray(pixels.transpose(1, 0, 2))
    inside = (frame.x0, frame.x1) if vertical else (frame.y0, frame.y1)
    ends = [tick.box.x1 if vertical else tick.box.y0 - _MARK_PX for tick in axis.ticks]
    beside = (max(ends) + 1, max(ends) + _MARK_PX) if vertical else (min(ends), min(ends) + _MARK_PX - 1)
    at = [tick.y if vertical else tick.x for tick in axis.ticks]
    reach = max(4.0, 0.45 * float(np.median([tick.box.height for tick in axis.ticks])))
    for start, stop in (inside, beside):
        off = _offsets(_profile(image, ground, start, stop), at, reach)
        if len(off) >= max(2, 0.6 * len(at)) and float(np.std(off)) < _SPREAD_PX:
            return replace(axis, intercept=axis.intercept - axis.slope * float(np.median(off)))
    return axis


def _profile(image: Pixels, ground: Rgb, start: float, stop: float) -> NDArray[np.float64]:
    """The inked part of each row between two columns."""
    part = image[:, max(0, int(start)) : max(1, int(stop))].astype(np.float32)
    if not part.shape[1]:
        return np.zeros(len(image))
    ink = np.abs(part - np.asarray(ground, np.float32)).max(axis=2) > _PALE
    return np.asarray(ink.mean(axis=1), np.float64)


def _offsets(profile: NDArray[np.float64], at: Sequence[float], reach: float) -> list[float]:
    """How far the line near each place lies from it, for those that have one."""
    found = []
    for place in at:
        low, high = max(0, int(place - reach)), min(len(profile), int(np.ceil(place + reach)) + 1)
        window = profile[low:high] - float(np.median(profile[low:high]))
        if not len(window) or window.max() < _STANDS_OUT:
            continue
        peak = int(window.argmax())
        first, last = max(0, peak - 2), min(len(window), peak + 3)
        weights = np.clip(window[first:last], 0, None)
        middle = float((weights * (np.arange(first, last) + 0.5)).sum() / weights.sum())
        found.append(low + middle - place)
    return found
