"""Values that count in a unit of the shop's own: "1.8m床", "2斤", "3-person", and the sizes S, M, L, 2XL.

A quantity of a known unit is `core.marks`' affair. What these units are follows from the catalogue; a text that
states another number of one of them speaks of another variant, sold or not.
"""

from __future__ import annotations

import re
from functools import lru_cache

LETTERS = "letters"
_COUNTED = re.compile(r"^(\d+(?:\.\d+)?)[\s-]*([^\W\d_][^;；,，/|]{0,9})$")
_LETTER = re.compile(r"(?<![a-z0-9.'’])(\dx[sl]|x{0,4}[sl]|m)(?![a-z0-9'’])")


def split(value: str) -> tuple[str, str] | None:
    """(unit, number) of a folded value: ("m床", "1.8"), ("letters", "2xl"); None where it counts nothing."""
    if _LETTER.fullmatch(value):
        return LETTERS, _size(value)
    match = _COUNTED.match(value)
    return (match.group(2), _plain(match.group(1))) if match else None


def counted(unit: str, text: str) -> frozenset[str]:
    """Every number of this unit that a folded text states."""
    if unit == LETTERS:
        return frozenset(_size(one) for one in _LETTER.findall(text))
    return frozenset(_plain(one) for one in _pattern(unit).findall(text))


@lru_cache(maxsize=1024)
def _pattern(unit: str) -> re.Pattern[str]:
    end = "(?![a-z])" if unit[-1].isascii() else ""
    return re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)[\s-]*{re.escape(unit)}{end}")


def _size(letters: str) -> str:
    """ "xxl" and "2xl" are one size."""
    times = letters.count("x")
    return f"{times}x{letters[-1]}" if times > 1 else letters


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
