"""Red seals on a page, by their ink alone."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from wentu.core.results import Region
from wentu.core.types import Page

_WORK_PX = 800  # seals are large: a small picture shows them as well
_MIN_SIDE, _MAX_SIDE = 0.05, 0.4  # of the page's longer side; GB/T 9704 seals are 38-45 mm wide on A4
_MAX_ASPECT = 2.2  # the oval invoice seal is 40 x 30 mm


def find_seal(pages: Sequence[Page]) -> Region | None:
    """The largest round patch of red ink on any page; None without one."""
    best: tuple[float, Region] | None = None
    for number, page in enumerate(pages):
        pixels = page.picture.pixels
        scale = min(1.0, _WORK_PX / max(pixels.shape[:2]))
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for x, y, w, h in _patches(small):
            points = tuple((a / scale, b / scale) for a, b in ((x, y), (x + w, y), (x + w, y + h), (x, y + h)))
            if best is None or w * h > best[0]:
                best = (w * h, Region(number, points))
    return best[1] if best else None


def _patches(rgb: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height) of red ink of a seal's size and shape."""
    red, green, blue = (rgb[:, :, i].astype(np.int16) for i in range(3))
    ink = ((red > 110) & (red - green > 55) & (red - blue > 45)).astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    longest = max(rgb.shape[:2])
    found = []
    for x, y, w, h, area in stats[1:count]:
        round_enough = max(w, h) <= _MAX_ASPECT * min(w, h) and area > 0.2 * w * h
        if round_enough and _MIN_SIDE * longest <= min(w, h) and max(w, h) <= _MAX_SIDE * longest:
            found.append((int(x), int(y), int(w), int(h)))
    return found
