"""The proof: the table's marks drawn back over the picture, and how much of the ink they cover."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np

from wentu.tasks.chart.readers import Cell, Table
from wentu.tasks.chart.scene import Scene

# Of a grey table whose drawing meets less of the picture's marks than this nothing is told.
_PROOF = 0.4


def is_proved(scene: Scene, table: Table, score: float | None) -> bool:
    """Whether the table, drawn back over the picture, meets enough ink to be one: grey marks may be a page's
    print. Coloured ones are marks, also where a name between two of them was not read and the drawing cuts a corner."""
    grey = all(scene.colours[row.colour].grey for row in table.rows)
    return not grey or score is None or score >= _PROOF


def overlay_score(scene: Scene, table: Table) -> float | None:
    """0..1: how much of the drawn marks lies on ink of their own colour. None where the table has no place."""
    drawn = np.zeros(scene.pixels.shape[:2], np.uint8)
    scores, weights = [], []
    for row in table.rows:
        drawn[:] = 0
        _draw(drawn, table, row.cells)
        ink = scene.colours[row.colour].mask
        if table.type in ("bar", "bar_horizontal", "pie", "donut"):
            ink = np.logical_or.reduce([colour.mask for colour in scene.colours])
        near = np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)), np.uint8)
        total = int(drawn.sum())
        if total:
            scores.append(float((drawn & near).sum()) / total)
            weights.append(total)
    return round(float(np.average(scores, weights=weights)), 3) if scores else None


def _draw(drawn: np.ndarray, table: Table, cells: Sequence[Cell | None]) -> None:
    boxes = [cell.box for cell in cells if cell is not None]
    if table.type in ("line", "area"):
        for a, b in itertools.pairwise(boxes):
            cv2.line(drawn, _at(a.center), _at(b.center), 1, 1)
        return
    for box in boxes:
        cv2.rectangle(drawn, _at((box.x0, box.y0)), _at((box.x1 - 1, box.y1 - 1)), 1, -1)


def _at(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])
