"""Personal data out of what is recorded: replaced in texts, painted over in pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from wentu.core.types import Picture, TextLine

# What a recorded question must not carry, by shape. Numbers of 7 digits and more are account, order, card and phone
# numbers; dates and amounts are shorter or have separators.
_PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[email]"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "[id]"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[phone]"),
    (re.compile(r"(?<!\d)(?:\d[ -]?){12,19}(?!\d)"), "[number]"),
    (re.compile(r"(?<![\d.])\d{7,}(?![\d.])"), "[number]"),
    (re.compile(r"(姓名|联系人|收件人|地址|住址|电话|手机)\s*[:：]?\s*[^\s，,。;；]{2,40}"), r"\1[...]"),
)
_GREY = 128


def mask_text(text: str) -> str:
    """The same text with a placeholder in the place of each piece of personal data."""
    for pattern, placeholder in _PATTERNS:
        text = pattern.sub(placeholder, text)
    return text


def mask_picture(picture: Picture, lines: Iterable[TextLine]) -> Picture:
    """The picture with every text line that holds personal data painted grey; the digest stays for the caller to make
    anew."""
    pixels = picture.pixels.copy()
    for line in lines:
        if mask_text(line.text) != line.text:
            box = line.box
            x0, y0, x1, y1 = (round(value) for value in (box.x0, box.y0, box.x1, box.y1))
            pixels[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3] = np.uint8(_GREY)
    return Picture(picture.digest, pixels)
