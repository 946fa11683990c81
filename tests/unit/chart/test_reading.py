"""Whole charts read from pixels and given texts, without a text reader."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from wentu import samples
from wentu.core.results import Chart
from wentu.core.types import Picture, TextLine
from wentu.tasks.chart.ink import colours, grounds
from wentu.tasks.chart.reading import read_chart

NAMES = ("1月", "2月", "3月", "4月", "5月")
VALUES = {"甲": (20, 60, 40, 80, 70), "乙": (90, 50, 30, 20, 45)}
COLOURS = {"甲": (220, 60, 40), "乙": (40, 110, 200)}
LEFT, RIGHT, TOP, FOOT = 80, 480, 40, 340


def x(place: int) -> int:
    return LEFT + 40 + 80 * place


def y(value: float) -> int:
    return round(FOOT - (FOOT - TOP) * value / 100)


def text(words: str, at_x: float, at_y: float, pixels: np.ndarray) -> TextLine:
    """A text's line, with ink of a letter's kind in its place."""
    width, height = 9 * len(words), 12
    x0, y0 = at_x - width / 2, at_y - height / 2
    for k in range(len(words)):
        left = round(x0 + 9 * k)
        cv2.rectangle(pixels, (left + 1, round(y0)), (left + 6, round(y0) + height - 1), (50, 50, 50), 1)
    corners = ((x0, y0), (x0 + width, y0), (x0 + width, y0 + height), (x0, y0 + height))
    return TextLine(words, corners, 0.99)


def read(names: Sequence[str], *, ticks: bool, ends: bool = False, missed: str = "") -> Chart:
    """The lines of these names, drawn and read; the text reader has not seen the place that is `missed`."""
    pixels = np.full((400, 600, 3), 255, np.uint8)
    lines = [text(name, x(k), FOOT + 20, pixels) for k, name in enumerate(NAMES) if name != missed]
    cv2.line(pixels, (LEFT, FOOT), (RIGHT, FOOT), (90, 90, 90), 1)
    for tick in range(0, 101, 20) if ticks else ():
        lines.append(text(str(tick), LEFT - 25, y(tick), pixels))
        cv2.line(pixels, (LEFT - 4, y(tick)), (LEFT, y(tick)), (90, 90, 90), 1)
    for name in names:
        points = np.array([(x(k), y(value)) for k, value in enumerate(VALUES[name])], np.int32)
        cv2.polylines(pixels, [points], False, COLOURS[name], 2, cv2.LINE_AA)
        if ends:
            lines.append(text(name, x(4) + 20, y(VALUES[name][-1]), pixels))
    return read_chart(Picture("drawn", pixels), lines, lambda picture: ())


def test_a_line_is_read_against_its_ticks() -> None:
    found = read(["甲"], ticks=True)
    assert (found.type, found.x, found.warnings) == ("line", NAMES, ())
    assert np.allclose([v or 0 for v in found.series[0].values], VALUES["甲"], atol=1.0)


@pytest.mark.parametrize("missed", ["1月", "3月", "4月", "5月"])
def test_a_place_whose_name_was_not_read_keeps_its_value(missed: str) -> None:
    found = read(["甲"], ticks=True, missed=missed)
    assert found.x == NAMES
    assert np.allclose([v or 0 for v in found.series[0].values], VALUES["甲"], atol=1.0)


def test_a_line_without_an_axis_says_so_and_has_no_numbers() -> None:
    found = read(["甲"], ticks=False)
    assert (found.type, found.x) == ("line", NAMES)
    assert "axis_not_calibrated" in found.warnings
    assert set(found.series[0].values) == {None}


def test_lines_without_a_legend_have_the_names_at_their_ends() -> None:
    found = read(["甲", "乙"], ticks=True, ends=True)
    assert {
        one.name: np.allclose([v or 0 for v in one.values], VALUES[one.name], atol=1.5) for one in found.series
    } == {
        "甲": True,
        "乙": True,
    }


def test_a_page_of_text_is_no_chart() -> None:
    pixels = np.full((400, 600, 3), 255, np.uint8)
    lines = [text("words", 100 + 90 * (k % 5), 40 + 30 * (k // 5), pixels) for k in range(40)]
    assert read_chart(Picture("text", pixels), lines, lambda picture: ()) == Chart("not_a_chart")


def test_the_sample_s_bars_with_a_gradient_are_one_bar_each() -> None:
    with Image.open(Path(samples.__file__).parent / "pictures" / "chart.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    small = np.ascontiguousarray(pixels[::2, ::2])
    for drawn in (pixels, small):
        coloured = [one for one in colours(drawn, grounds(drawn)) if not one.grey]
        assert len(coloured) == 2, [one.hex for one in coloured]


def test_segments_of_a_stack_in_neighbouring_shades_stay_apart() -> None:
    pixels = np.full((200, 200, 3), 255, np.uint8)
    pixels[60:120, 40:160], pixels[120:180, 40:160] = (90, 140, 240), (60, 110, 220)
    assert len(colours(pixels, grounds(pixels))) == 2
