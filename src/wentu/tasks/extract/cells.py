"""Two-column tables: labels in the left cell, at half the height of what stands in the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from statistics import median

from wentu.tasks.extract.labels import Piece
from wentu.tasks.extract.sheet import Span

_MIN_LABELS = 2
_EDGE = 1.2  # how far left edges of one column may be apart, in line heights
_EMPTY = 1.5  # what a label without a line beside it costs, in line heights
_BETTER = 0.6  # centred cells are believed where they explain the places so much better than top-aligned ones


def centred_blocks(pieces: Sequence[Piece]) -> Mapping[int, Sequence[Span]]:
    """The lines of each label's cell by the label's number, where labels are centred; empty where they are not."""
    found: dict[int, Sequence[Span]] = {}
    for column in _columns(pieces):
        lines = _lines(pieces, column)
        if len(lines) < _MIN_LABELS:
            continue
        centres = [pieces[number].span.box.center[1] for number in column]
        top, _ = _partition(lines, centres, middle=False)
        cost, groups = _partition(lines, centres, middle=True)
        empty = _EMPTY * lines[0].height * sum(not group for group in groups)  # the same in both, and no evidence
        if cost - empty < _BETTER * (top - empty):
            found.update({number: group for number, group in zip(column, groups, strict=True) if len(group) > 1})
    return found


def _columns(pieces: Sequence[Piece]) -> list[list[int]]:
    """Runs of labels with one left edge, alone on their lines, from top to bottom."""
    alone = [
        n
        for n, piece in enumerate(pieces)
        if piece.label
        and not any(
            p.span.line == piece.span.line and p is not piece and p.span.page == piece.span.page for p in pieces
        )
    ]
    columns: list[list[int]] = []
    for n in sorted(alone, key=lambda n: (pieces[n].span.page, pieces[n].span.box.center[1])):
        span = pieces[n].span
        for column in columns:
            last = pieces[column[-1]].span
            if (
                last.page == span.page
                and min(abs(last.box.x0 - span.box.x0), abs(last.box.center[0] - span.box.center[0]))
                < _EDGE * span.height
            ):
                column.append(n)
                break
        else:
            columns.append([n])
    return [column for column in columns if len(column) >= _MIN_LABELS]


def _lines(pieces: Sequence[Piece], column: Sequence[int]) -> list[Span]:
    """The left-aligned lines right of a column of labels, at its height."""
    labels = [pieces[n].span for n in column]
    right = median([span.box.x1 for span in labels])  # a label over its value may be wider than the column
    size = labels[0].height
    top, bottom = labels[0].box.y0 - 3 * size, labels[-1].box.y1 + 5 * size
    beside = [
        piece.span
        for piece in pieces
        if piece.span.page == labels[0].page
        and piece.span.box.x0 > right - 0.3 * size
        and top < piece.span.box.center[1] < bottom
    ]
    if not beside:
        return []
    left = min(span.box.x0 for span in beside)
    labelled = {id(piece.span) for piece in pieces if piece.label}
    lines = [span for span in beside if span.box.x0 - left < _EDGE * size and id(span) not in labelled]
    return sorted(lines, key=lambda span: span.box.center[1])


def _partition(lines: Sequence[Span], labels: Sequence[float], *, middle: bool) -> tuple[float, list[list[Span]]]:
    """Lines dealt out to labels in order; the cost is how far labels are from where they belong."""
    centres = [span.box.center[1] for span in lines]
    pitches = [below - above for above, below in pairwise(centres)]
    close = min(pitches, default=0.0)

    def off(start: int, end: int, label: float) -> float:
        if end == start:  # its value stands elsewhere, under it for instance
            return _EMPTY * lines[0].height
        goal = (centres[start] + centres[end - 1]) / 2 if middle else centres[start]
        # Lines of one value stand closer than those of two: a wide step inside a cell speaks against it.
        wide = sum(pitches[n] - close for n in range(start, end - 1))
        return abs(goal - label) + wide

    @cache
    def best(start: int, k: int) -> tuple[float, tuple[int, ...]]:
        if k == len(labels):
            return 0.0, ()  # lines under the last cell belong to nobody
        options = [
            (off(start, end, labels[k]) + cost, (end, *cuts))
            for end in range(start, len(lines) + 1)
            for cost, cuts in (best(end, k + 1),)
        ]
        return min(options, default=(float("inf"), ()))

    cost, cuts = best(0, 0)
    groups, start = [], 0
    for end in cuts:
        groups.append(list(lines[start:end]))
        start = end
    return cost, groups if len(groups) == len(labels) else [[] for _ in labels]
