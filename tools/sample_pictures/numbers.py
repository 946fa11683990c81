"""Numbers with valid check digits that belong to nobody, and amounts in Chinese capitals."""

from __future__ import annotations

from decimal import Decimal

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def id_number(first_17: str) -> str:
    """Resident ID number with its check character (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


def uscc(kind_and_region: str, organisation: str) -> str:
    """Unified social credit code (GB 32100) around an 8-character organisation code (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(organisation, weights, strict=True))
    body = kind_and_region + organisation + "0123456789X0"[(11 - total % 11)]
    total = sum(_USCC_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _USCC_ALPHABET[(31 - total % 31) % 31]


def capitals(amount: Decimal) -> str:
    """An amount below 100,000 yuan as an invoice prints it: 12854.50 becomes 壹万贰仟捌佰伍拾肆圆伍角整."""
    yuan, fen = divmod(round(amount * 100), 100)
    text, waiting_zero = "", False
    for unit, power in (("万", 10_000), ("仟", 1_000), ("佰", 100), ("拾", 10), ("", 1)):
        digit = yuan // power % 10
        if digit:
            text += ("零" if waiting_zero and text else "") + _DIGITS[digit] + unit
        waiting_zero = not digit
    jiao, rest = divmod(fen, 10)
    tail = (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[rest]}分" if rest else "")
    return f"{text}圆{tail}" + ("" if rest else "整")
