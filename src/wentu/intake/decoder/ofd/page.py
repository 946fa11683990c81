"""A page of an OFD file, drawn."""

from __future__ import annotations

import math

from PIL import Image

from wentu.core.geometry import Glyph
from wentu.intake.decoder.drawn import DrawnPage, pixels_per
from wentu.intake.decoder.ofd.archive import Archive
from wentu.intake.decoder.ofd.document import Document, Leaf
from wentu.intake.decoder.ofd.drawing import Drawing
from wentu.intake.decoder.ofd.numbers import Matrix, within
from wentu.intake.decoder.sizes import Limits, check_size
from wentu.intake.decoder.visible import seen
from wentu.intake.layer import MAX_GLYPHS

_MM_PER_INCH = 25.4


def decode_ofd_page(data: bytes, page: int, limits: Limits) -> DrawnPage:
    """Page `page` (from 1) as RGB on white with its visible text; large pages are drawn at fewer dpi.

    Raises Rejected: pdf_page, ofd_fonts, unreadable or a size rule.
    """
    archive = Archive(data)
    document = Document(archive)
    leaf = document.page(page)
    scale = pixels_per(_MM_PER_INCH, leaf.box[2], leaf.box[3], limits)
    size = math.ceil(leaf.box[2] * scale), math.ceil(leaf.box[3] * scale)
    check_size(*size, limits)
    image, drawing = _draw(leaf, archive, size, scale, words=True)
    return DrawnPage(image, False, document.n_pages, _visible_text(leaf, archive, image, drawing, scale))


def _draw(
    leaf: Leaf, archive: Archive, size: tuple[int, int], scale: float, *, words: bool
) -> tuple[Image.Image, Drawing]:
    image = Image.new("RGB", size, "white")
    drawing = Drawing(image, archive, leaf.resources, words=words)
    base: Matrix = (scale, 0.0, 0.0, scale, -leaf.box[0] * scale, -leaf.box[1] * scale)
    for layer in leaf.layers:
        drawing.add(layer, within(base, layer))  # an annotation's appearance has a boundary, a layer has none
    return image, drawing


def _visible_text(
    leaf: Leaf, archive: Archive, image: Image.Image, drawing: Drawing, scale: float
) -> tuple[Glyph, ...]:
    if not 0 < len(drawing.characters) <= MAX_GLYPHS:
        return ()
    bare, _ = _draw(leaf, archive, image.size, scale, words=False)
    return tuple(seen(image, bare, drawing.characters))
