"""Personal data in a text: found by its check digits where it has some, and masked star for character.

A masked text has the length of the original, so that places in one are places in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "bank_card", "phone", "plate", "email"]
MASK = "*"

_SEPARATORS = r"[ \-\u2010-\u2015]?"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# GB 11643-1999: weights of the first 17 digits, and the check character by the sum modulo 11.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data in code points `start` to `end` (exclusive)."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Recogniser:
    kind: Kind
    pattern: re.Pattern[str]
    proves: Callable[[str], bool]
    shown: tuple[int, int]  # characters that stay visible at the beginning and at the end


def find_personal(text: str) -> list[Personal]:
    """What is personal in a text, in order; where two overlap, the one with check digits."""
    plain = _plain(text)
    found: list[Personal] = []
    for one in _RECOGNISERS:
        for match in one.pattern.finditer(plain):
            free = all(match.end() <= known.start or known.end <= match.start() for known in found)
            if free and one.proves(_compact(match[0])):
                found.append(Personal(one.kind, match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def mask(text: str) -> str:
    """The text with stars for all but the ends of what is personal; its length stays."""
    out = list(text)
    for one in find_personal(text):
        before, after = _SHOWN[one.kind]
        for at in range(one.start + before, one.end - after):
            if not out[at].isspace() and out[at] not in "-@":
                out[at] = MASK
    return "".join(out)


def half_personal(text: str) -> int:
    """From where on the end of a text may still become personal data: for text that is being written."""
    tail = _TAIL.search(_plain(text))
    return tail.start() if tail else len(text)


def _plain(text: str) -> str:
    """Full-width digits and letters as half-width ones; every character stays one."""
    return "".join(one if len(one) == 1 else " " for one in (unicodedata.normalize("NFKC", c)[:2] for c in text))


def _compact(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z@._一-鿿]", "", text)


def _id_holds(number: str) -> bool:
    """GB 11643-1999: a real date and the right check character (ISO 7064, MOD 11-2)."""
    month, day = int(number[10:12]), int(number[12:14])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[17].upper()


def _card_holds(number: str) -> bool:
    """ISO/IEC 7812-1: the Luhn sum, and a first digit that cards have."""
    if not 13 <= len(number) <= 19 or number[0] not in "3456" or len(set(number)) == 1:
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _always(_: str) -> bool:
    return True


def _each_digit(count: str) -> str:
    return rf"(?:\d{_SEPARATORS}){count}"


_ALONE, _ENDS = r"(?<![0-9A-Za-z.])", r"(?![0-9A-Za-z])"
_ID = rf"{_ALONE}[1-9]{_SEPARATORS}{_each_digit('{16}')}[\dXx]{_ENDS}"
_CARD = rf"{_ALONE}\d{_SEPARATORS}{_each_digit('{11,17}')}\d{_ENDS}"
_PHONE = rf"{_ALONE}(?:\+?86{_SEPARATORS})?1[3-9]\d{_SEPARATORS}\d{{4}}{_SEPARATORS}\d{{4}}{_ENDS}"
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
# GA 36-2018: province, authority, 5 characters or 6 for electric cars, without I and O.
_PLATE = rf"(?<![{_PROVINCES}])[{_PROVINCES}][A-HJ-NP-Z][ ·.•]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]{_ENDS}"
_RECOGNISERS = (
    _Recogniser("id", re.compile(_ID), _id_holds, (1, 1)),
    _Recogniser("bank_card", re.compile(_CARD), _card_holds, (4, 4)),
    _Recogniser("phone", re.compile(_PHONE), _always, (3, 4)),
    _Recogniser("email", re.compile(_EMAIL, re.ASCII), _always, (1, 0)),
    _Recogniser("plate", re.compile(_PLATE), _always, (2, 1)),
)
_SHOWN: dict[Kind, tuple[int, int]] = {one.kind: one.shown for one in _RECOGNISERS}
# The longest of them is an address of 64 + 1 + 64 characters and more; what goes on longer than that is none.
_TAIL = re.compile(rf"(?:[{_PROVINCES}][A-Z]?[ ·.•]?|[0-9A-Za-z@._+\- ]){{1,80}}$")
