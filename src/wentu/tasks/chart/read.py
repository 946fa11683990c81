"""The deterministic reading of a chart: which marks there are decides the type, and the type's reader the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.bars import find_bars
from wentu.tasks.chart.ink import Colour, Mask
from wentu.tasks.chart.marks import Dots, Stroke
from wentu.tasks.chart.pies import find_disc
from wentu.tasks.chart.readers import Table, table_of_bars, table_of_disc, table_of_dots, table_of_strokes, without_far
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.strokes import cut, edge_stroke, find_dots, line_stroke

# A fill is an area when it covers this part of the frame's width and is this many times thicker than a line.
_WIDE, _THICK_PX = 0.45, 12.0


def read_marks(scene: Scene) -> Table | None:
    """The table by pixels; None where the picture shows no marks that a chart has."""
    disc = find_disc(scene.colours, scene.holes)
    if disc is not None:
        return table_of_disc(scene, disc)
    if not scene.vertical and not scene.horizontal and not scene.labels:
        return None
    bars = find_bars(_without_legend(scene), scene.frame, scene.labels)
    if bars is not None:
        table = table_of_bars(scene, bars)
        if table.axis is not None or any(label.value is not None for label in scene.free):
            return without_far(table, table.axis) if table.axis else table
    if not scene.vertical:
        return None
    return _read_open_marks(scene)


def _read_open_marks(scene: Scene) -> Table | None:
    """Areas, lines or dots inside calibrated axes."""
    areas: list[Stroke] = []
    lines: list[Stroke] = []
    dots: list[Dots] = []
    coloured = [i for i, c in enumerate(scene.colours) if not c.grey]
    entries = {entry.colour for entry in scene.legend}
    if len(entries & set(coloured)) > 1:
        coloured = [i for i in coloured if i in entries]
    frame = scene.frame
    for index in coloured:
        mask = cut(scene.colours[index].mask, frame, scene.holes)
        if mask.sum() < 20:
            continue
        width = _width(mask)
        if _thickness(mask) > _THICK_PX and width > _WIDE * frame.width * 0.5:
            stroke = edge_stroke(index, mask)
            areas += [stroke] if stroke else []
        elif (found := find_dots(index, mask)) is not None and len(found.points) >= 3:
            dots.append(found)
        elif width > 0.25 * frame.width:
            line = line_stroke(index, mask)
            lines += [line] if line else []
    if areas:
        return _far(scene, table_of_strokes(scene, areas, "area", len(areas) > 1))
    if dots and sum(len(d.points) for d in dots) >= 5 and scene.horizontal and not lines:
        return _far(scene, table_of_dots(scene, dots))
    if lines:
        return _far(scene, table_of_strokes(scene, lines, "line", False))
    return None


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
    """The upper quartile of the columns' inked rows."""
    counts = mask.sum(axis=0)
    return float(np.quantile(counts[counts > 0], 0.6)) if counts.any() else 0.0
