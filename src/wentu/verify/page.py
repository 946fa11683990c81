"""The text lines of one picture, made searchable, down to the box of a stretch inside a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wentu.core.text import Normalized, display_width, normalize
from wentu.core.types import Polygon, TextLine


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a searched text stands: in `line`, from character `start` to `end` of its text."""

    line: TextLine
    start: int
    end: int

    @property
    def polygon(self) -> Polygon:
        return part_of(self.line, self.start, self.end)

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]


class Page:
    """One picture's lines in comparing form."""

    def __init__(self, lines: Sequence[TextLine]) -> None:
        self.lines = tuple(lines)
        self._normalized = tuple(normalize(line.text) for line in lines)

    def __iter__(self) -> Iterator[tuple[TextLine, Normalized]]:
        return iter(zip(self.lines, self._normalized, strict=True))

    def find(self, wanted: str, *, whole_number: bool) -> Hit | None:
        """The line that holds `wanted` (in comparing form). A whole number must not be part of a longer one.

        Among several lines the shortest wins: it says the least beside what was asked for.
        """
        hits = [
            Hit(line, *normalized.span(start, start + len(wanted)))
            for line, normalized in self
            for start in occurrences(wanted, normalized.text)
            if not whole_number or _stands_alone(normalized.text, start, start + len(wanted))
        ]
        return min(hits, key=lambda hit: len(hit.line.text), default=None)


def occurrences(wanted: str, text: str) -> Iterator[int]:
    """Every place, without overlap, at which `wanted` begins."""
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + len(wanted))


def part_of(line: TextLine, start: int, end: int) -> Polygon:
    """The box of characters `start` to `end` of a line: its polygon cut by display width.

    OCR gives one box a line; letters of one line are even enough that the cut is off by about half a character.
    """
    whole = display_width(line.text) or 1
    a, b = display_width(line.text[:start]) / whole, display_width(line.text[:end]) / whole
    top_left, top_right, bottom_right, bottom_left = line.polygon

    def between(p: tuple[float, float], q: tuple[float, float], t: float) -> tuple[float, float]:
        return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t

    return (
        between(top_left, top_right, a),
        between(top_left, top_right, b),
        between(bottom_left, bottom_right, b),
        between(bottom_left, bottom_right, a),
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 2]
    runs_on = after[:1].isdigit() or (after[:1] in {".", ","} and after[1:2].isdigit())
    return not before.isdigit() and before not in {".", ","} and not runs_on
