"""The kinds of marks: what each reader of a chart type finds, in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wentu.core.types import Box
from wentu.tasks.chart.ink import Colour

Orientation = Literal["vertical", "horizontal"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where marks may stand: inside the axes' labels and outside the legend."""

    box: Box


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle. `colour` is the index into the chart's colours."""

    colour: int
    box: Box

    def across(self, orientation: Orientation) -> tuple[float, float]:
        """Its extent along the category axis."""
        return (self.box.x0, self.box.x1) if orientation == "vertical" else (self.box.y0, self.box.y1)

    def along(self, orientation: Orientation) -> tuple[float, float]:
        """Its extent along the value axis, the end nearer to the picture's origin first."""
        return (self.box.y0, self.box.y1) if orientation == "vertical" else (self.box.x0, self.box.x1)


@dataclass(frozen=True, slots=True)
class Bars:
    """All bars of a chart; `base` is the pixel of the common foot."""

    orientation: Orientation
    bars: tuple[Bar, ...]
    base: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A pie or a ring (`inner` > 0). `wedges` are (colour index, share 0..1, middle angle) clockwise from the top."""

    x: float
    y: float
    radius: float
    inner: float
    wedges: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line or the upper edge of an area: the middle of its ink in each column where it has any."""

    colour: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    thickness: float


@dataclass(frozen=True, slots=True)
class Dots:
    """Separate marks of one colour, each by its middle."""

    colour: int
    points: tuple[tuple[float, float], ...]
    size: float


Palette = tuple[Colour, ...]
