"""Which characters of a page's own text can be seen on it.

A page is drawn twice, as it is and without its text. Where the two differ, text is seen; where they do not, the text is
white on white, behind a picture, off the page, clipped away or transparent, and it is left out: what nobody sees may
not be read either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops

from wentu.core.geometry import UNKNOWN, Box, Glyph

_SEEN = 32  # of 255, in the clearest channel: fainter print is not found by OCR either
_SHARE = 0.5  # of the ink's width and height; a character that is half covered is not readable
_SPECK_PX = 4


@dataclass(frozen=True, slots=True)
class Inked:
    """A character with the box of its ink (x0, y0, x1, y1 in pixels), which is smaller than that of its advance."""

    glyph: Glyph
    ink: Box


def seen(page: Image.Image, bare: Image.Image, characters: Iterable[Inked]) -> Iterator[Glyph]:
    """The characters that stand on `page` and not on `bare`, the same page without text; both RGB of one size.

    One that shows in part only is given as UNKNOWN: something is there, and the file's word for it is not to be used.
    """
    red, green, blue = ImageChops.difference(page, bare).split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    ink = strongest.point([255 if value >= _SEEN else 0 for value in range(256)])
    for one in characters:
        share = _share_seen(ink, one.ink)
        if share > 0:
            yield one.glyph if share >= _SHARE else Glyph(UNKNOWN, one.glyph.box)


def _share_seen(ink: Image.Image, box: Box) -> float:
    """How much of the box's width or height, whichever is less, the ink inside it takes up; 0..1. A speck (a decimal
    point) is there or not."""
    if box.x0 < 0 or box.y0 < 0 or box.x1 > ink.width or box.y1 > ink.height:
        return 0.0
    found = ink.crop((int(box.x0), int(box.y0), int(box.x1) + 1, int(box.y1) + 1)).getbbox()
    if found is None:
        return 0.0
    if max(box.width, box.height) < _SPECK_PX:
        return 1.0
    return min((found[2] - found[0]) / max(1.0, box.width), (found[3] - found[1]) / max(1.0, box.height))
