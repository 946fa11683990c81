"""One picture read: scene, marks, printed labels, roles; out comes a `Chart` without its analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from wentu.core.results import Chart, ChartPoint, ChartSeries
from wentu.core.types import Picture, TextLine
from wentu.tasks.chart.overlay import is_proved, overlay_score
from wentu.tasks.chart.photo import Straightened, straightened
from wentu.tasks.chart.printed import points_of
from wentu.tasks.chart.read import read_marks
from wentu.tasks.chart.readers import Row, Table
from wentu.tasks.chart.roles import find_roles
from wentu.tasks.chart.scene import Read, Scene, find_scene

NOTHING = Chart("not_a_chart")
# Larger pictures are made smaller first: marks keep sub-pixel edges, and the time stays under a second.
_MAX_SIDE = 1200


def read_chart(picture: Picture, lines: Sequence[TextLine], ocr: Read) -> Chart:
    """The chart in a picture by text and geometry; `not_a_chart` where there is none, never with numbers.

    A photograph is made like a drawing first and its texts are read again; boxes are those of the picture that came.
    """
    straight = straightened(picture, lines)
    if straight is None:
        return _read(picture, lines, ocr)
    found = _read(straight.picture, ocr(straight.picture), ocr)
    series = tuple(replace(one, points=tuple(_moved(point, straight) for point in one.points)) for one in found.series)
    return replace(found, series=series)


def _moved(point: ChartPoint | None, straight: Straightened) -> ChartPoint | None:
    return replace(point, box=straight.box_back(point.box)) if point and point.box else point


def _read(picture: Picture, lines: Sequence[TextLine], ocr: Read) -> Chart:
    small, small_lines, scale = _workable(picture, lines)
    read = read_marks(find_scene(small, small_lines, ocr), ocr)
    if read is None:
        return NOTHING
    scene, table = read
    rows, shares = points_of(table, scene)
    if not _believable(table, rows):
        return NOTHING
    score = overlay_score(scene, table)
    if not is_proved(scene, table, score):
        return NOTHING
    roles = find_roles(scene, table)
    points = [tuple(_scaled(point, 1 / scale) for point in row) for row in rows]
    return Chart(
        table.type,
        roles.title,
        roles.x_label,
        roles.y_label,
        table.x,
        tuple(_series(scene, row, own) for row, own in zip(table.rows, points, strict=True)),
        unit="%" if shares else "",
        scale=table.axis.scale if table.axis else "linear",
        orientation=table.orientation if table.type.startswith("bar") else None,
        stacked=table.stacked if table.type in ("area", "bar_grouped", "bar_stacked") else None,
        overlay=score,
        warnings=tuple(_warnings(table, points, score)),
    )


def _workable(picture: Picture, lines: Sequence[TextLine]) -> tuple[Picture, Sequence[TextLine], float]:
    side = max(picture.width, picture.height)
    if side <= _MAX_SIDE:
        return picture, lines, 1.0
    scale = _MAX_SIDE / side
    small = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    moved = [TextLine(line.text, tuple((x * scale, y * scale) for x, y in line.polygon), line.score) for line in lines]
    return Picture.of_pixels(small), moved, scale


def _believable(table: Table, rows: Sequence[Sequence[ChartPoint | None]]) -> bool:
    """Marks without one value are a chart only where they are several and named."""
    values = sum(point is not None for row in rows for point in row)
    cells = sum(cell is not None for row in table.rows for cell in row.cells)
    return values >= 2 or (cells >= 3 and sum(map(bool, table.x)) >= 3)


def _series(scene: Scene, row: Row, points: Sequence[ChartPoint | None]) -> ChartSeries:
    values = tuple(None if point is None else _rounded(point.value, point.error) for point in points)
    own = tuple(_rounded(x, abs(x) * 1e-4) for x in row.own_x)
    return ChartSeries(row.name, values, tuple(points), own, scene.colours[row.colour].hex)


def _rounded(value: float, error: float) -> float:
    """The value with no more digits than its error leaves: a tenth of the error."""
    if error <= 0:
        return value
    digits = max(0, 1 - int(np.floor(np.log10(error))))
    return round(value, digits)


def _scaled(point: ChartPoint | None, by: float) -> ChartPoint | None:
    if point is None or point.box is None:
        return point
    x0, y0, x1, y1 = (round(side * by, 1) for side in point.box)
    value = _rounded(point.value, point.error)
    readings = {name: _rounded(reading, point.error) for name, reading in point.readings.items()}
    return ChartPoint(value, point.error, point.source, (x0, y0, x1, y1), readings, point.disagree)


def _warnings(table: Table, rows: Sequence[Sequence[ChartPoint | None]], score: float | None) -> list[str]:
    found = []
    if table.axis is None and table.type not in ("pie", "donut"):
        found.append("axis_not_calibrated")
    points = [point for row in rows for point in row]
    if any(point is None for point in points):
        found.append("values_missing")
    if any(point is not None and point.disagree for point in points):
        found.append("readings_disagree")
    if score is not None and score < 0.6:
        found.append("overlay_poor")
    return found
