"""The text of a PDF page as PDFium tells it: characters with boxes, and the page without them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from wentu.core.geometry import UNKNOWN, Box, Glyph
from wentu.intake.decoder.visible import Inked
from wentu.intake.layer import MAX_GLYPHS

_FORMS_DEEP = 15  # text may stand in forms within forms; pypdfium2's own default
_MIN_HEIGHT_PX = 6  # 2 pt at 200 dpi: small print of a few pixels is there to be overlooked
_UNSEEN = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


def characters(sheet: pdfium.PdfPage, width: int, height: int) -> Iterator[Inked]:
    """Every character that claims to stand on the page drawn at `width` x `height` pixels; none of a page with too
    many. Blanks are left out: where words end shows by the gaps."""
    text = sheet.get_textpage()
    count = pdfium_c.FPDFText_CountChars(text)
    if count > MAX_GLYPHS:
        return
    for index in range(count):
        character = _character(text, index)
        if character is None:
            continue
        advance = _box(sheet, width, height, _loose(text, index))
        ink = _box(sheet, width, height, _tight(text, index))
        if advance is not None and ink is not None and max(advance.width, advance.height) >= _MIN_HEIGHT_PX:
            yield Inked(Glyph(character, advance), ink)


def hide_text(sheet: pdfium.PdfPage) -> None:
    """Makes all text of the page invisible, for a second drawing; the page is of no other use afterwards."""
    for item in sheet.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_TEXT,), max_depth=_FORMS_DEEP):
        pdfium_c.FPDFTextObj_SetTextRenderMode(item.raw, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _character(text: Any, index: int) -> str | None:
    """The character; None for blanks, for what PDFium added by itself and for text that is drawn with no ink."""
    code = pdfium_c.FPDFText_GetUnicode(text, index)
    if pdfium_c.FPDFText_IsGenerated(text, index) == 1 or code in (0x20, 0xA0, 0x3000) or 0 < code < 0x20:
        return None
    item = pdfium_c.FPDFText_GetTextObject(text, index)
    if not item or pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _UNSEEN:
        return None
    told = _is_character(code) and pdfium_c.FPDFText_HasUnicodeMapError(text, index) != 1
    return chr(code) if told else UNKNOWN


def _is_character(code: int) -> bool:
    """False for surrogates, private use and non-characters (Unicode 15, 23.4 to 23.7), and for no code at all."""
    return 0 < code < 0xD800 or 0xF8FF < code < 0xFFF0 or 0x10000 <= code < 0xE0000


def _tight(text: Any, index: int) -> tuple[float, float, float, float] | None:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium_c.FPDFText_GetCharBox(text, index, left, right, bottom, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _loose(text: Any, index: int) -> tuple[float, float, float, float] | None:
    box = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text, index, box):
        return None
    return box.left, box.bottom, box.right, box.top


def _box(
    sheet: pdfium.PdfPage, width: int, height: int, corners: tuple[float, float, float, float] | None
) -> Box | None:
    """A box in points of the page as one in pixels of its drawing, turned and cut as the page is."""
    if corners is None:
        return None
    left, bottom, right, top = corners
    x, y = ctypes.c_int(), ctypes.c_int()
    points = []
    for at in ((left, top), (right, bottom)):
        if not pdfium_c.FPDF_PageToDevice(sheet, 0, 0, width, height, 0, *at, x, y):
            return None
        points.append((x.value, y.value))
    (x0, y0), (x1, y1) = points
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
