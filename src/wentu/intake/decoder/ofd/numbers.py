"""Numbers, places and colours as OFD writes them (7.3)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

Matrix = tuple[float, float, float, float, float, float]
Color = tuple[int, int, int]

UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
BLACK: Color = (0, 0, 0)
_FARTHEST = 100_000.0  # mm; a page is some hundred


def numbers(text: str | None) -> list[float]:
    """Numbers apart by blanks. Raises ValueError for what is none, or lies out of all bounds."""
    found = [float(one) for one in (text or "").split()]
    if not all(math.isfinite(one) and abs(one) < _FARTHEST for one in found):
        raise ValueError("a number is out of bounds")
    return found


def number(element: Element, name: str, default: float) -> float:
    found = numbers(element.get(name))
    return found[0] if found else default


def steps(text: str | None) -> Iterator[float]:
    """The distances of DeltaX or DeltaY: numbers, "g 3 5.2" standing for 5.2 three times (11.3)."""
    words = iter((text or "").split())
    for word in words:
        if word != "g":
            yield from numbers(word)
            continue
        times, step = int(next(words, "0")), numbers(next(words, ""))
        for _ in range(min(times, 100_000)):
            yield from step


def box_of(element: Element | None, name: str = "") -> tuple[float, float, float, float] | None:
    """(x, y, width, height) in mm out of an attribute or an element's text; None where there is none."""
    if element is None:
        return None
    found = numbers(element.get(name) if name else element.text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 else None


def within(outer: Matrix, element: Element) -> Matrix:
    """The matrix of an object's inside: first its CTM, then the corner of its boundary, then `outer` (8.5)."""
    x, y, _, _ = box_of(element, "Boundary") or (0.0, 0.0, 0.0, 0.0)
    own = numbers(element.get("CTM"))
    inner: Matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else UNIT
    return times(times(inner, (1.0, 0.0, 0.0, 1.0, x, y)), outer)


def times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def put(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def size_of(matrix: Matrix) -> float:
    """How much longer a length becomes, as the root of the area's growth."""
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def shape_of(matrix: Matrix) -> tuple[float, float]:
    """How much higher print becomes, and how much wider beside that; (0, 1) where it would be flat."""
    wide, high = math.hypot(matrix[0], matrix[1]), math.hypot(matrix[2], matrix[3])
    return (high, wide / high) if high > 0 else (0.0, 1.0)


def color_of(element: Element | None, default: Color, alpha: float = 255) -> Color:
    """A colour over white: grey, RGB or CMYK by the number of its values, all 0 to 255 (8.3)."""
    values = numbers(element.get("Value")) if element is not None else []
    if element is not None:
        alpha *= number(element, "Alpha", 255) / 255
    if len(values) == 4:
        values = [255 - min(255.0, ink + values[3]) for ink in values[:3]]
    rgb = values * 3 if len(values) == 1 else values if len(values) == 3 else list(default)
    share = min(max(alpha, 0.0), 255.0) / 255
    red, green, blue = (round(255 - (255 - min(max(one, 0.0), 255.0)) * share) for one in rgb)
    return red, green, blue
