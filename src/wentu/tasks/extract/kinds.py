"""Kinds of values: what a text must look like to be one, and its normalised form (dates ISO 8601, numbers numbers)."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wentu.core.results import Value
from wentu.tasks.extract.amounts import find_capitals, parse_capitals, parse_number

_CJK = r"\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LONG = ("长期", "长期有效", "永久", "永续")
_CN_DIGITS = str.maketrans("〇零○ＯO一二三四五六七八九", "00000123456789")
_CN_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)
_UPSIDE_DOWN = str.maketrans("69bE", "9693")
_YMD = re.compile(r"((?:19|20)\d{2})\s*[年./\-—–]\s*(\d{1,2})\s*[月./\-—–]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_DMY = re.compile(
    r"(?<![\d./-])(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d{2}|\d{2})(?=\d{1,2}\s?[:：]\s?\d{2}"
    r"|[^\d./-]|[./-]?$|[./-]\D)"
)
_D_MON_Y = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s./\-]{0,2}("
    + "|".join(_MONTHS)
    + r")[a-z]*[\s.,/\-']{0,3}((?:19|20)\d{2}|\d{2})(?!\d{3})",
    re.I,
)
_MON_D_Y = re.compile(r"\b(" + "|".join(_MONTHS) + r")[a-z]*\.?\s?(\d{1,2})(?:st|nd|rd|th)?,?\s?((?:19|20)\d{2})", re.I)
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s?[:：]\s?([0-5]\d)(?:\s?[:：]\s?([0-5]\d))?\s*(am|pm)?", re.I)


@dataclass(frozen=True, slots=True)
class Kind:
    """`parse` gives the normalised value of a text, None where the text is none of this kind."""

    name: str
    parse: Callable[[str], Value]


def tidy(text: str) -> str:
    """A text as one reads it: half-width letters and digits, no spaces beside Chinese characters."""
    text = "".join(unicodedata.normalize("NFKC", c) if "！" <= c <= "～" and c.isalnum() else c for c in text)
    text = re.sub(r"\s+", " ", text.replace("\u3000", " ")).strip()
    return re.sub(rf"(?<=[{_CJK}]) | (?=[{_CJK}])", "", text)


def find_dates(text: str) -> list[tuple[int, int, str]]:
    """(start, end, ISO date) of every real date in a text, day before month where the order is open."""
    found: list[tuple[int, int, str]] = []
    for pattern, order in ((_YMD, "ymd"), (_D_MON_Y, "dMy"), (_MON_D_Y, "Mdy"), (_COMPACT, "ymd"), (_DMY, "dmy")):
        for match in pattern.finditer(text):
            iso = _iso(tuple(part for part in match.groups() if part not in "./-"), order)
            if iso and not any(start < match.end() and match.start() < end for start, end, _ in found):
                found.append((match.start(), match.end(), iso))
    for match in _CN_DATE.finditer(text):
        year = match.group(1).translate(_CN_DIGITS)
        iso = _iso((year, str(_small(match.group(2))), str(_small(match.group(3)))), "ymd")
        if iso:
            found.append((match.start(), match.end(), iso))
    return sorted(found)


def _small(text: str) -> int:
    """一 .. 三十一."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text.translate(_CN_DIGITS))
    return (int(tens.translate(_CN_DIGITS)) if tens else 1) * 10 + (int(ones.translate(_CN_DIGITS)) if ones else 0)


def _iso(parts: tuple[str, ...], order: str) -> str | None:
    values = dict(zip(order, parts, strict=True))
    month = _MONTHS.index(values["M"][:3].lower()) + 1 if "M" in values else int(values["m"])
    year = int(values["y"])
    year += 2000 if year < 100 else 0
    day = int(values["d"])
    if order == "dmy" and month > 12 >= day:  # month before day
        day, month = month, day
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def parse_date(text: str) -> Value:
    found = find_dates(unicodedata.normalize("NFKC", text))
    return found[0][2] if found else None


def parse_date_or_long(text: str) -> Value:
    plain = re.sub(r"\s", "", text)
    long = next((word for word in _LONG if word in plain), None)
    return "长期" if long in ("长期", "长期有效") else long or parse_date(text)


def parse_time(text: str) -> Value:
    match = _TIME.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    hour = int(match.group(1))
    half = (match.group(4) or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02d}:{match.group(2)}" + (f":{match.group(3)}" if match.group(3) else "")


def parse_amount(text: str) -> Value:
    value = parse_number(unicodedata.normalize("NFKC", text))
    return (
        None
        if value is None
        else (int(value) if value == value.to_integral_value() and "." not in text else float(value))
    )


def parse_code(text: str) -> Value:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return plain if re.fullmatch(r"[0-9A-Z*]{3,40}", plain) else None


def parse_cipher(text: str) -> Value:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return plain or None


def parse_digits(text: str) -> Value:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    return plain if re.fullmatch(r"\d{3,40}", plain) else None


def parse_id_number(text: str) -> Value:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    match = re.search(r"(?<![0-9A-Z])\d{17}[0-9X](?![0-9A-Z])", plain) or re.search(
        r"\d{6}[\dOILSBZ]{11}[0-9XOK]", plain
    )
    return match.group() if match else None


def parse_tax_id(text: str) -> Value:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    match = re.search(r"(?<![0-9A-Z])[0-9A-Z]{15,20}(?![0-9A-Z])", plain)
    return match.group() if match else None


def parse_card(text: str) -> Value:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    match = re.search(r"(?<!\d)\d{13,19}(?!\d)", plain)
    return match.group() if match else None


def parse_month(text: str) -> Value:
    match = re.search(r"(?<!\d)(0[1-9]|1[0-2])\s?/\s?(\d{2})(?!\d)", unicodedata.normalize("NFKC", text))
    return f"{match.group(1)}/{match.group(2)}" if match else None


def parse_rate(text: str) -> Value:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = re.search(r"\d{1,2}(?:\.\d+)?%", plain)
    if match:
        return match.group()
    turned = re.fullmatch(r"%([01689bE]{1,2})", plain)  # OCR's guess which way is up fails on so few characters
    if turned:
        return turned.group(1)[::-1].translate(_UPSIDE_DOWN) + "%"
    return next((word for word in ("免税", "不征税", "***", "出口零税率", "普通零税率") if word in plain), None)


def parse_capital_amount(text: str) -> Value:
    found = find_capitals(re.sub(r"\s", "", text))
    return found if found and parse_capitals(found) is not None else None


def parse_sex(text: str) -> Value:
    match = re.search(r"[男女]", text)
    return match.group() if match else None


def parse_phone(text: str) -> Value:
    match = re.search(r"\+?\(?\d[\d\s()\-]{5,}\d", unicodedata.normalize("NFKC", text))
    return match.group().strip() if match else None


def parse_name(text: str) -> Value:
    plain = tidy(text)
    return plain if plain and not re.search(r"\d", plain) else None


def parse_flag(text: str) -> Value:
    return True if text else None


KINDS: Mapping[str, Kind] = {
    name: Kind(name, parse)
    for name, parse in {
        "text": lambda text: tidy(text) or None,
        "name": parse_name,
        "date": parse_date,
        "date_or_long": parse_date_or_long,
        "time": parse_time,
        "amount": parse_amount,
        "code": parse_code,
        "cipher": parse_cipher,
        "digits": parse_digits,
        "id_number": parse_id_number,
        "tax_id": parse_tax_id,
        "card": parse_card,
        "month": parse_month,
        "rate": parse_rate,
        "capitals": parse_capital_amount,
        "sex": parse_sex,
        "phone": parse_phone,
        "flag": parse_flag,
    }.items()
}


def parse(kind: str, text: str) -> Value:
    """The normalised value of a text; None where it is none of this kind."""
    return KINDS[kind].parse(text)
