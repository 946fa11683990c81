"""Objects of an OFD page on a Pillow image, in the order in which they are written."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from PIL import Image, ImageDraw

from wentu.intake.decoder.ofd.archive import Archive
from wentu.intake.decoder.ofd.document import Resources
from wentu.intake.decoder.ofd.fonts import Fonts
from wentu.intake.decoder.ofd.letters import write
from wentu.intake.decoder.ofd.numbers import (
    BLACK,
    Matrix,
    color_of,
    number,
    put,
    shape_of,
    size_of,
    steps,
    within,
)
from wentu.intake.decoder.ofd.outlines import outlines
from wentu.intake.decoder.visible import Inked

_DEEPEST = 15  # blocks within blocks
_FORMATS = ("PNG", "JPEG", "BMP", "GIF")
_MAX_MEDIA_PX = 40_000_000
_LINE_MM = 0.353  # the standard's width of a line that names none (8.3)
_SMALLEST_PX, _LARGEST_PX = 2.0, 2_000.0  # of print


class Drawing:
    """Draws objects on an image; without `words` everything but text. `characters` are those drawn, with their ink."""

    def __init__(self, image: Image.Image, archive: Archive, resources: Resources, *, words: bool) -> None:
        self.characters: list[Inked] = []
        self._image = image
        self._draw = ImageDraw.Draw(image)
        self._archive = archive
        self._resources = resources
        self._fonts = Fonts(archive, resources.fonts)
        self._words = words
        self._layer = ""

    def add(self, group: Element, matrix: Matrix, depth: int = 0) -> None:
        """Draws a layer, a block or an annotation's appearance. `matrix` leads from its mm to pixels."""
        if depth > _DEEPEST:
            return
        if not depth:
            self._layer = group.get("DrawParam", "")
        for one in group:
            kind = one.tag.rpartition("}")[2]
            if one.get("Visible", "true") == "false":
                continue
            if kind == "PageBlock":
                self.add(one, matrix, depth + 1)
            elif kind == "TextObject":
                self._text(one, matrix)
            elif kind == "PathObject":
                self._path(one, matrix)
            elif kind == "ImageObject":
                self._picture(one, matrix)

    def _text(self, one: Element, outer: Matrix) -> None:
        matrix = within(outer, one)
        high, stretch = shape_of(matrix)
        size_px, stretch = number(one, "Size", 0) * high, stretch * number(one, "HScale", 1)
        if not self._words or one.get("Fill", "true") == "false" or not _SMALLEST_PX <= size_px <= _LARGEST_PX:
            return
        if not 0 < stretch * size_px <= _LARGEST_PX:
            return
        color = color_of(self._given(one, "FillColor"), BLACK, number(one, "Alpha", 255))
        for code in one.findall("{*}TextCode"):
            for character, x, y in _placed(code, number(one, "Size", 0)):
                if character.isprintable() and not character.isspace():
                    face = self._fonts.face(one.get("Font", ""), size_px, character)
                    self.characters.append(write(self._image, character, face, put(matrix, x, y), stretch, color))

    def _path(self, one: Element, outer: Matrix) -> None:
        matrix = within(outer, one)
        lines = outlines(one.findtext("{*}AbbreviatedData", ""), matrix)
        alpha = number(one, "Alpha", 255)
        if one.get("Fill", "false") == "true":
            color = color_of(self._given(one, "FillColor"), BLACK, alpha)
            for line in lines:
                if len(line) > 2:
                    self._draw.polygon(line, fill=color)
        if one.get("Stroke", "true") == "true":
            widths = [number(given, "LineWidth", 0) for given in (one, *self._params(one)) if given.get("LineWidth")]
            width = widths[0] if widths else _LINE_MM
            color = color_of(self._given(one, "StrokeColor"), BLACK, alpha)
            for line in lines:
                self._draw.line(line, fill=color, width=max(1, min(200, round(width * size_of(matrix)))))

    def _picture(self, one: Element, outer: Matrix) -> None:
        """A picture fills the unit square of its object (10)."""
        part = self._resources.media.get(one.get("ResourceID", ""))
        if part is None:
            return
        matrix = within(outer, one)
        corners = [put(matrix, x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
        x0, y0 = (math.floor(min(point[axis] for point in corners)) for axis in (0, 1))
        x1, y1 = (math.ceil(max(point[axis] for point in corners)) for axis in (0, 1))
        if not (0 < x1 - x0 <= 2 * self._image.width and 0 < y1 - y0 <= 2 * self._image.height):
            return
        with Image.open(io.BytesIO(self._archive.read(part)), formats=_FORMATS) as media:
            if media.width * media.height > _MAX_MEDIA_PX:
                return
            drawn = media.convert("RGBA").resize((x1 - x0, y1 - y0))
        self._image.paste(drawn.convert("RGB"), (x0, y0), drawn.getchannel("A"))

    def _given(self, one: Element, name: str) -> Element | None:
        """An object's colour, or that of the drawing parameters it or its layer refers to."""
        found = (given.find(f"{{*}}{name}") for given in (one, *self._params(one)))
        return next((color for color in found if color is not None), None)

    def _params(self, one: Element) -> list[Element]:
        """The drawing parameters of an object, then those that these build on, then its layer's (8.2)."""
        found: list[Element] = []
        for first in (one.get("DrawParam", ""), self._layer):
            name = first
            while name in self._resources.params and len(found) < _DEEPEST:
                found.append(self._resources.params[name])
                name = found[-1].get("Relative", "")
        return found


def _placed(code: Element, size: float) -> Iterator[tuple[str, float, float]]:
    """Each character with its place on the base line, in the object's own units (11.3)."""
    x, y = number(code, "X", 0), number(code, "Y", 0)
    right, down = steps(code.get("DeltaX")), steps(code.get("DeltaY"))
    upright = code.get("DeltaX") is None and code.get("DeltaY") is not None
    for character in code.text or "":
        yield character, x, y
        x += 0 if upright else next(right, size if ord(character) > 0xFF else size / 2)
        y += next(down, 0)
