"""A page as the deterministic reading sees it: stretches of text lines at level places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from wentu.core.geometry import around
from wentu.core.results import Region
from wentu.core.text import display_width, is_chinese, normalize
from wentu.core.types import Box, Page, Polygon
from wentu.tasks.extract.level import level

# "" is a line without a character that says anything; the others are printed across samples and copies.
_MARKS = frozenset({"", "样例", "样本", "样张", "sample", "specimen", "copy", "仅供测试"})
_SAME_ROW = 0.5  # vertical overlap, as a part of the lower line, that puts two lines into one row


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of line `line` of page `page`; `box` is in level coordinates of that page."""

    text: str
    page: int
    line: int
    start: int
    end: int
    box: Box
    score: float

    @property
    def height(self) -> float:
        return self.box.height

    def cut(self, start: int, end: int) -> Span:
        """A part of this span, by offsets into its text; the box is cut by display width."""
        whole = display_width(self.text) or 1
        a, b = display_width(self.text[:start]) / whole, display_width(self.text[:end]) / whole
        box = Box(self.box.x0 + self.box.width * a, self.box.y0, self.box.x0 + self.box.width * b, self.box.y1)
        return Span(self.text[start:end], self.page, self.line, self.start + start, self.start + end, box, self.score)

    def trimmed(self, characters: str) -> Span:
        """The span without these characters at its ends."""
        left = len(self.text) - len(self.text.lstrip(characters))
        right = len(self.text.rstrip(characters))
        return self.cut(left, max(left, right))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Spans of all pages, one a line, in reading order page by page."""

    spans: tuple[Span, ...]
    pages: tuple[Page, ...]
    size: float = field(default=1.0)

    @property
    def text(self) -> str:
        return "\n".join(span.text for span in self.spans)

    def bounds(self, page: int = 0) -> Box:
        """The box around all text of a page."""
        boxes = [span.box for span in self.spans if span.page == page]
        return around(boxes) if boxes else Box(0, 0, 1, 1)

    def region(self, spans: Sequence[Span]) -> tuple[Region, ...]:
        """Where the spans stand, in pixels of their pictures; one region a line."""
        return tuple(
            Region(span.page, part(self.pages[span.page].lines[span.line].polygon, span, self), (span.line,))
            for span in spans
        )


def make_sheet(pages: Sequence[Page]) -> Sheet:
    """The pages' lines, level and in reading order."""
    spans: list[Span] = []
    for number, page in enumerate(pages):
        boxes = level(page.lines, page.picture.width, page.picture.height)
        found = [
            span
            for index, (line, box) in enumerate(zip(page.lines, boxes, strict=True))
            if normalize(line.text).text not in _MARKS
            for span in _upright(Span(line.text, number, index, 0, len(line.text), box, line.score))
        ]
        spans.extend(span for row in rows(found) for span in row)
    return Sheet(tuple(spans), tuple(pages), median([span.height for span in spans]) if spans else 1.0)


def _upright(span: Span) -> Iterator[Span]:
    """The span itself; of a line that runs from top to bottom each character, where it stands.

    OCR takes a column of single characters (units in a table, 购买方 beside its block) for one line.
    """
    n = len(span.text)
    if n < 2 or span.height < 1.3 * span.box.width or not is_chinese(span.text):
        yield span
        return
    step = span.height / n
    for i, character in enumerate(span.text):
        box = Box(span.box.x0, span.box.y0 + i * step, span.box.x1, span.box.y0 + (i + 1) * step)
        yield Span(character, span.page, span.line, i, i + 1, box, span.score)


def rows(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans of one page grouped into rows from top to bottom, each row from left to right."""
    found: list[list[Span]] = []
    for span in sorted(spans, key=lambda item: item.box.center[1]):
        row = next((row for row in reversed(found[-4:]) if _fits(row, span)), None)
        if row is None:
            found.append([span])
        else:
            row.append(span)
    for row in found:
        row.sort(key=lambda item: item.box.x0)
    return sorted(found, key=lambda row: median([span.box.center[1] for span in row]))


def same_row(a: Span, b: Span, share: float = _SAME_ROW) -> bool:
    """Whether two spans of a page stand beside each other."""
    overlap = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
    lower = min(a.height, b.height)
    return a.page == b.page and lower > 0 and overlap >= share * lower


def _fits(row: list[Span], span: Span) -> bool:
    nearest = min(row, key=lambda other: abs(other.box.center[0] - span.box.center[0]))
    crossing = any(
        min(other.box.x1, span.box.x1) - max(other.box.x0, span.box.x0) > 0.6 * min(other.height, span.height)
        for other in row
    )
    return same_row(nearest, span, 0.55) and not crossing


def part(polygon: Polygon, span: Span, sheet: Sheet) -> Polygon:
    """The picture's polygon of a span inside its line, cut by display width."""
    text = sheet.pages[span.page].lines[span.line].text
    whole = display_width(text) or 1
    a, b = display_width(text[: span.start]) / whole, display_width(text[: span.end]) / whole
    top_left, top_right, bottom_right, bottom_left = polygon
    if math.dist(top_left, bottom_left) > 1.3 * math.dist(top_left, top_right):  # the text runs downward
        top_left, top_right, bottom_right, bottom_left = top_right, bottom_right, bottom_left, top_left
    ends: Iterator[tuple[tuple[float, float], tuple[float, float], float]] = iter(
        (
            (top_left, top_right, a),
            (top_left, top_right, b),
            (bottom_left, bottom_right, b),
            (bottom_left, bottom_right, a),
        )
    )
    return tuple((p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t) for p, q, t in ends)
