"""Numbers as charts print them: thousands, units, percent, powers of ten, and what OCR makes of them."""

from __future__ import annotations

import re
import unicodedata

_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8}
_NUMBER = re.compile(
    r"^(?P<sign>[-+]?)\s*(?:[$€£¥]|USD|RMB)?\s*(?P<sign2>-?)(?P<digits>\d[\d ,]*(?:\.\d+)?|\.\d+)"
    r"(?:e(?P<exponent>[-+]?\d+))?\s*(?P<scale>百万|[kmbg千万亿])?\s*(?P<unit>%|元|°c|℃)?$",
    re.IGNORECASE,
)
_DASHES = str.maketrans("−–—‐‑﹣", "------")
# Letters that OCR puts in the place of a digit; only believed where the rest of the word is digits.
_LOOKALIKES = str.maketrans("OolI|S", "001115")
# The end of a number in groups of three before another one; two numbers with as many decimals each.
_GROUPED = re.compile(r"(,\d{3})(?=\d{1,3},\d{3})")
_DECIMALS = re.compile(r"^(\d+\.\d+?)(\d+\.(\d+))$")
_DATE = re.compile(r"^\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?月?$")


def parse_number(text: str) -> float | None:
    """The value of a printed number (`1,200`, `3.5k`, `12%` -> 12, `-4`, `1.2万`); None for anything else."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip().rstrip("-_|").strip()
    value = _parse(plain)
    if value is None and _mostly_digits(plain):
        value = _parse(plain.translate(_LOOKALIKES).replace(":", "."))
    return value


def parted_numbers(text: str) -> str:
    """The text with a space between numbers that were read as one word (`149,976161,758`, `12.534.1`, `13%15%`), where
    their form tells them apart; else the text."""
    text = _GROUPED.sub(r"\1 ", text)
    text = re.sub(r"%(?=\d)", "% ", text)
    match = _DECIMALS.match(text)
    return f"{match[1]} {match[2]}" if match and len(match[1]) - match[1].index(".") == len(match[3]) + 1 else text


def is_percent(text: str) -> bool:
    """Whether a printed number is a share."""
    return unicodedata.normalize("NFKC", text).strip().endswith("%")


def is_date(text: str) -> bool:
    """Whether a label reads as a date (`2023-04`, `2023/4/1`, `2023年4月`), so that it is no plain number."""
    return bool(_DATE.match(unicodedata.normalize("NFKC", text).strip())) and parse_number(text) is None


def _parse(text: str) -> float | None:
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = match["digits"].replace(" ", "")
    if "," in digits and not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return None
    value = float(digits.replace(",", ""))
    value *= 10.0 ** int(match["exponent"] or 0) * _SCALES.get((match["scale"] or "").lower(), 1.0)
    return -value if "-" in (match["sign"], match["sign2"]) else value


def _mostly_digits(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return digits >= 2 and digits * 2 > len(text.replace(",", "").replace(".", ""))
