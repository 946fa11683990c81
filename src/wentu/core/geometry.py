"""Places in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Points (x, y) in picture pixels, origin top left, clockwise from the top left one.
Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in picture pixels, origin top left: x0 <= x1, y0 <= y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def polygon(self) -> Polygon:
        return ((self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1))


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of these, of which there is at least one."""
    return Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))


UNKNOWN = "\ufffd"  # the text of a glyph that is there, but whose character the file does not tell


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of a page's own text (PDF, OFD) and the box of its advance in picture pixels."""

    text: str
    box: Box
