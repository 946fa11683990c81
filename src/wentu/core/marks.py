"""The marks by which near twins differ: quantities with their units, and colours.

Quantities are compared exactly (256 GB is not 512 GB); colours through a table of aliases and, inside that one
field, by similarity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from wentu.core.terms import fold

# Larger units are compared in the smaller one: "2kg" is no "200g", and "1L" is "1000ml".
_SMALLER = {"kg": ("g", 1000), "l": ("ml", 1000)}
# Unit as written -> unit as compared. "g" is gigabyte and gram at once: a catalogue writes "50 g" and a customer
# "50克", and no product has both under the same number.
_UNITS = {
    **dict.fromkeys(("gb", "g", "克", "gram", "grams"), "g"),
    **dict.fromkeys(("tb", "t"), "t"),
    **dict.fromkeys(("mb",), "mb"),
    **dict.fromkeys(("ml", "毫升"), "ml"),
    **dict.fromkeys(("l", "升", "公升", "litre", "liter", "litres", "liters"), "l"),
    **dict.fromkeys(("kg", "公斤", "千克"), "kg"),
    **dict.fromkeys(("w", "瓦", "watt"), "w"),
    **dict.fromkeys(("kw", "千瓦"), "kw"),
    **dict.fromkeys(("匹", "hp"), "hp"),
    **dict.fromkeys(("英寸", "寸", "吋", "inch", "inches", "in"), "inch"),
    **dict.fromkeys(("mah", "毫安", "毫安时"), "mah"),
    **dict.fromkeys(("hz", "赫兹"), "hz"),
    **dict.fromkeys(("cm", "厘米", "公分"), "cm"),
    **dict.fromkeys(("mm", "毫米"), "mm"),
    **dict.fromkeys(("码",), "size"),
    **dict.fromkeys(("oz", "盎司"), "oz"),
    **dict.fromkeys(("片装", "片", "包", "支", "粒", "只装", "抽", "pcs", "pack", "件套"), "count"),
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
# A unit of letters ends where the letters end; "2in1" and "5gx" are no quantities.
_QUANTITY = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)\s*({_UNIT})(?![a-z])(?!\d*\s*in\s*1)")
_LABELLED_SIZE = re.compile(r"(?:尺码|码数|鞋码|size|eu|eur|us|uk)[\s:：]*(\d{1,2}(?:\.\d)?)(?![\d.])")
# "12+256", "8G+128GB": memory and storage as phone shops write them.
_MEMORY = re.compile(r"(?<![\d.])(\d{1,2})\s*(?:gb|g)?\s*[+/]\s*(\d{2,4})\s*(gb|g|tb|t)?(?![\da-z.])")
STORAGE_SIZES = frozenset({"16", "32", "64", "128", "256", "512", "1024", "2048"})
MEMORY_SIZES = frozenset({"4", "6", "8", "12", "16", "24"})
_GLUED = re.compile(r"(?<![\d.])\d{2,6}(?=\s?(?:gb|g\+|tb))")
_NETWORKS = frozenset({"2", "3", "4", "5", "6"})

# The first word of each row stands for the colour; Chinese single characters are the base of longer names.
_COLOURS = tuple(
    line.split()
    for line in """
    black 黑 曜石
    white 白 ivory cream 米色 象牙 beige
    grey gray 灰 graphite 石墨
    silver 银
    gold 金 golden champagne
    red 红 crimson burgundy
    orange 橙 橘 coral
    yellow 黄
    green 绿 olive mint emerald
    cyan 青 teal turquoise
    blue 蓝 navy azure
    purple 紫 violet lavender lilac
    pink 粉 rose 玫瑰 blush
    brown 棕 咖 褐 驼 chocolate coffee tan
    titanium 钛 原色
    """.strip().splitlines()
)
_BASE = {word: row[0] for row in _COLOURS for word in row}
_CHINESE_BASES = "".join(word for word in _BASE if len(word) == 1)
_CHINESE_COLOUR = re.compile(
    rf"(?<![㐀-鿿])[㐀-鿿]{{0,3}}(?:[{_CHINESE_BASES}]色?|色|钛金属|钛)(?![㐀-鿿])|[{_CHINESE_BASES}]色"
)
_ENGLISH_COLOUR = re.compile(rf"(?<![a-z])(?:{'|'.join(w for w in _BASE if w.isascii())})(?![a-z])")
# They end in the word for colour and name none: the label of a choice, praise.
_NO_COLOUR = ("颜色", "配色", "花色", "特色", "出色", "角色", "景色", "肤色")
COLOUR_LIKENESS = 75  # of 100, rapidfuzz ratio: one wrong character of four, which is what OCR does to a colour's name


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit it is compared in; `start` and `end` are offsets into the folded text."""

    unit: str
    number: str
    start: int
    end: int

    @property
    def mark(self) -> tuple[str, str]:
        return self.unit, self.number


def quantities(text: str) -> list[Quantity]:
    """Every quantity of a text; "12+256" are two, and "5G" (a network) is none."""
    folded = fold(text)
    found: list[Quantity] = []
    for match in _MEMORY.finditer(folded):
        memory, storage, unit = match.group(1), match.group(2), match.group(3) or "g"
        if storage in STORAGE_SIZES or unit.startswith("t"):
            found.append(_quantity("g", memory, match.start(), match.start(2)))
            found.append(_quantity(_UNITS[unit], storage, match.start(2), match.end()))
    taken = [(one.start, one.end) for one in found]
    for match in _QUANTITY.finditer(folded):
        if any(start <= match.start() < end for start, end in taken):
            continue
        number, unit = match.group(1), match.group(2)
        if unit == "g" and number in _NETWORKS:
            continue
        found.append(_quantity(_UNITS[unit], number, *match.span()))
    for match in _LABELLED_SIZE.finditer(folded):
        found.append(_quantity("size", match.group(1), *match.span()))
    return found


def unglue(folded: str) -> str:
    """A folded text with a space where OCR has run a model's number into a capacity: "x2012gb+256gb", "15128gb"."""
    return _GLUED.sub(_cut, folded)


def _cut(match: re.Match[str]) -> str:
    digits = match.group()
    sizes = MEMORY_SIZES | STORAGE_SIZES
    if digits in sizes:
        return digits
    end = next((digits[-n:] for n in (4, 3, 2, 1) if n < len(digits) and digits[-n:] in sizes), "")
    return f"{digits.removesuffix(end)} {end}" if end else digits


def _quantity(unit: str, number: str, start: int, end: int) -> Quantity:
    plain = number.rstrip("0").rstrip(".") if "." in number else number.lstrip("0") or "0"
    if unit == "g" and plain in ("1024", "2048"):
        return Quantity("t", str(int(plain) // 1024), start, end)
    if unit in _SMALLER:
        smaller, times = _SMALLER[unit]
        return Quantity(smaller, f"{float(plain) * times:g}", start, end)
    return Quantity(unit, plain, start, end)


@lru_cache(maxsize=4_096)
def base_colour(name: str) -> str | None:
    """The plain colour behind a colour's name ("远峰蓝" and "sierra blue" are both "blue"); None: no colour known."""
    folded = fold(name).strip().removesuffix("色")
    if folded in _BASE:
        return _BASE[folded]
    english = _ENGLISH_COLOUR.findall(folded)
    if english:
        return _BASE[english[-1]]
    chinese = [character for character in folded if character in _CHINESE_BASES]
    return _BASE[chinese[-1]] if chinese else None


def colour_words(text: str) -> list[str]:
    """What a text names as colours, as it is written there: "远峰蓝", "黑色", "blue"."""
    folded = fold(text)
    found = [match.group() for pattern in (_CHINESE_COLOUR, _ENGLISH_COLOUR) for match in pattern.finditer(folded)]
    return [word for word in found if not word.endswith(_NO_COLOUR)]


def plain_colour(name: str) -> bool:
    """Whether a colour's name is only the plain colour ("蓝色", "blue"), and so may stand for any blue."""
    return fold(name).strip().removesuffix("色") in _BASE


def same_colour(a: str, b: str) -> bool:
    """Whether two names mean one colour: the same word, a plain colour and its kind, or nearly the same word."""
    one, other = (fold(name).strip().removesuffix("色").replace(" ", "") for name in (a, b))
    if one == other:
        return True
    if (plain_colour(a) or plain_colour(b)) and base_colour(a) is not None:
        return base_colour(a) == base_colour(b)
    if one.isascii() != other.isascii():
        return base_colour(a) is not None and base_colour(a) == base_colour(b)
    return min(len(one), len(other)) >= 3 and fuzz.ratio(one, other) >= COLOUR_LIKENESS
