"""Path data of OFD (9.1, 表 35): lines and curves as rows of points."""

from __future__ import annotations

from itertools import pairwise

from wentu.intake.decoder.ofd.numbers import Matrix, numbers, put

Point = tuple[float, float]
# How many numbers follow each letter: start, move, line, quadratic, cubic, arc, close.
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_PIECES = 12  # straight pieces of a curve; a curve on a form is short
_MAX_POINTS = 200_000


def outlines(data: str, matrix: Matrix) -> list[list[Point]]:
    """The path's strokes in pixels, each with at least two points; arcs are drawn as their chords."""
    found: list[list[Point]] = []
    line: list[Point] = []
    words = data.split()[:_MAX_POINTS]
    at = 0
    while at < len(words):
        letter = words[at]
        takes = _TAKES[letter]  # a letter that is none makes the file unreadable
        values = numbers(" ".join(words[at + 1 : at + 1 + takes]))
        at += 1 + takes
        if letter in "SM":
            line = [(values[0], values[1])]
            found.append(line)
        elif letter == "C" and line:
            line.append(line[0])
        elif line:
            line.extend(_curve(line[-1], values))
    return [[put(matrix, x, y) for x, y in line] for line in found if len(line) > 1]


def _curve(start: Point, values: list[float]) -> list[Point]:
    if len(values) not in (4, 6):
        return [(values[-2], values[-1])]
    points = [start, *zip(values[::2], values[1::2], strict=True)]
    return [_bezier(points, n / _PIECES) for n in range(1, _PIECES + 1)]


def _bezier(points: list[Point], t: float) -> Point:
    """A point of a Bezier curve (de Casteljau)."""
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(points)]
    return points[0]
