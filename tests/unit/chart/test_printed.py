"""Printed numbers against pixels, in a scene told by hand."""

import numpy as np
import pytest

from wentu.core.types import Box, Picture
from wentu.tasks.chart.axes import Axis
from wentu.tasks.chart.printed import points_of
from wentu.tasks.chart.readers import Cell, Row, Table
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.texts import Label


def number(text: str, x: float, y: float) -> Label:
    return Label(text, Box(x - 10, y - 5, x + 10, y + 5), 1.0, float(text))


# One unit is one pixel: the value v stands at 200 - v.
AXIS = Axis("linear", -1.0, 200.0, 0.0, tuple(number(str(v), 20, 200 - v) for v in (0, 50, 150)))
TABLE = Table(
    "line",
    ("a", "b", "c", "d"),
    (
        Row(
            "", 0, tuple(Cell(100.0 + k, 0.75, Box(50 + 40 * k, 94 - k, 62 + 40 * k, 106 - k)) for k in range(4))
        ),
    ),
    axis=AXIS,
)  # fmt: skip


def read(*labels: Label) -> list[tuple[float, str, bool]]:
    picture = Picture("0", np.full((220, 220, 3), 255, np.uint8))
    scene = Scene(picture, labels, (), (), (AXIS,), (), Box(30, 0, 220, 200), (255.0, 255.0, 255.0))
    (row,), _ = points_of(TABLE, scene)
    return [(point.value, point.source, point.disagree) for point in row if point is not None]


def test_a_tick_beside_the_first_mark_is_no_value() -> None:
    tick = number("100", 24, 101)
    wide = Label(tick.text, Box(14, 95, 44, 107), 1.0, 100.0)
    assert read(wide)[0] == (100.0, "pixel", False)


@pytest.mark.parametrize("agree", [True, False])
def test_a_number_that_the_pixels_deny_is_believed_among_others_that_agree(agree: bool) -> None:
    others = [number(str(100 + k), 56 + 40 * k, 84 - k) for k in (1, 2, 3)] if agree else []
    first = read(number("108", 56, 84), *others)[0]
    assert first == ((108.0, "label", True) if agree else (100.0, "pixel", False))
