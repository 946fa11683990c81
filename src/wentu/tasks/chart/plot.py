"""A table drawn again, with its forecast and band: shapes once, written as SVG or painted as PNG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from wentu.core.results import Chart, ChartSeries
from wentu.tasks.chart.steps import number

WIDTH, HEIGHT = 800, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 64, 72
_COLOURS = ("#2563eb", "#ea580c", "#16a34a", "#dc2626", "#7c3aed", "#0891b2", "#ca8a04", "#db2777")
_INK, _GRID = "#334155", "#e2e8f0"


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon or line through points (`fill` or `stroke`), or a text at its first point."""

    points: tuple[tuple[float, float], ...]
    fill: str = ""
    stroke: str = ""
    opacity: float = 1.0
    dashed: bool = False
    text: str = ""
    anchor: str = "middle"
    size: int = 13


@dataclass(slots=True)
class _Plot:
    """The shapes so far, and the scale from values to pixels."""

    low: float
    high: float
    slots: int
    shapes: list[Shape] = field(default_factory=list)

    def x(self, index: float) -> float:
        return _LEFT + (index + 0.5) / max(1, self.slots) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def shapes_of(chart: Chart) -> list[Shape]:
    """The chart's drawing on a canvas of `WIDTH` x `HEIGHT`."""
    head = [Shape(((WIDTH / 2, 26),), _INK, text=chart.title, size=17)] if chart.title else []
    if chart.type in ("pie", "donut"):
        return head + _pie(chart)
    if chart.type == "not_a_chart" or not _values(chart):
        return head
    if chart.type == "scatter":
        return head + _scatter(chart)
    return head + _axes_chart(chart)


def _axes_chart(chart: Chart) -> list[Shape]:
    ahead = sorted({one.ahead for one in chart.forecast if one.chosen})[:3]
    plot = _Plot(*_range(chart, len(ahead)), len(chart.x) + len(ahead))
    _grid(plot, chart)
    names = [*chart.x, *(next(f.x for f in chart.forecast if f.ahead == k) for k in ahead)]
    every = max(1, math.ceil(len(names) / 12))
    for index, name in enumerate(names[::every]):
        plot.shapes.append(Shape(((plot.x(index * every), HEIGHT - _BOTTOM + 20),), _INK, text=name[:12], size=12))
    stacked = chart.type == "bar_stacked" or (chart.type == "area" and bool(chart.stacked))
    floor = [0.0] * len(chart.x)
    for index, series in enumerate(chart.series):
        colour = _colour(series, index)
        if chart.type.startswith("bar"):
            _bars(plot, chart, series, index, colour, floor if stacked else None)
        else:
            _line(plot, series, colour, floor if stacked else None, filled=chart.type == "area")
        if not stacked:
            _band(plot, chart, series, colour)
    _legend(plot, chart)
    return plot.shapes


def _bars(plot: _Plot, chart: Chart, series: ChartSeries, index: int, colour: str, floor: list[float] | None) -> None:
    number_of = 1 if floor is not None else len(chart.series)
    width = 0.7 * (plot.x(1) - plot.x(0)) / number_of
    for slot, value in enumerate(series.values):
        if value is None:
            continue
        foot = floor[slot] if floor is not None else 0.0
        left = plot.x(slot) - width * number_of / 2 + (0 if floor is not None else index * width)
        y0, y1 = plot.y(foot), plot.y(foot + value)
        plot.shapes.append(Shape(((left, y0), (left + width, y0), (left + width, y1), (left, y1)), colour))
        if floor is not None:
            floor[slot] += value


def _line(plot: _Plot, series: ChartSeries, colour: str, floor: list[float] | None, *, filled: bool) -> None:
    points, feet = [], []
    for slot, value in enumerate(series.values):
        if value is None:
            continue
        foot = floor[slot] if floor is not None else 0.0
        points.append((plot.x(slot), plot.y(foot + value)))
        feet.append((plot.x(slot), plot.y(foot)))
        if floor is not None:
            floor[slot] += value
    if filled:
        plot.shapes.append(Shape((*points, *reversed(feet)), colour, opacity=0.5))
    plot.shapes.append(Shape(tuple(points), stroke=colour))
    plot.shapes += [_dot(x, y, 3.5, colour) for x, y in points]


def _band(plot: _Plot, chart: Chart, series: ChartSeries, colour: str) -> None:
    """The chosen forecast, dashed, with its interval."""
    ahead = [f for f in chart.forecast if f.series == series.name and f.chosen and f.ahead <= 3]
    last = next((v for v in reversed(series.values) if v is not None), None)
    if not ahead or last is None:
        return
    at = len(chart.x) - 1
    sides = [(f.ahead, f.low, f.high) for f in ahead if f.low is not None and f.high is not None]
    if sides:
        upper = [(plot.x(at + k), plot.y(high)) for k, _, high in sides]
        lower = [(plot.x(at + k), plot.y(low)) for k, low, _ in sides]
        start = (plot.x(at), plot.y(last))
        plot.shapes.append(Shape((start, *upper, *reversed(lower)), colour, opacity=0.18))
    line = [(plot.x(at), plot.y(last)), *((plot.x(at + f.ahead), plot.y(f.value)) for f in ahead)]
    plot.shapes.append(Shape(tuple(line), stroke=colour, dashed=True))


def _scatter(chart: Chart) -> list[Shape]:
    xs = [x for series in chart.series for x in series.x]
    if not xs:
        return []
    plot = _Plot(*_range(chart, 0), 1)
    _grid(plot, chart)
    low, high = min(xs), max(xs)
    for k in range(6):
        x = low + (high - low) * k / 5
        plot.shapes.append(Shape(((_across(x, low, high), HEIGHT - _BOTTOM + 20),), _INK, text=number(x), size=12))
    for index, series in enumerate(chart.series):
        plot.shapes += [
            _dot(_across(x, low, high), plot.y(v), 4, _colour(series, index))
            for x, v in zip(series.x, series.values, strict=False)
            if v is not None
        ]
    _legend(plot, chart)
    return plot.shapes


def _across(x: float, low: float, high: float) -> float:
    return _LEFT + 12 + (x - low) / ((high - low) or 1.0) * (WIDTH - _LEFT - _RIGHT - 24)


def _pie(chart: Chart) -> list[Shape]:
    values = [(name, v) for name, v in zip(chart.x, chart.series[0].values, strict=False) if v and v > 0]
    total = sum(v for _, v in values) or 1.0
    x, y, radius = WIDTH / 2, HEIGHT / 2 + 16, 160.0
    inner = 80.0 if chart.type == "donut" else 0.0
    shapes, angle = [], 0.0
    for index, (name, value) in enumerate(values):
        turn = 2 * math.pi * value / total
        steps = [angle + turn * k / 48 for k in range(49)]
        outer = [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in steps]
        hole = [(x + inner * math.sin(a), y - inner * math.cos(a)) for a in reversed(steps)] if inner else [(x, y)]
        shapes.append(Shape((*outer, *hole), _COLOURS[index % len(_COLOURS)], "#ffffff"))
        middle = angle + turn / 2
        at = (x + (radius + 18) * math.sin(middle), y - (radius + 18) * math.cos(middle))
        anchor = "start" if math.sin(middle) > 0.1 else "end" if math.sin(middle) < -0.1 else "middle"
        shapes.append(Shape((at,), _INK, text=f"{name} {number(100 * value / total)}%", anchor=anchor))
        angle += turn
    return shapes


def _grid(plot: _Plot, chart: Chart) -> None:
    for k in range(6):
        value = plot.low + (plot.high - plot.low) * k / 5
        y = plot.y(value)
        plot.shapes.append(Shape(((_LEFT, y), (WIDTH - _RIGHT, y)), stroke=_GRID))
        plot.shapes.append(Shape(((_LEFT - 8, y + 4),), _INK, text=number(value), anchor="end", size=12))
    flipped = chart.orientation == "horizontal"
    below, above = (chart.y_label, chart.x_label) if flipped else (chart.x_label, chart.y_label)
    plot.shapes.append(Shape(((WIDTH / 2, HEIGHT - 14),), _INK, text=below))
    plot.shapes.append(Shape(((_LEFT - 60, _TOP - 14),), _INK, text=above, anchor="start"))


def _legend(plot: _Plot, chart: Chart) -> None:
    names = [(series.name, _colour(series, index)) for index, series in enumerate(chart.series)]
    if len(names) < 2:
        return
    x = WIDTH - _RIGHT - 8.0
    for name, colour in reversed(names):
        plot.shapes.append(Shape(((x, _TOP - 14),), _INK, text=name, anchor="end"))
        x -= 8.0 * sum(2 if ord(c) > 255 else 1 for c in name) + 8
        plot.shapes.append(Shape(((x - 10, _TOP - 24), (x, _TOP - 24), (x, _TOP - 14), (x - 10, _TOP - 14)), colour))
        x -= 26


def _range(chart: Chart, ahead: int) -> tuple[float, float]:
    """The value axis from zero (or below) to a round number above everything drawn."""
    values = _values(chart)
    if chart.stacked and chart.type != "bar_grouped":
        values += [
            sum(v for v in column if v is not None) for column in zip(*(s.values for s in chart.series), strict=False)
        ]
    for one in chart.forecast:
        if one.chosen and one.ahead <= ahead:
            values += [v for v in (one.value, one.low, one.high) if v is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    step = 10.0 ** math.floor(math.log10((high - low) or 1.0)) / 2
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _values(chart: Chart) -> list[float]:
    return [v for series in chart.series for v in series.values if v is not None]


def _colour(series: ChartSeries, index: int) -> str:
    return series.color if len(series.color) == 7 else _COLOURS[index % len(_COLOURS)]


def _dot(x: float, y: float, radius: float, colour: str) -> Shape:
    angles = [2 * math.pi * k / 16 for k in range(16)]
    return Shape(tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles), colour)


def visible(shapes: Sequence[Shape]) -> list[Shape]:
    """Shapes that draw something."""
    return [shape for shape in shapes if shape.text or (len(shape.points) > 1 and (shape.fill or shape.stroke))]
