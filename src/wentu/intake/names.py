"""File names as they may be kept: enough for their owner to recognise, too little to tell who is on the picture."""

from __future__ import annotations

import unicodedata

_EXTENSIONS = frozenset(
    {"jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif", "pdf", "ofd"}
)


def mask_name(name: str) -> str:
    """First letter and picture extension of a file name, the rest as ***: "身份证.jpg" becomes "身***.jpg".

    Folders, dots, control characters and anything else that is not a letter or a digit never come through.
    An empty name stays empty.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, extension = last.rpartition(".")
    if not dot or extension.lower() not in _EXTENSIONS:
        stem, extension = last, ""
    first = stem[:1] if stem[:1].isalnum() else ""
    if not stem and not extension:
        return ""
    return f"{first}***.{extension.lower()}" if extension else f"{first}***"
