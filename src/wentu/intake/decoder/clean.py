"""Pixels -> the file that wentu keeps: nothing in it but pixels, and a page's own visible text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from wentu.core.geometry import Glyph
from wentu.intake import layer as wire

JPEG_QUALITY = 95  # with 4:4:4 sampling: coloured print keeps its edges, and a second generation is not visible
PNG_LEVEL = 1  # zlib's fastest: stored for a day, written while somebody waits


def encode(image: Image.Image, *, lossy: bool, layer: Sequence[Glyph] = ()) -> tuple[bytes, str]:
    """File bytes and media type: JPEG for what was lossy already, PNG for what was not or has a `layer`.

    `image` is RGB. Its comments, profiles and EXIF are dropped first, because Pillow would write some of them. The
    layer lies in the file and not beside it, so that the digest covers it: the same pixels with other words are another
    file, and nobody's words reach somebody else's picture.
    """
    image.info = {}
    out = io.BytesIO()
    if layer:
        info = PngInfo()
        info.add_text(wire.KEYWORD, wire.pack(layer), zip=True)
        image.save(out, "PNG", compress_level=PNG_LEVEL, pnginfo=info)
        return out.getvalue(), "image/png"
    if lossy:
        image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return out.getvalue(), "image/jpeg"
    image.save(out, "PNG", compress_level=PNG_LEVEL)
    return out.getvalue(), "image/png"
