"""Our own clean files -> pixels, and the text layer of a page that has one."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from wentu.core.types import Picture
from wentu.intake import layer
from wentu.intake.rules import refusal


def digest_of(data: bytes) -> str:
    """sha256 of a clean file, 64 hex characters."""
    return hashlib.sha256(data).hexdigest()


def decode_stored(data: bytes, digest: str) -> Picture:
    """The picture in a clean file; its pixels are read-only, as the same picture may be asked about at once.

    Only files that intake wrote may come here, and the digest proves it: this is decoded in our own process,
    without the limits that foreign bytes meet. Raises UnreadableImage when the file has changed since.
    """
    if digest_of(data) != digest:
        raise refusal("stored_damaged")
    # The two classes themselves instead of Image.open: no other format is tried, no global pixel limit applies.
    opener = JpegImageFile if data.startswith(b"\xff\xd8") else PngImageFile
    with opener(io.BytesIO(data)) as image:
        return Picture(digest, np.asarray(image), layer.unpack(image.info.get(layer.KEYWORD, "")))
