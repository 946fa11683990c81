"""One page of a PDF -> pixels at about 200 dpi and its visible text, through PDFium without JavaScript and XFA."""

from __future__ import annotations

import math
import time

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from wentu.core.geometry import Glyph
from wentu.intake.decoder.drawn import DrawnPage, pixels_per
from wentu.intake.decoder.pdf_text import characters, hide_text
from wentu.intake.decoder.rejected import Rejected
from wentu.intake.decoder.sizes import Limits, check_size
from wentu.intake.decoder.visible import seen

_POINTS_PER_INCH = 72
_SCAN_SHARE = 0.5  # a picture over half of the page makes it a scan ...
_SCAN_WORDS = 30  # ... unless more characters than a stamp or a page number stand on it
_SLOW_S = 4.0  # a page that takes longer is not drawn a second time, so that it still comes in time


def decode_pdf_page(data: bytes, page: int, limits: Limits) -> DrawnPage:
    """Page `page` (from 1) as RGB on white, filled-in forms included; large pages are drawn at fewer dpi.

    Raises Rejected: pdf_encrypted, pdf_page, unreadable or a size rule.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        raise Rejected("pdf_encrypted" if exc.err_code == pdfium_c.FPDF_ERR_PASSWORD else "unreadable") from exc
    document.init_forms()
    n_pages = len(document)
    if not 1 <= page <= n_pages:
        raise Rejected("pdf_page", page=page, pages=n_pages)
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = pixels_per(_POINTS_PER_INCH, width, height, limits)
    check_size(math.ceil(width * scale), math.ceil(height * scale), limits)
    started = time.monotonic()
    image = _draw(sheet, scale)
    slow = time.monotonic() - started > _SLOW_S
    layer = () if slow else _visible_text(sheet, image, scale)
    if len(layer) < _SCAN_WORDS and _is_scan(sheet, width * height):
        return DrawnPage(image, True, n_pages, ())
    return DrawnPage(image, False, n_pages, layer)


def _draw(sheet: pdfium.PdfPage, scale: float) -> Image.Image:
    bitmap = sheet.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255))
    image: Image.Image = bitmap.to_pil().convert("RGB")
    return image


def _visible_text(sheet: pdfium.PdfPage, image: Image.Image, scale: float) -> tuple[Glyph, ...]:
    claimed = list(characters(sheet, image.width, image.height))
    if not claimed:
        return ()
    hide_text(sheet)
    return tuple(seen(image, _draw(sheet, scale), claimed))


def _is_scan(sheet: pdfium.PdfPage, page_area: float) -> bool:
    for item in sheet.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > _SCAN_SHARE * page_area:
            return True
    return False
