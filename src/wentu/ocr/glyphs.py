"""Glyphs of a text layer on the lines that OCR found, and their text as one reads it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from statistics import median

import numpy as np

from wentu.core.geometry import Box, Glyph, around
from wentu.core.text import is_chinese
from wentu.core.types import TextLine

_NEW_ROW = 0.6  # of the usual height of a glyph between two centres; "一" and "." may have low boxes
_PAST = 0.35  # of a line's height: the ink of "）" or "。" ends left of its advance, and so does OCR's line
_BLANK = 0.18  # of a glyph's height between two advances; a blank is 0.22 to 0.33 of it in usual fonts
_APART = 1.2  # of a glyph's height: wider gaps part two lines
_SAME_PLACE = 0.7  # of the smaller box: print that was made bold by printing it twice


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The glyphs' text, row by row. Blanks stand where Latin words are apart; Chinese print has none."""
    out = ""
    before: Glyph | None = None
    for row in rows(glyphs):
        for one in row:
            if before is not None and _is_blank(before, one, same_row=before in row):
                out += " "
            out += plain(one.text)
            before = one
    return out


def rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs by rows from top to bottom, each from left to right, doubled ones once."""
    found: list[list[Glyph]] = []
    apart = _NEW_ROW * median([one.box.height for one in glyphs]) if glyphs else 0.0
    for one in sorted(glyphs, key=lambda glyph: glyph.box.center[1]):
        row = found[-1] if found else []
        if row and one.box.center[1] - row[-1].box.center[1] < apart:
            row.append(one)
        else:
            found.append([one])
    return [_once(sorted(row, key=lambda glyph: glyph.box.center[0])) for row in found]


def runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Rows, cut where a gap is too wide to be one between words."""
    found: list[list[Glyph]] = []
    for row in rows(glyphs):
        for one in row:
            if found and one is not row[0] and one.box.x0 - found[-1][-1].box.x1 < _APART * one.box.height:
                found[-1].append(one)
            else:
                found.append([one])
    return found


def dealt(glyphs: Sequence[Glyph], lines: Sequence[TextLine]) -> tuple[list[list[Glyph]], list[Glyph]]:
    """The glyphs that stand in each line, and those that stand in none. Of two lines the nearer one has a glyph."""
    shares: list[list[Glyph]] = [[] for _ in lines]
    if not lines:
        return shares, list(glyphs)
    boxes = [line.box for line in lines]
    x0, y0, x1, y1 = (np.array([getattr(box, edge) for box in boxes]) for edge in ("x0", "y0", "x1", "y1"))
    over: list[Glyph] = []
    for one in glyphs:
        x, y = one.box.center
        past = np.maximum(np.maximum(x0 - x, x - x1), 0)
        inside = (past <= _PAST * np.minimum(y1 - y0, one.box.height)) & (y0 <= y) & (y <= y1)
        far = np.where(inside, past + np.abs(y - (y0 + y1) / 2), np.inf)
        at = int(far.argmin())
        (shares[at] if np.isfinite(far[at]) else over).append(one)
    return shares, over


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The box around some glyphs."""
    return around([one.box for one in glyphs])


def plain(character: str) -> str:
    """Radicals and compatibility ideographs that PDF writers put for everyday characters, and ligatures, as one types
    them; everything else as it is."""
    name = ord(character)
    if 0x2E80 <= name <= 0x2FDF or 0xF900 <= name <= 0xFAFF or 0xFB00 <= name <= 0xFB06:
        return unicodedata.normalize("NFKC", character)
    return character


def _once(row: Sequence[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for one in row:
        last = kept[-1] if kept else None
        if last is None or last.text != one.text or _shared(last.box, one.box) < _SAME_PLACE:
            kept.append(one)
    return kept


def _shared(a: Box, b: Box) -> float:
    return (min(a.x1, b.x1) - max(a.x0, b.x0)) / max(1.0, min(a.width, b.width))


def _is_blank(before: Glyph, after: Glyph, *, same_row: bool) -> bool:
    if is_chinese(before.text) or is_chinese(after.text):
        return False
    return not same_row or after.box.x0 - before.box.x1 > _BLANK * min(before.box.height, after.box.height)
