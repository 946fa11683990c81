"""What a table must meet of the picture to be told at all."""

import cv2
import numpy as np
import pytest

from wentu.core.types import Box, Picture
from wentu.tasks.chart.ink import Colour
from wentu.tasks.chart.overlay import is_proved, overlay_score
from wentu.tasks.chart.readers import Cell, Row, Table
from wentu.tasks.chart.scene import Scene

GREY, RED = (90.0, 90.0, 90.0), (220.0, 60.0, 40.0)
POINTS = [(40, 150), (100, 60), (160, 120), (220, 40)]


@pytest.mark.parametrize(("rgb", "specks"), [(GREY, False), (RED, False), (GREY, True), (RED, True)])
def test_a_grey_line_is_told_where_it_is_drawn_and_not_where_print_lies_about(
    rgb: tuple[float, float, float], specks: bool
) -> None:
    ink = np.zeros((200, 260), np.uint8)
    if specks:  # every fifth part of the way has some ink, as the print of a receipt has
        for x in range(40, 221, 20):
            cv2.rectangle(ink, (x, 30), (x + 1, 160), 1, -1)
    else:
        cv2.polylines(ink, [np.array(POINTS, np.int32)], False, 1, 2)
    colour = Colour(rgb, ink.astype(np.bool_), False)
    picture = Picture("0", np.full((200, 260, 3), 255, np.uint8))
    scene = Scene(picture, (), (colour,), (), (), (), Box(0, 0, 260, 200), (255.0, 255.0, 255.0))
    cells = tuple(Cell(None, 0.0, Box(x - 6, y - 6, x + 6, y + 6)) for x, y in POINTS)
    table = Table("line", ("a", "b", "c", "d"), (Row("", 0, cells),))
    assert is_proved(scene, table, overlay_score(scene, table)) == (not specks or rgb == RED)
