"""Printed data labels: which number belongs to which mark, and whether it agrees with the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wentu.core.results import ChartPoint
from wentu.core.types import Box
from wentu.tasks.chart.numbers import is_percent, parse_number
from wentu.tasks.chart.readers import Cell, Row, Table
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.texts import Label

# A label and its mark agree within this part of the axis' printed range.
_AGREE = 0.03
_NEAR = 0.08
# Labels that disagree are believed where this part of the marks has one that agrees.
_MOST_AGREE = 0.4

Points = tuple[tuple[ChartPoint | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """The numbers printed for one row's cells; None where there is none."""

    values: tuple[float | None, ...]
    percent: bool = False


def points_of(table: Table, scene: Scene) -> tuple[Points, bool]:
    """The points of each row, a printed label before its pixels; and whether the values are shares in percent."""
    if table.type in ("pie", "donut"):
        return _wedges(table, scene)
    span = _span(table)
    candidates = _candidates(table, scene)
    taken: set[int] = set()
    found = [[_bar_label(cell, candidates, table, span, taken) for cell in row.cells] for row in table.rows]
    points = _points(table, found, span)
    if _few_agree(points):
        found = [
            [None if point and point.disagree else label for label, point in zip(*row, strict=True)]
            for row in zip(found, points, strict=True)
        ]
        points = _points(table, found, span)
    return points, False


def _points(table: Table, labels: Sequence[Sequence[Label | None]], span: float) -> Points:
    return tuple(
        tuple(_point(cell, label, span) for cell, label in zip(row.cells, own, strict=True))
        for row, own in zip(table.rows, labels, strict=True)
    )


def _few_agree(rows: Points) -> bool:
    """Whether labels that the pixels deny stand alone: of a chart that prints its values most marks have one that
    agrees."""
    points = [point for row in rows for point in row if point is not None and "pixel" in point.readings]
    agreeing = sum(point.source == "label" and not point.disagree for point in points)
    return agreeing < _MOST_AGREE * len(points)


def _span(table: Table) -> float:
    if table.axis is None:
        return 0.0
    values = [tick.value for tick in table.axis.ticks if tick.value is not None]
    return max(values) - min(values)


def _candidates(table: Table, scene: Scene) -> list[Label]:
    """Numbers that are neither ticks nor names of places."""
    ticks = {id(tick) for axis in (*scene.vertical[:1], *scene.horizontal[:1]) for tick in axis.ticks}
    names = {id(label) for label in table.places.labels}
    return [
        a
        for a in scene.free
        if a.value is not None and id(a) not in ticks and id(a) not in names and not _is_tick(a, scene)
    ]


def _is_tick(label: Label, scene: Scene) -> bool:
    """Whether a number stands among an axis' ticks with the value of that place: a tick whose box was not sharp."""
    for axis, x_is_value in (*((a, False) for a in scene.vertical[:1]), *((a, True) for a in scene.horizontal[:1])):
        height = max(8.0, float(np.median([tick.box.height for tick in axis.ticks])))
        at = label.x if x_is_value else label.y
        aside = label.y if x_is_value else label.x
        row = [tick.y if x_is_value else tick.x for tick in axis.ticks]
        near = min(row) - height <= aside <= max(row) + height
        if near and label.value is not None and abs(axis.pixel(label.value) - at) < height:
            return True
    return False


def _bar_label(
    cell: Cell | None, candidates: Sequence[Label], table: Table, span: float, taken: set[int]
) -> Label | None:
    """The label on or beside a mark: of those in reach the one that agrees best, then the nearest."""
    if cell is None:
        return None
    reach = [a for a in candidates if id(a) not in taken and _in_reach(cell.box, a, table)]
    if cell.value is not None and span > 0:
        value = cell.value
        agreeing = [a for a in reach if a.value is not None and abs(a.value - value) <= _NEAR * span]
        single = len(table.rows) == 1 and table.type in ("bar", "bar_horizontal")
        reach = agreeing or (reach if single or table.type == "bar_stacked" else [])
        reach.sort(key=lambda a: abs((a.value or 0.0) - value) / span + _distance(cell.box, a) / 400)
    else:
        reach.sort(key=lambda a: _distance(cell.box, a))
    if not reach:
        return None
    taken.add(id(reach[0]))
    return reach[0]


def _in_reach(box: Box, label: Label, table: Table) -> bool:
    height = max(8.0, label.box.height)
    if table.type == "bar_stacked":
        return box.x0 - 2 <= label.x <= box.x1 + 2 and box.y0 - 2 <= label.y <= box.y1 + 2
    if table.type in ("line", "area"):
        x, y = box.center
        return abs(label.x - x) < max(0.8 * label.box.width, height) and abs(label.y - y) < 2.6 * height
    if table.orientation == "horizontal":
        return (
            abs(label.y - box.center[1]) < max(box.height / 2, 0.6 * height)
            and box.x0 - 2 <= label.x <= box.x1 + label.box.width + 1.5 * height
        )
    over = label.box.y1 <= box.y0 + 3 and box.y0 - label.box.y1 < 1.5 * height
    within = box.y0 <= label.y <= box.y1
    under = (
        box.y1 <= label.box.y0
        and label.box.y0 - box.y1 < 1.2 * height
        and table.base is not None
        and box.y0 >= table.base - 3
    )
    return abs(label.x - box.center[0]) < max(box.width / 2, 0.35 * label.box.width) and (over or within or under)


def _distance(box: Box, label: Label) -> float:
    return float(np.hypot(label.x - box.center[0], min(abs(label.y - box.y0), abs(label.y - box.center[1]))))


def _point(cell: Cell | None, label: Label | None, span: float) -> ChartPoint | None:
    if cell is None or (cell.value is None and label is None):
        return None
    readings = {} if cell.value is None else {"pixel": cell.value}
    box = (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1)
    if label is None or label.value is None:
        assert cell.value is not None
        return ChartPoint(cell.value, cell.error, "pixel", box, readings)
    value = _with_point(label.value, cell.value)
    readings["label"] = value
    off = abs(value - cell.value) if cell.value is not None else 0.0
    disagree = value != label.value or off > max(3 * cell.error, _AGREE * span)
    return ChartPoint(value, _rounding(label.text), "label", box, readings, disagree)


def _with_point(printed: float, pixel: float | None) -> float:
    """The printed value; with its decimal point where OCR has lost it, without a minus that was a grid line, where the
    pixels say so."""
    if pixel and printed < 0 < pixel and abs(printed + pixel) < 0.1 * pixel:
        return -printed
    if pixel and printed:
        for power in (10.0, 100.0):
            if abs(printed / power - pixel) < 0.04 * abs(pixel):
                return printed / power
    return printed


def _rounding(text: str) -> float:
    """Half of the last printed digit."""
    digits = text.split(".")[1] if "." in text else ""
    return 0.5 * 10.0 ** -sum(character.isdigit() for character in digits)


def _wedges(table: Table, scene: Scene) -> tuple[Points, bool]:
    """Shares by angle; printed shares or values where every wedge has one near its middle (or in its name)."""
    row = table.rows[0]
    found = [_wedge_text(cell, name, scene, row) for cell, name in zip(row.cells, table.x, strict=True)]
    percents = [text is not None and is_percent(text) for text in found]
    values = [None if text is None else parse_number(text) for text in found]
    whole = all(value is not None for value in values)
    plain = whole and not any(percents)
    total = sum(value or 0.0 for value in values) if plain else 100.0
    points: list[ChartPoint | None] = []
    for cell, value, percent, text in zip(row.cells, values, percents, found, strict=True):
        if cell is None or cell.value is None:
            points.append(None)
            continue
        box = (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1)
        usable = value is not None and text is not None and (percent or plain)
        if not usable or value is None or text is None:
            points.append(ChartPoint(cell.value, cell.error, "pixel", box, {"pixel": cell.value}))
            continue
        pixel = cell.value * total / 100
        points.append(
            ChartPoint(
                value,
                _rounding(text.rstrip("%")),
                "label",
                box,
                {"pixel": pixel, "label": value},
                abs(value - pixel) > 0.02 * total,
            )
        )
    agreeing = sum(p is not None and not p.disagree for p in points) >= 0.6 * len(points)
    if plain and not agreeing:
        points = [
            None if c is None or c.value is None
            else ChartPoint(c.value, c.error, "pixel", (c.box.x0, c.box.y0, c.box.x1, c.box.y1), {"pixel": c.value})
            for c in row.cells
        ]  # fmt: skip
        plain = False
    return (tuple(points),), not plain


def _wedge_text(cell: Cell | None, name: str, scene: Scene, row: Row) -> str | None:
    """The number printed in a wedge, outside its middle, or behind its name (`Apples: 12%`, `12.5%`)."""
    if cell is None:
        return None
    for label in scene.labels:
        parts = label.text.replace("：", ":").split(":")
        if len(parts) == 2 and name and parts[0].strip() == name and parse_number(parts[1]) is not None:
            return parts[1].strip()
    others = [c for c in row.cells if c is not None]
    near = [
        a
        for a in scene.free
        if a.value is not None
        and a.text != name
        and min(others, key=lambda c: _angle_off(c, a, others)) is cell
        and _radius_of(others) * 2.9 > np.hypot(a.x - _middle(others)[0], a.y - _middle(others)[1])
    ]
    if not near:
        return None
    best = min(near, key=lambda a: (not is_percent(a.text), _angle_off(cell, a, others)))
    return best.text if _angle_off(cell, best, others) < 0.6 else None


def _middle(cells: Sequence[Cell]) -> tuple[float, float]:
    """The disc's middle: of the circle through the wedges' middles."""
    points = np.array([c.box.center for c in cells])
    if len(points) < 3:
        x, y = points.mean(axis=0)
        return float(x), float(y)
    a = np.column_stack((2 * points, np.ones(len(points))))
    solution, *_ = np.linalg.lstsq(a, (points**2).sum(axis=1), rcond=None)
    return float(solution[0]), float(solution[1])


def _radius_of(cells: Sequence[Cell]) -> float:
    x, y = _middle(cells)
    return float(np.hypot(cells[0].box.center[0] - x, cells[0].box.center[1] - y))


def _angle_off(cell: Cell, label: Label, cells: Sequence[Cell]) -> float:
    x, y = _middle(cells)
    a = np.arctan2(cell.box.center[1] - y, cell.box.center[0] - x)
    b = np.arctan2(label.y - y, label.x - x)
    return float(abs((a - b + np.pi) % (2 * np.pi) - np.pi))
