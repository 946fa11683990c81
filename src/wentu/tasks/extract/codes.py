"""QR codes on a page: the strongest evidence there is, since they carry checksums and error correction of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import zxingcpp

from wentu.core.results import Region
from wentu.core.types import Page

_MAX_SIDE_PX = 2600  # finder patterns of a page's code stay far above three pixels a module at this size


@dataclass(frozen=True, slots=True)
class Code:
    """The text of a QR code and where it stands."""

    text: str
    region: Region


def read_codes(pages: Sequence[Page]) -> tuple[Code, ...]:
    """All QR codes of the pages."""
    found = []
    for number, page in enumerate(pages):
        grey = cv2.cvtColor(page.picture.pixels, cv2.COLOR_RGB2GRAY)
        scale = min(1.0, _MAX_SIDE_PX / max(grey.shape))
        small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for code in zxingcpp.read_barcodes(small, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            place = code.position
            corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
            polygon = tuple((corner.x / scale, corner.y / scale) for corner in corners)
            found.append(Code(code.text, Region(number, polygon)))
    return tuple(found)
