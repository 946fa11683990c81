"""One character on the page, as wide as the file wants it."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from wentu.core.geometry import Box, Glyph
from wentu.intake.decoder.ofd.fonts import Face
from wentu.intake.decoder.ofd.numbers import Color
from wentu.intake.decoder.visible import Inked

_ASCENT, _DESCENT = 0.88, 0.12  # of an em: where Chinese print stands on its line
_AS_WIDE = 0.03  # a smaller stretch is not seen


def write(
    image: Image.Image, character: str, face: Face, at: tuple[float, float], stretch: float, color: Color
) -> Inked:
    """Draws a character whose base line starts at `at` (pixels), `stretch` times as wide as its font has it."""
    x, y = at
    if abs(stretch - 1) < _AS_WIDE:
        stretch = 1.0
        ImageDraw.Draw(image).text(at, character, color, face, anchor="ls")
    else:
        _paste(image, character, face, at, stretch, color)
    left, top, right, bottom = _ink(face, character)
    ink = Box(x + left * stretch, y + top, x + right * stretch, y + bottom)
    advance = Box(x, y - _ASCENT * face.size, x + face.getlength(character) * stretch, y + _DESCENT * face.size)
    return Inked(Glyph(character, advance), ink)


def _paste(
    image: Image.Image, character: str, face: Face, at: tuple[float, float], stretch: float, color: Color
) -> None:
    edge = math.ceil(face.size / 4)
    base = math.ceil(face.size * 1.2)
    tile = Image.new("L", (math.ceil(face.getlength(character)) + 2 * edge, base + 2 * edge))
    ImageDraw.Draw(tile).text((edge, base), character, 255, face, anchor="ls")
    tile = tile.resize((max(1, round(tile.width * stretch)), tile.height))
    image.paste(color, (round(at[0] - edge * stretch), round(at[1]) - base), tile)


def _ink(face: Face, character: str) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a character's ink, from the start of its base line."""
    mask, (right, down) = face.getmask2(character, anchor="ls")
    left, top, end, bottom = mask.getbbox() or (0, 0, 0, 0)
    return right + left, down + top, right + end, down + bottom
