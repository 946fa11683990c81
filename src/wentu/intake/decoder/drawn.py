"""A page of a document as it was drawn, and at how many pixels a unit of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image

from wentu.core.geometry import Glyph
from wentu.intake.decoder.rejected import Rejected
from wentu.intake.decoder.sizes import Limits

RENDER_DPI = 200  # 8 pt print is then about 22 pixels high, which OCR reads well


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """`layer` is the page's own text as far as it is seen; a scan has none."""

    image: Image.Image
    is_scan: bool
    n_pages: int
    layer: tuple[Glyph, ...]


def pixels_per(units_per_inch: float, width: float, height: float, limits: Limits) -> float:
    """Pixels a unit of the page: 200 dpi, or as much of it as the limits on pixels and sides leave room for.

    Raises Rejected for a page without a size.
    """
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise Rejected("unreadable")
    full = RENDER_DPI / units_per_inch
    by_pixels = math.sqrt(limits.max_pixels / (width * height))
    by_side = limits.max_side_px / max(width, height)
    # Bitmap sides are rounded up: a little less than the limit keeps the rounding inside it.
    return min(full, 0.999 * by_pixels, 0.999 * by_side)
