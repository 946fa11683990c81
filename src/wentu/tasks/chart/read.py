"""The deterministic reading of a chart: which marks there are decides the type, and the type's reader the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.bars import find_bars
from wentu.tasks.chart.grids import has_base_line, without_rules
from wentu.tasks.chart.ink import Colour, Mask, tint
from wentu.tasks.chart.marks import Dots, Stroke
from wentu.tasks.chart.missing import gaps, missing_strip
from wentu.tasks.chart.pies import find_disc
from wentu.tasks.chart.readers import (
    Table,
    table_of_bars,
    table_of_dots,
    table_of_strokes,
    without_far,
)
from wentu.tasks.chart.scene import SAME_TINT, Read, Scene, looked_closer
from wentu.tasks.chart.strokes import (
    cut,
    edge_stroke,
    find_dots,
    is_chain,
    line_stroke,
    longest_run,
)
from wentu.tasks.chart.wedges import table_of_disc

Marks = TypeVar("Marks", Stroke, Dots)
# A fill is an area when it covers this part of the frame's width and is this many times thicker than a line.
_WIDE, _THICK_PX = 0.45, 12.0
# A line runs through this part of the frame's width in one piece; the rims of dots do not.
_RUN = 0.15
# A tint with less than this part of another's ink is no series of its own.
_LITTLE = 0.3


def read_marks(scene: Scene, ocr: Read) -> tuple[Scene, Table] | None:
    """The table by pixels, with the scene it was read from; None where the picture shows no marks that a chart has.

    Where names or an axis are missing, the strip in which they must stand is read once more, larger.
    """
    table = _table(scene)
    for _ in range(2):
        strip = missing_strip(scene, table)
        closer = looked_closer(scene, strip, ocr) if strip else None
        again = _table(closer) if closer else None
        if closer is None or again is None or gaps(again) >= gaps(table):
            break
        scene, table = closer, again
    return (scene, table) if table else None


def _table(scene: Scene) -> Table | None:
    disc = find_disc(scene.colours, scene.holes)
    if disc is not None:
        return table_of_disc(scene, disc)
    bars = find_bars(_without_legend(scene), scene.frame, scene.labels)
    if bars is not None:
        table = table_of_bars(scene, bars)
        if table.axis is not None or _says_something(table, scene):
            return without_far(table, table.axis) if table.axis else table
    named = {entry.colour for entry in scene.legend} if len(scene.legend) > 1 else set()
    marks = [i for i, c in enumerate(scene.colours) if not c.grey or i in named]
    return _open_marks(scene, marks) or _open_marks(scene, [i for i, c in enumerate(scene.colours) if c.grey])


def _says_something(table: Table, scene: Scene) -> bool:
    """Whether bars without an axis are a chart's: each with its name, or with numbers about."""
    named = sum(map(bool, table.x)) >= 3 and all(table.x)
    return named or any(label.value is not None for label in scene.free)


def _open_marks(scene: Scene, colours: list[int]) -> Table | None:
    """Areas, lines or dots; where the value axis is not calibrated only lines over a row of names, without values."""
    areas: list[Stroke] = []
    lines: list[Stroke] = []
    dots: list[Dots] = []
    entries = [index for index in colours if scene.entry_of(index)]
    frame = scene.frame
    for index in colours:
        mask = cut(scene.colours[index].mask, frame, scene.holes)
        if scene.colours[index].grey:
            mask = without_rules(mask, frame)
        if mask.sum() < 20:
            continue
        width = _width(mask)
        if len(entries) > 1 and index not in entries and width < 0.5 * frame.width:
            continue  # not the legend's, and too little for a series whose name was not read
        if (found := find_dots(index, mask)) is not None and not is_chain(found):
            dots.append(found)
        elif _thickness(mask) > _THICK_PX and width > _WIDE * frame.width * 0.5:
            stroke = edge_stroke(index, mask)
            areas += [stroke] if stroke else []
        elif width > 0.25 * frame.width:
            line = line_stroke(index, mask)
            lines += [line] if line else []
    if not scene.vertical:
        lines = _one_each(scene, lines)
        table = table_of_strokes(scene, lines, "line", False) if lines and has_base_line(scene.colours, frame) else None
        return table if table and sum(map(bool, table.x)) >= 3 else None
    lines, dots, areas = (
        _one_each(scene, lines),
        _one_each(scene, dots),
        _one_each(scene, areas),
    )
    scattered = sum(len(d.points) for d in dots) >= 5 and bool(scene.horizontal)
    if scattered and not any(longest_run(scene.colours[line.colour].mask, frame) > _RUN for line in lines):
        return _far(scene, table_of_dots(scene, dots))
    if areas:
        areas = [_outlined(scene, area, lines) for area in areas]
        return _far(scene, table_of_strokes(scene, areas, "area", len(areas) > 1))
    if lines:
        return _far(scene, table_of_strokes(scene, lines, "line", False))
    return None


def _one_each(scene: Scene, marks: list[Marks]) -> list[Marks]:
    """The marks without a second colour of one series: where a stroke crosses itself or its edge is smoothed, a little
    of another tint of the same hue appears."""

    def ink(mark: Marks) -> int:
        return int(scene.colours[mark.colour].mask.sum())

    def same(mark: Marks, other: Marks) -> bool:
        a, b = scene.colours[mark.colour].rgb, scene.colours[other.colour].rgb
        return tint(a, b, scene.ground) > SAME_TINT and ink(mark) < _LITTLE * ink(other)

    kept: list[Marks] = []
    for mark in sorted(marks, key=ink, reverse=True):
        if not any(same(mark, other) for other in kept):
            kept.append(mark)
    return kept


def _outlined(scene: Scene, area: Stroke, lines: list[Stroke]) -> Stroke:
    """The area by the line on its edge, where it has one: a stronger tint of its own colour."""
    rgb = scene.colours[area.colour].rgb
    own = [line for line in lines if tint(scene.colours[line.colour].rgb, rgb, scene.ground) > SAME_TINT]
    near = [line for line in own if _apart(line, area) < 4]
    return replace(near[0], colour=area.colour) if near else area


def _apart(line: Stroke, area: Stroke) -> float:
    """The usual distance of two strokes in pixels."""
    return float(np.median(np.abs(np.interp(area.xs, line.xs, line.ys) - area.ys)))


def _far(scene: Scene, table: Table) -> Table:
    return without_far(table, scene.vertical[0])


def _without_legend(scene: Scene) -> list[Colour]:
    """The colours without the legend's samples."""
    whole = Box(0, 0, scene.pixels.shape[1], scene.pixels.shape[0])
    return [replace(colour, mask=cut(colour.mask, whole, scene.holes)) for colour in scene.colours]


def _width(mask: Mask) -> float:
    columns = np.flatnonzero(mask.any(axis=0))
    return float(columns[-1] - columns[0]) if len(columns) else 0.0


def _thickness(mask: Mask) -> float:
    """How thick the ink is across its own way, in pixels: a steep line inks many rows of a column and is thin still."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(np.quantile(depth[mask], 0.8)) if mask.any() else 0.0
