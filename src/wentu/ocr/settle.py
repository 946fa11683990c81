"""A page's own text held against its pixels: what of it is used, and what only stands as a doubt.

The pixels are the truth that wentu shows, the layer is exact where it does not lie. So a layer's characters are used
where the recogniser reads the same, at the first look (OCR's line) or at a second one (the crop that the layer itself
names), or where it holds them for nearly as likely as what it reads. Elsewhere OCR's line stays, with the layer as its
rival. What OCR found no line for is taken from the layer only when the crop says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Protocol
from unicodedata import category

from wentu.core.geometry import UNKNOWN, Box, Glyph
from wentu.core.text import normalize
from wentu.core.types import TextLine
from wentu.ocr.glyphs import box_of, dealt, runs, text_of

# Of the lines with a layer, this share must be read alike at the first look; below it the file's Unicode map is broken
# or its text is somebody else's, and none of it is used. Pages of Chromium's PDFs: 0.93 and more.
_TRUSTED = 0.5
# Natural log of "as likely as what was read". Misread characters of 15 drawn PDFs lay at -1 to -3.3, one digit or
# character altered at random at -14 and below (docs/decisions/0027-words-that-the-pixels-bear-out.md).
_AS_LIKELY = -5.0
_DRAWN = frozenset("⊗⊕⊙⊠")  # of category Sm, as "+" is
_MAX_LOOKS = 60  # crops of a page that are looked at again; about 10 ms each


class Seen(Protocol):
    """What a second look at a crop gives."""

    @property
    def text(self) -> str: ...

    def likelihood(self, text: str) -> float:
        """Natural log of the probability that exactly this text stands there."""


Look = Callable[[Box], Seen]


def settle(lines: Sequence[TextLine], layer: Sequence[Glyph], look: Look) -> list[TextLine]:
    """OCR's lines with the layer's characters where the pixels bear them out, and lines that OCR had missed."""
    shares, over = dealt(layer, lines)
    told = [text_of(share) for share in shares]
    same = [_same(text, line.text) for text, line in zip(told, lines, strict=True)]
    if not any(told) or sum(same) < _TRUSTED * sum(1 for text in told if text):
        return list(lines)
    settled: list[TextLine] = []
    looks = _MAX_LOOKS
    for line, share, text, alike in zip(lines, shares, told, same, strict=True):
        if alike:
            settled.append(replace(line, text=text, score=1.0, source="layer"))
        elif not text or UNKNOWN in text:
            settled.append(line)
        elif looks > 0:
            looks -= 1
            settled.append(_second(line, text, look(box_of(share))))
        else:
            settled.append(replace(line, rival=text))
    return settled + _missed(over, look, looks)


def _second(line: TextLine, text: str, seen: Seen) -> TextLine:
    if _same(text, seen.text):
        return replace(line, text=text, score=1.0, source="layer")
    if _as_likely(text, seen):
        return replace(line, text=text, source="layer")
    return replace(line, rival=text)


def _missed(glyphs: Sequence[Glyph], look: Look, looks: int) -> list[TextLine]:
    """Runs of glyphs under which OCR found no line, as far as a look at the place reads the same."""
    found = []
    for run in runs(glyphs)[:looks]:
        text, box = text_of(run), box_of(run)
        if UNKNOWN not in text and _same(text, look(box).text):
            found.append(TextLine(text, box.polygon, 1.0, "layer"))
    return found


def _same(a: str, b: str) -> bool:
    return bool(a) and _compared(a) == _compared(b)


def _compared(text: str) -> str:
    """Comparing form without signs that are drawn rather than written (the ⊗ before an amount in capitals)."""
    return normalize("".join(one for one in text if one not in _DRAWN and category(one) != "So")).text


def _as_likely(text: str, seen: Seen) -> bool:
    """Whether the recogniser can't tell the layer's text from what it read itself. Only characters that differ count:
    the width of brackets and blanks, which it can't tell at all, are as it read them."""
    return seen.likelihood(_in_its_words(text, seen.text)) - seen.likelihood(seen.text) >= _AS_LIKELY


def _in_its_words(text: str, read: str) -> str:
    """`text` written with the characters of `read` wherever both say the same in comparing form."""
    wanted, own = normalize(text), normalize(read)
    out = ""
    for what, a, b, c, d in SequenceMatcher(None, wanted.text, own.text, autojunk=False).get_opcodes():
        source, (start, end) = (own, (c, d)) if what == "equal" else (wanted, (a, b))
        if end > start:
            first, last = source.span(start, end)
            out += (read if source is own else text)[first:last]
    return out
