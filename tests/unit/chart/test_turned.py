"""Names that stand upright or slant are read lying, and their places are those of the strip that came."""

import numpy as np
import pytest

from wentu.core.types import Picture, TextLine
from wentu.tasks.chart.turned import turned_level

STRIP = np.full((60, 300, 3), 255, np.uint8)


def line(text: str, x: float, y: float, width: float, height: float, degrees: float = 0.0) -> TextLine:
    """A text whose box begins at (x, y) and rises by so many degrees."""
    turn = np.radians(-degrees)
    along, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corners = [np.array([x, y]) + a * width * along + b * height * down for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return TextLine(text, tuple((float(px), float(py)) for px, py in corners), 0.9)


def test_upright_names_are_read_lying_and_put_back_to_their_places() -> None:
    seen: list[tuple[int, int]] = []

    def ocr(picture: Picture) -> list[TextLine]:
        seen.append((picture.width, picture.height))
        return [line("8月", 30, 100, 20, 10), line("10月", 26, 200, 28, 10)]

    found = turned_level(STRIP, [line("月8", 100, 10, 10, 20), line("10", 200, 10, 10, 28)], ocr)
    assert seen and seen[0][0] < seen[0][1]
    assert [one.text for one in found] == ["8月", "10月"]
    assert [round(one.box.center[0]) for one in found] == pytest.approx([105, 205], abs=2)


def test_slanted_names_that_are_read_no_better_stay() -> None:
    slanted = [line("Week 4", 40, 50, 40, 10, 30), line("Week 5", 140, 50, 40, 10, 30)]
    assert turned_level(STRIP, slanted, lambda _: [line("Wek", 0, 0, 30, 10)]) == slanted


def test_level_names_are_not_read_again() -> None:
    def ocr(picture: Picture) -> list[TextLine]:
        raise AssertionError("read once more")

    level = [line("北京", 40, 20, 30, 12), line("上海", 140, 20, 30, 12)]
    assert turned_level(STRIP, level, ocr) == level
