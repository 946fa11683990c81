"""How text lines stand on a page: rows and reading order, from boxes alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from wentu.core.types import TextLine

# Two lines share a row when their vertical overlap is at least this part of the lower one. Half would join lines of
# a tight table to their neighbours under 2 degrees of tilt; measured by eye on the receipts of the test set.
ROW_OVERLAP = 0.6


def rows(lines: Iterable[TextLine]) -> list[list[TextLine]]:
    """Lines grouped into rows from top to bottom, each row from left to right."""
    found: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: item.box.center[1]):
        # The row's nearest neighbour decides, not its mean: a tilted row drifts from end to end.
        row = next((row for row in reversed(found[-3:]) if _shares_row(_nearest(row, line), line)), None)
        if row is None:
            found.append([line])
        else:
            row.append(line)
    for row in found:
        row.sort(key=lambda item: item.box.x0)
    return sorted(found, key=lambda row: min(line.box.center[1] for line in row))


def reading_order(lines: Iterable[TextLine]) -> list[TextLine]:
    """Lines as a person reads them: row by row, left to right."""
    return [line for row in rows(lines) for line in row]


def median_height(lines: Sequence[TextLine]) -> float:
    """The usual height of a line in pixels; 0 without lines."""
    return median(line.box.height for line in lines) if lines else 0.0


def _nearest(row: list[TextLine], line: TextLine) -> TextLine:
    return min(row, key=lambda other: abs(other.box.center[0] - line.box.center[0]))


def _shares_row(a: TextLine, b: TextLine) -> bool:
    overlap = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
    lower = min(a.box.height, b.box.height)
    apart = a.box.x1 <= b.box.x0 + lower or b.box.x1 <= a.box.x0 + lower
    return apart and lower > 0 and overlap >= ROW_OVERLAP * lower
