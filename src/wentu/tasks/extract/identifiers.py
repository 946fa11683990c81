"""Numbers that carry their own proof: resident ID (GB 11643), credit code (GB 32100), organisation code, bank card."""

from __future__ import annotations

import datetime
import re

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
# Characters that print and OCR take for one another; both directions are tried.
CONFUSIONS = {
    "0": "OQD8",
    "O": "0",
    "Q": "0",
    "D": "0",
    "1": "I7L",
    "I": "1",
    "L": "1",
    "7": "1",
    "8": "B3",
    "B": "8",
    "3": "8",
    "5": "S6",
    "S": "5",
    "6": "5",
    "2": "Z",
    "Z": "2",
}


def id_checksum(number: str) -> bool:
    """Whether the last character of an 18-character resident ID number is the one that the others ask for."""
    return bool(re.fullmatch(r"\d{17}[\dX]", number)) and ric.calc_check_digit(number) == number[-1]


def id_birth_date(number: str) -> datetime.date | None:
    """The date in digits 7-14; None where it is none."""
    try:
        return ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return None


def id_region_known(number: str) -> bool:
    """Whether the region of the first six digits existed when the person was born."""
    try:
        return bool(ric.get_birth_place(number))
    except (ValidationError, ValueError):
        return False


def uscc_checksum(code: str) -> bool:
    """Whether an 18-character unified social credit code has the right last character.

    stdnum insists on digits in places 1-8; codes of farmers' cooperatives begin with N2, so only the sum is its.
    """
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", code):
        return False
    return bool(uscc.calc_check_digit(code[:17]) == code[17])


def organisation_checksum(code: str) -> bool:
    """Whether characters 9-17 of a credit code are a right organisation code (GB 11714)."""
    body = code[8:17]
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", body):
        return False
    total = sum(weight * int(character, 36) for weight, character in zip(_ORGANISATION_WEIGHTS, body, strict=False))
    return "0123456789X0"[11 - total % 11] == body[8]


def card_checksum(number: str) -> bool:
    """Luhn's sum over a card number of 13 to 19 digits."""
    return bool(re.fullmatch(r"\d{13,19}", number)) and bool(luhn.is_valid(number))


def one_confusion_away(code: str, holds: object) -> list[str]:
    """Every code that differs from this one in a single confused character and for which `holds(code)`."""
    assert callable(holds)
    found = []
    for place, character in enumerate(code):
        for other in CONFUSIONS.get(character, ""):
            changed = code[:place] + other + code[place + 1 :]
            if holds(changed):
                found.append(changed)
    return found
