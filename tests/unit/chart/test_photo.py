"""Photographs are straightened by the chart's own lines; drawings are left alone."""

import cv2
import numpy as np
import pytest

from wentu.core.types import Picture, TextLine
from wentu.tasks.chart.photo import straightened


def drawing() -> np.ndarray:
    pixels = np.full((400, 600, 3), 255, np.uint8)
    for y in range(60, 341, 40):
        cv2.line(pixels, (80, y), (560, y), (210, 210, 210), 1)
    cv2.line(pixels, (80, 40), (80, 340), (60, 60, 60), 2)
    for k, height in enumerate((120, 200, 90, 160)):
        cv2.rectangle(pixels, (120 + 110 * k, 340 - height), (180 + 110 * k, 340), (90, 120, 200), -1)
    return pixels


def slope(pixels: np.ndarray) -> float:
    """The slope of the lowest edge of the bars, pixels up per pixel right."""
    blue = (pixels[..., 2].astype(int) - pixels[..., 0]) > 60
    columns = np.flatnonzero(blue.sum(axis=0) > 30)
    bottoms = len(blue) - 1 - blue[::-1, columns].argmax(axis=0)
    return float(np.polyfit(columns, bottoms, 1)[0])


def test_a_drawing_is_left_alone() -> None:
    assert straightened(Picture("a", drawing()), ()) is None


@pytest.mark.parametrize(
    "corners", [((30, 20), (590, 0), (570, 395), (0, 370)), ((20, 0), (600, 30), (580, 400), (0, 370))]
)
def test_slant_and_perspective_are_taken_out(corners: tuple[tuple[int, int], ...]) -> None:
    ends = np.array([[0, 0], [600, 0], [600, 400], [0, 400]], np.float32)
    warp = cv2.getPerspectiveTransform(ends, np.array(corners, np.float32))
    spoilt = cv2.warpPerspective(drawing(), warp, (600, 400), borderValue=(255, 255, 255))
    assert abs(slope(spoilt)) > 0.01
    found = straightened(Picture("b", spoilt), ())
    assert found is not None
    assert abs(slope(found.picture.pixels)) < 0.006


def test_boxes_go_back_to_the_photograph() -> None:
    turn = cv2.getRotationMatrix2D((300, 200), 4, 1.0)
    spoilt = cv2.warpAffine(drawing(), turn, (600, 400), borderValue=(255, 255, 255))
    found = straightened(Picture("c", spoilt), ())
    assert found is not None
    blue = (found.picture.pixels[..., 2].astype(int) - found.picture.pixels[..., 0]) > 60
    ys, xs = np.nonzero(blue)
    x0, y0, x1, y1 = found.box_back((float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())))
    there = (spoilt[..., 2].astype(int) - spoilt[..., 0]) > 60
    ys, xs = np.nonzero(there)
    assert x0 - 6 <= xs.min() and xs.max() <= x1 + 6 and y0 - 6 <= ys.min() and ys.max() <= y1 + 6


def test_the_radii_of_a_drawn_pie_are_no_slanted_axes() -> None:
    pixels = np.full((300, 400, 3), 255, np.uint8)
    for k, colour in enumerate(((200, 80, 60), (70, 120, 190), (150, 190, 80))):
        cv2.ellipse(pixels, (150, 150), (130, 130), 0, 7 + 120 * k, 127 + 120 * k, colour, -1)
        end = (150 + 130 * np.cos(np.radians(7 + 120 * k)), 150 + 130 * np.sin(np.radians(7 + 120 * k)))
        cv2.line(pixels, (150, 150), (round(end[0]), round(end[1])), (255, 255, 255), 2)
    lines = [TextLine("East", ((320.0, y), (350.0, y), (350.0, y + 12), (320.0, y + 12)), 1.0) for y in (100, 120, 140)]
    assert straightened(Picture("0", pixels), lines) is None
