"""Our own drawing of a chart on any paper: axes, marks, legend, in the look that the spec has drawn by lot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from charts.paper import Paper, Point, text_width
from charts.spec import Spec


@dataclass(frozen=True, slots=True)
class Ink:
    """The sheet's colours."""

    ground: str
    text: str
    grid: str
    axis: str


LIGHT = Ink("#ffffff", "#333333", "#dddddd", "#666666")
DARK = Ink("#1b1e28", "#d8d8d8", "#3a3f4d", "#8a8f9c")


def ink_of(spec: Spec) -> Ink:
    return DARK if spec.look["dark"] else LIGHT


def draw(spec: Spec, paper: Paper) -> None:
    """The whole chart."""
    title_x, anchor = (16.0, "start") if spec.look["title"] == "left" else (spec.look["width"] / 2, "middle")
    paper.text(title_x, 20, spec.title, spec.look["font"] + 5, ink_of(spec).text, anchor)
    if spec.type in ("pie", "donut"):
        _pie(spec, paper)
        return
    plot = _Plot(spec, paper)
    plot.axes()
    {"line": plot.lines, "area": plot.areas, "scatter": plot.dots}.get(spec.type, plot.bars)()
    plot.legend()


def tick_values(low: float, high: float) -> list[float]:
    """About five round steps that cover the range."""
    raw = (high - low) / 5
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * k, 10) for k in range(first, last + 1)]


def printed(value: float, how: str, chinese: bool) -> str:
    """A tick as the look prints it."""
    if how == "short" and abs(value) >= 10_000 and chinese:
        return f"{value / 10_000:g}万"
    if how == "short" and abs(value) >= 1000 and not chinese:
        return f"{value / 1000:g}K"
    if how == "plain" or abs(value) < 1000:
        return f"{value:.10g}"
    return f"{value:,.10g}"


class _Plot:
    """A chart with two axes. The value axis runs along `way` (1 is up, 0 is to the right)."""

    def __init__(self, spec: Spec, paper: Paper) -> None:
        self.spec, self.paper, self.ink, self.look = spec, paper, ink_of(spec), spec.look
        self.size = float(spec.look["font"])
        self.chinese = any(ord(c) > 0x2E80 for c in spec.title)
        self.ticks = self._ticks()
        names = [printed(t, self.look["ticks"], self.chinese) for t in self.ticks]
        widest = max(text_width(t, self.size) for t in (spec.x if spec.horizontal else names))
        several = len(spec.rows) > 1
        side = max(text_width(name, self.size) for name, _, _ in spec.rows) + 44
        self.ends = several and spec.type == "line" and self.look["legend"] == "ends"
        self.where = "top" if self.look["legend"] == "ends" and not self.ends else self.look["legend"]
        if self.where == "inside" and spec.type not in ("line", "scatter"):
            self.where = "right"
        right = side if several and (self.ends or self.where == "right") else 24
        slant = self.look["slanted"] if not spec.horizontal and spec.type != "scatter" else 0
        low = (
            max((text_width(c, self.size) for c in spec.x), default=0) * math.sin(math.radians(slant)) + 1.5 * self.size
        )
        self.slant = slant
        self.x0 = widest + 20 + (1.8 * self.size if self._turned() else 0)
        self.x1 = self.look["width"] - right
        self.y0 = 44 + (26 if several and self.where == "top" else 0) + (0 if self._turned() else 1.6 * self.size)
        foot = low + 12 + (1.8 * self.size if self._below() else 0) + (28 if several and self.where == "bottom" else 0)
        self.y1 = self.look["height"] - foot
        self.low = low

    def _turned(self) -> bool:
        return bool(self._beside()) and self.look["y_label"] == "turned"

    def _beside(self) -> str:
        return self.spec.x_label if self.spec.horizontal else self.spec.y_label

    def _below(self) -> str:
        return self.spec.y_label if self.spec.horizontal else self.spec.x_label

    def _ticks(self) -> list[float]:
        values = [v for _, row, _ in self.spec.rows for v in row]
        if self.spec.log:
            return [10.0**k for k in range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)]
        top = max(values)
        if self.spec.type == "bar_stacked" or self.spec.type == "area":
            top = max(sum(column) for column in zip(*(row for _, row, _ in self.spec.rows), strict=True))
        loose = self.spec.type in ("line", "scatter") and not self.look["zero"]
        return tick_values(min(values) if loose else 0.0, top * 1.04)

    def at(self, value: float) -> float:
        """The pixel of a value on the value axis."""
        first, last = self.ticks[0], self.ticks[-1]
        share = (value - first) / (last - first)
        if self.spec.log:
            share = math.log10(value / first) / math.log10(last / first)
        return self.x0 + share * (self.x1 - self.x0) if self.spec.horizontal else self.y1 - share * (self.y1 - self.y0)

    def slot(self, index: int) -> tuple[float, float]:
        """The middle and width of a category's place."""
        n = len(self.spec.x)
        if self.spec.horizontal:
            width = (self.y1 - self.y0) / n
            return self.y0 + width * (index + 0.5), width
        width = (self.x1 - self.x0) / n
        if self.spec.type == "area":
            width = (self.x1 - self.x0) / (n - 1)
            return self.x0 + width * index, width
        return self.x0 + width * (index + 0.5), width

    def axes(self) -> None:
        paper, ink = self.paper, self.ink
        if self.look["panel"]:
            paper.rect(
                self.x0, self.y0, self.x1 - self.x0, self.y1 - self.y0, "#262a36" if self.look["dark"] else "#f0f0f4"
            )
        for tick in self.ticks:
            p = self.at(tick)
            text = printed(tick, self.look["ticks"], self.chinese)
            if self.spec.horizontal:
                if self.look["grid"] != "none":
                    paper.line([(p, self.y0), (p, self.y1)], ink.grid, 1, self.look["dashed"])
                paper.text(p, self.y1 + self.size, text, self.size, ink.text, "middle")
            else:
                if self.look["grid"] != "none":
                    paper.line([(self.x0, p), (self.x1, p)], ink.grid, 1, self.look["dashed"])
                paper.text(self.x0 - 8, p, text, self.size, ink.text, "end")
        if self.spec.type == "scatter":
            self._number_row()
        self._names()
        self._frame()
        beside, below = self._beside(), self._below()
        if beside and self._turned():
            paper.text(self.size, (self.y0 + self.y1) / 2, beside, self.size, ink.text, "middle", 90)
        elif beside:
            paper.text(8, self.y0 - 1.4 * self.size, beside, self.size, ink.text)
        if below:
            paper.text((self.x0 + self.x1) / 2, self.y1 + self.low + self.size, below, self.size, ink.text, "middle")

    def _number_row(self) -> None:
        for tick in range(0, 101, 20):
            x = self.own(tick)
            if self.look["grid"] == "both":
                self.paper.line([(x, self.y0), (x, self.y1)], self.ink.grid, 1, self.look["dashed"])
            self.paper.text(x, self.y1 + self.size, str(tick), self.size, self.ink.text, "middle")

    def own(self, x: float) -> float:
        """The pixel of a scatter chart's own x, whose axis runs from 0 to 100."""
        return self.x0 + (self.x1 - self.x0) * x / 100

    def _names(self) -> None:
        for index, name in enumerate(self.spec.x):
            p, _ = self.slot(index)
            if self.spec.horizontal:
                self.paper.text(self.x0 - 8, p, name, self.size, self.ink.text, "end")
            elif self.slant:
                self.paper.text(p, self.y1 + 0.8 * self.size, name, self.size, self.ink.text, "end", self.slant)
            else:
                step = 1 + int(max(text_width(n, self.size) for n in self.spec.x) * 1.15 / self.slot(0)[1])
                if index % step == 0:
                    self.paper.text(p, self.y1 + self.size, name, self.size, self.ink.text, "middle")

    def _frame(self) -> None:
        x0, y0, x1, y1 = self.x0, self.y0, self.x1, self.y1
        corners: dict[str, list[Point]] = {
            "bottom": [(x0, y1), (x1, y1)],
            "left-bottom": [(x0, y0), (x0, y1), (x1, y1)],
            "box": [(x0, y0), (x0, y1), (x1, y1), (x1, y0), (x0, y0)],
        }
        edge = self.look["frame"]
        if self.spec.horizontal and edge == "bottom":
            edge = "left-bottom"
        self.paper.line(corners[edge], self.ink.axis, 1)

    def bars(self) -> None:
        spec, stacked = self.spec, self.spec.type == "bar_stacked"
        rows = len(spec.rows)
        for index in range(len(spec.x)):
            middle, width = self.slot(index)
            room = width * (1 - self.look["gap"])
            each = room if stacked or rows == 1 else room / rows
            foot = 0.0
            for k, (_, values, _) in enumerate(spec.rows):
                start = middle - room / 2 + (0 if stacked or rows == 1 else k * each)
                thick = each if stacked or rows == 1 or self.look["touching"] else each - 3
                color = spec.colors[index % 9 if self.look["varied"] and rows == 1 else k]
                base = foot if stacked else 0.0
                self._bar(start, thick, self.at(base), self.at(base + values[index]), color)
                if spec.labels:
                    self._bar_label(start + thick / 2, base, values[index], stacked)
                foot += values[index]

    def _bar(self, start: float, thick: float, foot: float, end: float, color: str) -> None:
        outline = self.ink.text if self.look["outline"] else ""
        radius = 3 if self.look["rounded"] and self.spec.type != "bar_stacked" else 0
        if self.spec.horizontal:
            self.paper.rect(foot, start, end - foot, thick, color, radius=radius, outline=outline)
        else:
            self.paper.rect(start, end, thick, foot - end, color, radius=radius, outline=outline)

    def _bar_label(self, middle: float, base: float, value: float, stacked: bool) -> None:
        size, text = self.size - 1, f"{value:g}" if value < 1e6 else f"{value:.0f}"
        if stacked:
            p = self.at(base + value / 2)
            room = abs(self.at(base + value) - self.at(base))
            size = min(size, max(8.0, room - 2))
        else:
            p = self.at(base + value) + (5 if self.spec.horizontal else -0.7 * size)
        x, y = (p, middle) if self.spec.horizontal else (middle, p)
        color = "#ffffff" if stacked else self.ink.text
        self.paper.text(x, y, text, size, color, "start" if self.spec.horizontal and not stacked else "middle")

    def lines(self) -> None:
        for k, (name, values, _) in enumerate(self.spec.rows):
            points = [(self.slot(i)[0], self.at(v)) for i, v in enumerate(values)]
            self.paper.line(points, self.spec.colors[k], self.look["stroke"])
            for point in points if self.look["marker"] else ():
                self._marker(point, self.spec.colors[k])
            for point, value in zip(points, values, strict=True) if self.spec.labels else ():
                self.paper.text(
                    point[0], point[1] - 0.9 * self.size, f"{value:g}", self.size - 1, self.ink.text, "middle"
                )
            if self.ends:
                self.paper.text(points[-1][0] + 10, points[-1][1], name, self.size, self.spec.colors[k])

    def _marker(self, point: Point, color: str) -> None:
        (x, y), r, kind = point, self.look["stroke"] + 1.6, self.look["marker"]
        if kind == "square":
            self.paper.rect(x - r, y - r, 2 * r, 2 * r, color)
        elif kind == "diamond":
            self.paper.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], color)
        else:
            self.paper.circle(x, y, r, self.ink.ground if kind == "hollow" else color, color)

    def areas(self) -> None:
        below = [0.0] * len(self.spec.x)
        for k, (_, values, _) in enumerate(self.spec.rows):
            above = [b + v for b, v in zip(below, values, strict=True)]
            top = [(self.slot(i)[0], self.at(v)) for i, v in enumerate(above)]
            foot = [(self.slot(i)[0], self.at(v)) for i, v in enumerate(below)]
            self.paper.polygon([*top, *reversed(foot)], self.spec.colors[k], opacity=self.look["opacity"])
            self.paper.line(top, self.spec.colors[k], 1.5)
            below = above

    def dots(self) -> None:
        for k, (_, values, own) in enumerate(self.spec.rows):
            for x, y in zip(own or (), values, strict=True):
                self.paper.circle(self.own(x), self.at(y), 2.2 + self.look["stroke"] / 1.5, self.spec.colors[k])

    def legend(self) -> None:
        names = [name for name, _, _ in self.spec.rows]
        if len(names) < 2 or self.ends:
            return
        step = self.size * 1.7
        if self.where in ("right", "inside"):
            x = self.x1 + 14 if self.where == "right" else self.x0 + 14
            for k, name in enumerate(names):
                self._entry(x, self.y0 + 12 + k * step, name, k)
            return
        widths = [text_width(name, self.size) + 42 for name in names]
        x = (self.look["width"] - sum(widths)) / 2
        y = 46 if self.where == "top" else self.look["height"] - 12
        for k, name in enumerate(names):
            self._entry(x, y, name, k)
            x += widths[k]

    def _entry(self, x: float, y: float, name: str, k: int) -> None:
        swatch(self.paper, self.look["swatch"] if self.spec.type != "line" else "line", x, y, self.spec.colors[k])
        self.paper.text(x + 22, y, name, self.size, self.ink.text)


def swatch(paper: Paper, kind: str, x: float, y: float, color: str) -> None:
    """A legend's sample, 16 pixels wide, its middle at `y`."""
    if kind == "circle":
        paper.circle(x + 8, y, 5, color)
    elif kind == "line":
        paper.line([(x, y), (x + 17, y)], color, 2.5)
    else:
        paper.rect(x + 2, y - 6, 13, 12, color)


def _pie(spec: Spec, paper: Paper) -> None:
    ink, size, look = ink_of(spec), float(spec.look["font"]), spec.look
    values = spec.rows[0][1]
    radius = min(look["height"] - 130, look["width"] - 300) / 2
    x, y = look["width"] * (0.42 if look["wedge_names"] == "legend" else 0.5), look["height"] / 2 + 14
    at, total = math.radians(look["turn"]), sum(values)
    for k, value in enumerate(values):
        turn = 2 * math.pi * value / total
        color = spec.colors[k]
        _wedge(paper, x, y, radius, 0.55 * radius if spec.type == "donut" else 0.0, at, turn, color, ink.ground)
        middle = at + turn / 2
        out_x, out_y = math.sin(middle), -math.cos(middle)
        share = f"{100 * value / total:.1f}%"
        name = f"{spec.x[k]} {share}" if spec.labels and look["wedge_names"] == "leader" else spec.x[k]
        side = "start" if out_x >= 0 else "end"
        if look["wedge_names"] == "leader":
            bend = (x + out_x * (radius + 14), y + out_y * (radius + 14))
            tip = (bend[0] + (18 if out_x >= 0 else -18), bend[1])
            paper.line([(x + out_x * radius, y + out_y * radius), bend, tip], color, 1)
            paper.text(tip[0] + (4 if out_x >= 0 else -4), tip[1], name, size, ink.text, side)
        elif look["wedge_names"] == "outside":
            paper.text(x + out_x * (radius + 10), y + out_y * (radius + 12), name, size, ink.text, side)
        else:
            top = y - len(values) * size * 0.9
            swatch(
                paper,
                "circle" if look["swatch"] == "circle" else "square",
                x + radius + 60,
                top + k * size * 1.8,
                color,
            )
            paper.text(x + radius + 84, top + k * size * 1.8, name, size, ink.text)
        if spec.labels and look["wedge_names"] != "leader":
            reach = radius * (0.78 if spec.type == "donut" else 0.66)
            paper.text(x + out_x * reach, y + out_y * reach, share, size - 1, "#ffffff", "middle")
        at += turn


def _wedge(
    paper: Paper, x: float, y: float, radius: float, inner: float, start: float, turn: float, color: str, edge: str
) -> None:
    steps = max(2, round(turn * 60))
    angles = [start + turn * k / steps for k in range(steps + 1)]
    outer = [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in angles]
    hole = [(x + inner * math.sin(a), y - inner * math.cos(a)) for a in reversed(angles)] if inner else [(x, y)]
    paper.polygon([*outer, *hole], color, edge)
