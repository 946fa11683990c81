"""Decoded pictures of any mode -> upright 8-bit RGB."""

from __future__ import annotations

import sys

from PIL import ExifTags, Image

from wentu.intake.decoder.rejected import Rejected

# EXIF 2.32, tag 0x0112: what has to be done to a picture so that its first row is on top.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLAIN = {"RGB", "RGBX", "L", "1", "P", "CMYK", "YCbCr", "HSV"}
_WITH_ALPHA = {"RGBA", "LA", "PA", "La", "RGBa"}


def upright_rgb(image: Image.Image) -> Image.Image:
    """The picture as RGB, turned as its EXIF says, transparency laid over white.

    ICC profiles are left aside: they cost a parser of foreign data and change shades, never what can be read.
    """
    turn = _TURNS.get(orientation(image))
    rgb = to_rgb(image)
    return rgb.transpose(turn) if turn is not None else rgb


def orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; 1 where there is none or where EXIF is garbage, which makes no picture unreadable."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) else 1


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB. Raises Rejected for pixels whose range is not known (32-bit, float, Lab)."""
    if image.mode.startswith("I;16"):
        return _high_bytes(image).convert("RGB")
    if image.mode in _WITH_ALPHA or (image.mode in _PLAIN and "transparency" in image.info):
        return _over_white(image)
    if image.mode not in _PLAIN:
        raise Rejected("pixel_type", mode=image.mode)
    return image.convert("RGB")


def _high_bytes(image: Image.Image) -> Image.Image:
    """16-bit grey as 8-bit: Pillow's own conversion clips at 255 instead of scaling."""
    big = image.mode == "I;16B" or (image.mode == "I;16N" and sys.byteorder == "big")
    return Image.frombytes("L", image.size, image.tobytes()[0 if big else 1 :: 2])


def _over_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    page = Image.new("RGB", rgba.size, "white")
    page.paste(rgba, mask=rgba.getchannel("A"))
    return page
