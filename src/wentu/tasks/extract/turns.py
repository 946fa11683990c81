"""A page the right way up: as it is first, then turned, each time read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wentu.core.types import Page, Picture, Polygon, TextLine
from wentu.tasks.base import Tools

_LYING = 0.6  # of the long lines
_LONG = 3  # characters


@dataclass(frozen=True, slots=True)
class Attempt:
    """Pages as they were read, and by how many quarters (counter-clockwise) they had been turned for it."""

    pages: Sequence[Page]
    quarters: int


def turned(pages: Sequence[Page], tools: Tools) -> Iterator[Attempt]:
    """The pages as they are, then turned as they may have to be; made only when asked for."""
    lying = _lie([line for page in pages for line in page.lines])
    for quarters in (1, 3, 0) if lying else (0, 2):
        yield Attempt([_turn(page, quarters, tools) if quarters else page for page in pages], quarters)


def _lie(lines: Sequence[TextLine]) -> bool:
    long = [line for line in lines if len(line.text) >= _LONG]
    return bool(long) and sum(line.box.height > 1.3 * line.box.width for line in long) > _LYING * len(long)


def _turn(page: Page, quarters: int, tools: Tools) -> Page:
    """The page turned counter-clockwise by quarters, with its lines read anew."""
    pixels = np.ascontiguousarray(np.rot90(page.picture.pixels, quarters))
    digest = hashlib.sha256(f"{page.picture.digest}/{quarters}".encode()).hexdigest()
    picture = Picture(digest, pixels)
    return Page(picture, tools.ocr(picture))


def turned_back(polygon: Polygon, quarters: int, width: int, height: int) -> Polygon:
    """A polygon of the turned picture in the coordinates of the picture as given (`width` x `height`)."""
    points = polygon
    for step in range(quarters % 4):
        # Turning by a quarter moved (x, y) of a picture w wide to (y, w - x); each quarter is undone in turn.
        wide = width if (quarters - step) % 2 else height
        points = tuple((wide - y, x) for x, y in points)
    return points
