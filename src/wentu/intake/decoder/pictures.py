"""One picture file of a known kind -> decoded pixels, through exactly one of Pillow's plug-ins."""

from __future__ import annotations

import importlib
import io
import warnings
from typing import Any

from PIL import Image

from wentu.intake.decoder import headers
from wentu.intake.decoder.pixels import upright_rgb
from wentu.intake.decoder.rejected import Rejected
from wentu.intake.decoder.sizes import Limits, check_size

_PLUGINS = {
    "JPEG": "JpegImagePlugin",
    "PNG": "PngImagePlugin",
    "WEBP": "WebPImagePlugin",
    "GIF": "GifImagePlugin",
    "BMP": "BmpImagePlugin",
    "TIFF": "TiffImagePlugin",
    "AVIF": "AvifImagePlugin",
}
# Each further scheme is one more library that sees foreign bytes; these are what scanners and cameras write.
_TIFF_COMPRESSIONS = {
    *("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate"),
    *("tiff_ccitt", "group3", "group4", "jpeg"),
}
_DECODE_THREADS = 2


def decode_picture(data: bytes, kind: str, limits: Limits) -> tuple[Image.Image, bool]:
    """Upright RGB pixels of the first frame or page, and whether the file's own coding was lossy.

    Raises Rejected; whatever else a decoder raises means that the file can't be read.
    """
    _load_plugin(kind)
    if kind == "PNG":
        headers.check_png(data)
    elif kind == "WEBP" and (size := headers.webp_size(data)):
        check_size(*size, limits)
    # Our own check, which can name the size, comes first; Pillow's is armed for what only decoding shows.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(data), formats=(kind,)) as image:
        check_size(*image.size, limits)
        Image.MAX_IMAGE_PIXELS = limits.max_pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if kind == "TIFF" and image.info.get("compression") not in _TIFF_COMPRESSIONS:
            raise Rejected("tiff_compression")
        image.load()
        check_size(*image.size, limits)
        return upright_rgb(image), _is_lossy(image, kind, data)


def _load_plugin(kind: str) -> None:
    if kind == "HEIF":
        try:
            import pillow_heif
        except ImportError:
            raise Rejected("heif_missing") from None
        pillow_heif.register_heif_opener(
            thumbnails=False, depth_images=False, aux_images=False, decode_threads=_DECODE_THREADS
        )
        return
    plugin: Any = importlib.import_module(f"PIL.{_PLUGINS[kind]}")
    if kind == "AVIF":
        plugin.DEFAULT_MAX_THREADS = _DECODE_THREADS


def _is_lossy(image: Image.Image, kind: str, data: bytes) -> bool:
    if kind == "WEBP":
        return not headers.webp_is_lossless(data)
    if kind == "TIFF":
        return bool(image.info.get("compression") == "jpeg")
    return kind in {"JPEG", "AVIF", "HEIF"}
