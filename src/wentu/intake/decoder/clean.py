"""Pixels -> the file that wentu keeps: nothing in it but pixels."""

from __future__ import annotations

import io

from PIL import Image

JPEG_QUALITY = 95  # with 4:4:4 sampling: coloured print keeps its edges, and a second generation is not visible
PNG_LEVEL = 1  # zlib's fastest: stored for a day, written while somebody waits


def encode(image: Image.Image, *, lossy: bool) -> tuple[bytes, str]:
    """File bytes and media type: JPEG for what was lossy already, PNG for what was not.

    `image` is RGB. Its comments, profiles and EXIF are dropped first, because Pillow would write some of them.
    """
    image.info = {}
    out = io.BytesIO()
    if lossy:
        image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return out.getvalue(), "image/jpeg"
    image.save(out, "PNG", compress_level=PNG_LEVEL)
    return out.getvalue(), "image/png"
