"""Marks to tables: one reader a kind of marks. Each gives a `Table`, values by pixels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from wentu.core.results import ChartType
from wentu.core.types import Box
from wentu.tasks.chart.aligned import aligned
from wentu.tasks.chart.axes import Axis
from wentu.tasks.chart.bars import stacks_of
from wentu.tasks.chart.marks import Bar, Bars, Dots, Orientation, Stroke
from wentu.tasks.chart.places import NOWHERE, Places, column_left, even, named, row_below, steps_of
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.sequences import Rule, repaired, rule_of
from wentu.tasks.chart.strokes import knots
from wentu.tasks.chart.texts import Label

# How far off a mark's edge may be, in pixels: half a pixel of its own and as much of the axis' labels.
PIXEL_ERROR = 0.75
# At most every so many-th place is named; names further apart are the numbers of an axis.
_MOST_SKIPPED = 5
# A line's end stands on the grid of names within this part of their step.
_ON_GRID = 0.1
# A line turns where it leaves the straight way by so much.
_BEND_PX = 2.5


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: by pixels (None where no axis is calibrated), its error, the mark's box, the spot of its label."""

    value: float | None
    error: float
    box: Box


@dataclass(frozen=True, slots=True)
class Row:
    """One series: `cells[i]` belongs to the table's `x[i]`; `own_x` where the series has its own."""

    name: str
    colour: int
    cells: tuple[Cell | None, ...]
    own_x: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What the pixels say."""

    type: ChartType
    x: tuple[str, ...]
    rows: tuple[Row, ...]
    orientation: Orientation = "vertical"
    stacked: bool = False
    axis: Axis | None = None
    base: float | None = None
    places: Places = NOWHERE


def series_name(scene: Scene, colour: int) -> str:
    """The legend's name of a colour; empty without one."""
    entry = scene.entry_of(colour)
    return entry.label.text if entry else ""


def table_of_bars(scene: Scene, bars: Bars) -> Table:
    """Bars, grouped or stacked by what shares a place on the category axis."""
    way = bars.orientation
    axis = value_axis(scene, bars)
    stacks = stacks_of(bars.bars, way)
    stacked = sum(len({b.colour for b in s}) > 1 for s in stacks) > 0.5 * len(stacks)
    low = min(b.across(way)[0] for b in bars.bars)
    high = max(b.across(way)[1] for b in bars.bars)
    free = _no_ticks(scene, axis)
    names = row_below(free, bars.base, low, high) if way == "vertical" else column_left(free, bars.base, low, high)
    groups = stacks if stacked else _groups(stacks, scene, bars, len(names.names))
    colours = _series_colours(scene, bars, groups)
    several = len(colours) > 1
    titles = named([float(np.mean([sum(b.across(way)) / 2 for b in group])) for group in groups], names)
    if way == "horizontal" and _runs_upwards(titles):
        groups, titles = groups[::-1], titles[::-1]
    rows = [
        Row(
            series_name(scene, colour) if several else "",
            colour,
            _bar_cells(groups, colour, several, bars, axis, stacked),
        )
        for colour in colours
    ]
    kind: ChartType = "bar_stacked" if stacked else "bar_grouped" if several else "bar"
    if kind == "bar" and way == "horizontal":
        kind = "bar_horizontal"
    return Table(kind, repaired(titles), tuple(rows), way, stacked, axis, bars.base, names)


def _runs_upwards(titles: Sequence[str]) -> bool:
    """Whether names that follow each other (years, months) begin at the bottom, as on most horizontal bars."""
    places = range(len(titles))
    down, up = rule_of(titles, places), rule_of(titles[::-1], places)
    # Backwards through a cycle is eleven months on at each step.
    return up is not None and (down is None or up.step < down.step)


def value_axis(scene: Scene, bars: Bars) -> Axis | None:
    """The calibrated axis along which the bars grow: its labels must not be the categories' own."""
    axes = scene.vertical if bars.orientation == "vertical" else scene.horizontal
    return axes[0] if axes else None


def _no_ticks(scene: Scene, axis: Axis | None) -> list[Label]:
    """The labels that may name categories: all but the legend's and the value axis' own."""
    ticks = {id(tick) for tick in axis.ticks} if axis else set()
    return [label for label in scene.free if id(label) not in ticks]


def _groups(stacks: list[list[Bar]], scene: Scene, bars: Bars, names: int) -> list[list[Bar]]:
    """Neighbouring bars of several colours that belong to one category: parted at a colour that comes again. Without a
    legend, bars that have a name each are categories of their own, whatever their colours."""
    colours = {bar.colour for stack in stacks for bar in stack}
    legend = sum(scene.entry_of(colour) is not None for colour in colours) > 1
    if len(colours) == 1 or (not legend and len(stacks) in (len(colours), names)):
        return stacks
    flat = [bar for stack in stacks for bar in stack]
    way = bars.orientation
    gaps = [b.across(way)[0] - a.across(way)[1] for a, b in itertools.pairwise(flat)]
    wide = _wide_gap(gaps)
    groups: list[list[Bar]] = [[flat[0]]]
    for bar, gap in zip(flat[1:], gaps, strict=True):
        again = bar.colour in {other.colour for other in groups[-1]}
        if again or gap > wide:
            groups.append([bar])
        else:
            groups[-1].append(bar)
    return groups


def _wide_gap(gaps: Sequence[float]) -> float:
    """The gap that parts groups from neighbours within one: the middle of the largest jump in size."""
    ordered = sorted(gaps)
    if len(ordered) < 2:
        return float("inf")
    jumps = [(b - a, (a + b) / 2) for a, b in itertools.pairwise(ordered)]
    jump, middle = max(jumps)
    return middle if jump > 3 else float("inf")


def _series_colours(scene: Scene, bars: Bars, groups: list[list[Bar]]) -> list[int]:
    """Colours that are series, in the legend's order; one (the commonest) where each bar has its own colour."""
    used = [bar.colour for bar in bars.bars]
    several = any(len({b.colour for b in group}) > 1 for group in groups)
    if not several:
        return [max(set(used), key=used.count)]
    order = sorted({c for c in used if scene.entry_of(c)}, key=lambda c: scene.rank(c))
    extra = sorted({c for c in used if c not in order}, key=used.index)
    # A colour that the legend lacks is a series whose name was not read where most categories have a bar of it.
    return order + [c for c in extra if len(order) < 2 or used.count(c) > 0.5 * len(groups)]


def _bar_cells(
    groups: list[list[Bar]], colour: int, several: bool, bars: Bars, axis: Axis | None, stacked: bool
) -> tuple[Cell | None, ...]:
    cells: list[Cell | None] = []
    for group in groups:
        own = [bar for bar in group if bar.colour == colour or not several]
        cells.append(
            _bar_cell(max(own, key=lambda b: b.box.width * b.box.height), bars, axis, stacked) if own else None
        )
    return tuple(cells)


def _bar_cell(bar: Bar, bars: Bars, axis: Axis | None, stacked: bool) -> Cell:
    first, last = bar.along(bars.orientation)
    if axis is None:
        return Cell(None, 0.0, bar.box)
    if stacked:
        return Cell(abs(axis.value(first) - axis.value(last)), 2 * axis.error(first, PIXEL_ERROR), bar.box)
    end = first if abs(last - bars.base) <= abs(first - bars.base) else last
    # A foot that stands at zero takes the labels' offset out of the value.
    foot = axis.value(bars.base) if axis.scale == "linear" else 0.0
    shift = foot if abs(foot) < axis.error(bars.base, 3.0) else 0.0
    return Cell(axis.value(end) - shift, axis.error(end, PIXEL_ERROR), bar.box)


def table_of_strokes(scene: Scene, strokes: Sequence[Stroke], kind: ChartType, stacked: bool) -> Table:
    """Lines and areas read where the categories stand; stacked areas as the differences of their edges."""
    axis = scene.vertical[0] if scene.vertical else None
    x0 = min(s.xs[0] + s.thickness / 2 for s in strokes) - 0.5
    x1 = max(s.xs[-1] - s.thickness / 2 for s in strokes) + 0.5
    foot = _foot(scene, strokes)
    coarse = aligned(even(row_below(_no_ticks(scene, axis), foot, x0, x1), x0, x1), strokes)
    places = _between(coarse, strokes)
    if len(places.pixels) != len(coarse.pixels):
        places = aligned(places, strokes)
    if len(places.pixels) < 2 and not all(scene.colours[s.colour].grey for s in strokes):
        places = corners(strokes)
    ends = names_at_ends(scene, strokes)
    rows = []
    read = [(stroke, knots(stroke, places.pixels)[0] if places.pixels else []) for stroke in strokes]
    if stacked:
        read.sort(key=lambda pair: -float(np.median(pair[0].ys)))
    below: list[float] = [0.0] * len(places.pixels)
    for stroke, heights in read:
        cells: list[Cell | None] = []
        for index, (x, y) in enumerate(zip(places.pixels, heights, strict=True)):
            if y is None:
                cells.append(None)
                continue
            value = axis.value(y) if axis else None
            if value is not None and stacked:
                value, below[index] = value - below[index], value
            error = axis.error(y, PIXEL_ERROR) * (2 if stacked else 1) if axis else 0.0
            cells.append(Cell(value, error, Box(x - 6, y - 6, x + 6, y + 6)))
        name = series_name(scene, stroke.colour) or ends.get(stroke.colour, "")
        rows.append(Row(name if len(strokes) > 1 else "", stroke.colour, tuple(cells)))
    rows.sort(key=lambda row: scene.rank(row.colour))
    return Table(kind, places.names, tuple(rows), axis=axis, stacked=stacked, places=places)


def _foot(scene: Scene, strokes: Sequence[Stroke]) -> float:
    """Names stand under the lowest mark and under the middle of the lowest tick's label."""
    lowest = max(max(s.ys) for s in strokes)
    ticks = [tick.y for tick in scene.vertical[0].ticks] if scene.vertical else []
    return max([lowest, *ticks])


def _between(places: Places, strokes: Sequence[Stroke]) -> Places:
    """Places between the printed names (every second year, every third month) where the lines have corners there."""
    grid = steps_of(places.pixels)
    if grid is None:
        return places
    rule = rule_of(places.names, grid)
    gap = (places.pixels[-1] - places.pixels[0]) / (grid[-1] - grid[0])
    coarse = Places(repaired(places.names, grid), _spread(places.pixels[0], gap, grid[-1] + 1), places.labels)
    if rule is not None and rule.step == 1:
        return _to_the_ends(coarse, rule, gap, strokes)
    if rule is None or rule.step > _MOST_SKIPPED:
        return coarse
    fine_gap = gap / rule.step
    x0, x1 = min(s.xs[0] for s in strokes), max(s.xs[-1] for s in strokes)
    k0 = int(np.ceil((x0 - coarse.pixels[0]) / fine_gap - 0.3))
    k1 = int(np.floor((x1 - coarse.pixels[0]) / fine_gap + 0.3))
    fine = Places(
        tuple(rule.between(k) for k in range(k0, k1 + 1)),
        _spread(coarse.pixels[0] + k0 * fine_gap, fine_gap, k1 - k0 + 1),
        places.labels,
    )
    coarse_error = float(np.mean([knots(s, coarse.pixels)[1] for s in strokes]))
    fine_error = float(np.mean([knots(s, fine.pixels)[1] for s in strokes]))
    # Evenly spaced numbers may be an axis of their own (0, 20, 40): the corners must prove the places between.
    return fine if fine_error < 0.6 * coarse_error and coarse_error > 0.6 else coarse


def _to_the_ends(places: Places, rule: Rule, gap: float, strokes: Sequence[Stroke]) -> Places:
    """The places with those at the lines' ends whose names were not read but follow, where the ends stand on the
    grid."""
    first, last = places.pixels[0], places.pixels[-1]
    before = (first - min(s.xs[0] for s in strokes)) / gap
    after = (max(s.xs[-1] for s in strokes) - last) / gap
    n_before, n_after = (max(0, round(one)) if abs(one - round(one)) < _ON_GRID else 0 for one in (before, after))
    if n_before + n_after == 0 or n_before + n_after > 2:
        return places
    ahead = [rule.at(k) for k in range(-n_before, 0)]
    behind = [rule.at(len(places.names) + k) for k in range(n_after)]
    pixels = _spread(first - n_before * gap, gap, len(places.names) + n_before + n_after)
    return Places((*ahead, *places.names, *behind), pixels, places.labels)


def corners(strokes: Sequence[Stroke]) -> Places:
    """Places without names where the lines turn, on an even grid where they fit one; none where they are too many."""
    found: list[float] = []
    for stroke in strokes:
        points = np.array(list(zip(stroke.xs, stroke.ys, strict=True)), np.float32).reshape(-1, 1, 2)
        bends = cv2.approxPolyDP(points, _BEND_PX, closed=False)[:, 0, 0]
        found += [float(x) for x in bends if all(abs(x - other) > 12 for other in found)]
    found.sort()
    if not 2 <= len(found) <= 40:
        return NOWHERE
    steps = steps_of(found)
    if steps is not None:
        found = list(np.linspace(found[0], found[-1], steps[-1] + 1))
    return Places(tuple("" for _ in found), tuple(found))


def _spread(first: float, gap: float, number: int) -> tuple[float, ...]:
    return tuple(float(first + k * gap) for k in range(number))


def names_at_ends(scene: Scene, strokes: Sequence[Stroke]) -> dict[int, str]:
    """Names written at the right ends of the lines, where there is no legend."""
    if scene.legend or len(strokes) < 2:
        return {}
    found: dict[int, str] = {}
    words = [a for a in scene.free if a.value is None and a.upright]
    pairs = [
        (abs(label.y - stroke.ys[-1]), stroke.colour, label)
        for stroke in strokes
        for label in words
        if -4 <= label.box.x0 - stroke.xs[-1] < 4 * max(10.0, label.box.height)
        and abs(label.y - stroke.ys[-1]) < 1.5 * max(10.0, label.box.height)
    ]
    for _, colour, label in sorted(pairs, key=lambda pair: pair[0]):
        if colour not in found and label.text not in found.values():
            found[colour] = label.text
    return found


def table_of_dots(scene: Scene, dots: Sequence[Dots]) -> Table:
    """Points of a scatter chart by both axes, from left to right."""
    y_axis = scene.vertical[0] if scene.vertical else None
    x_axis = scene.horizontal[0] if scene.horizontal else None
    rows = []
    for one in dots:
        points = sorted(one.points)
        half = one.size / 2
        cells = tuple(
            Cell(
                y_axis.value(y) if y_axis else None,
                y_axis.error(y, PIXEL_ERROR) if y_axis else 0.0,
                Box(x - half, y - half, x + half, y + half),
            )
            for x, y in points
        )
        own = tuple(x_axis.value(x) for x, _ in points) if x_axis else ()
        rows.append(Row(series_name(scene, one.colour) if len(dots) > 1 else "", one.colour, cells, own))
    return Table("scatter", (), tuple(rows), axis=y_axis if x_axis else None)


def without_far(table: Table, axis: Axis) -> Table:
    """The table without cells whose value lies far outside the axis' printed range: ink that was no mark."""
    values = [tick.value for tick in axis.ticks if tick.value is not None]
    low, high = min(values), max(values)
    spare = 0.6 * (high - low)
    rows = tuple(
        replace(
            row,
            cells=tuple(
                c if c is None or c.value is None or low - spare <= c.value <= high + spare else None for c in row.cells
            ),
        )
        for row in table.rows
    )
    return replace(table, rows=rows)
