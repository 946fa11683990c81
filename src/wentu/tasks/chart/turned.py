"""Slanted and upright names, read once more with the picture turned so that they lie level."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Picture, TextLine

# Texts that rise by less than this are level (degrees); a text this many times as high as wide stands upright.
_LEVEL, _UPRIGHT = 12.0, 1.3


def turned_level(
    pixels: NDArray[np.uint8], lines: Sequence[TextLine], ocr: Callable[[Picture], Sequence[TextLine]]
) -> Sequence[TextLine]:
    """The lines of a strip of names, read again where most of them slant or stand upright; the lines that came where
    the turned strip shows less."""
    angle = _slant(lines)
    if angle == 0.0:
        return lines
    height, width = pixels.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), np.float64)
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    turn[:, 2] -= low
    size = (int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1)
    flat = cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    again = [_moved(line, back) for line in ocr(Picture.of_pixels(flat))]
    return again if _said(again) > _said(lines) else lines


def _slant(lines: Sequence[TextLine]) -> float:
    """The usual angle of the texts against the level in degrees, negative where they rise; 0 where most lie level."""
    angles = [angle for line in lines if len(line.text) > 1 and abs(angle := _angle(line)) > _LEVEL]
    long = sum(len(line.text) > 1 for line in lines)
    return float(np.median(angles)) if long and len(angles) > 0.5 * long else 0.0


def _angle(line: TextLine) -> float:
    (x0, y0), (x1, y1), _, (x3, y3) = line.polygon
    across, down = np.hypot(x1 - x0, y1 - y0), np.hypot(x3 - x0, y3 - y0)
    if down > _UPRIGHT * across:
        return -90.0
    return float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))


def _moved(line: TextLine, back: NDArray[np.float64]) -> TextLine:
    points = np.column_stack((np.array(line.polygon), np.ones(len(line.polygon)))) @ back.T
    return TextLine(line.text, tuple((float(x), float(y)) for x, y in points), line.score)


def _said(lines: Sequence[TextLine]) -> float:
    """How much was read, weighed by how sure it is."""
    return sum(len(line.text) * line.score for line in lines)
