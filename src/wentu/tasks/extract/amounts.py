"""Amounts of money as Chinese papers write them: digits with signs and separators, and capital numerals (大写)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import cn2an

# Characters of financial capitals; 圆/元, 整/正, 负 and ⊗ (printed on invoices before the first numeral) beside them.
_CAPITALS = "零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿一二三四五六七八九十百千两貳參陸"
_CAPITAL_AMOUNT = re.compile(
    rf"(?:人民币)?[⊗ⓧ⊠×¥￥]?\s*(负|（负数）|\(负数\))?([{_CAPITALS}]+[圆元][{_CAPITALS}角分整正]*)"
)
_DIGITS = re.compile(r"-?\d[\d,，]*(?:\.\d+)?|-?\.\d+")
_OLD = str.maketrans("貳參陸两圆正", "贰叁陆贰元整")


def parse_number(text: str) -> Decimal | None:
    """The number in a printed amount ("¥1,234.50", "-3.00", "RM 7.00"); None where there is not exactly one."""
    plain = (
        re.sub(r"\s*([.,，])\s*|(?<=[^\d\s])\s+|^\s+", r"\1", text)
        .replace("，", ",")
        .replace("－", "-")
        .replace("—", "-")
        .replace("−", "-")
    )
    plain = re.sub(r"(?<=\d)[.](?=\d{3}[,.])", ",", plain)
    found = [match.group() for match in _DIGITS.finditer(plain)]
    if len(found) != 1:
        return None
    negative = plain.startswith(("-", "(-", "¥-", "￥-")) or (plain.startswith("(") and plain.endswith(")"))
    try:
        value = Decimal(found[0].replace(",", ""))
    except InvalidOperation:
        return None
    return -abs(value) if negative else value


def find_capitals(text: str) -> str | None:
    """The stretch of a text that is an amount in capital numerals; None without one."""
    match = _CAPITAL_AMOUNT.search(text)
    return match.group().strip("⊗ⓧ⊠×¥￥ ").removeprefix("人民币") if match else None


def parse_capitals(text: str) -> Decimal | None:
    """The number that capital numerals say (壹佰壹拾叁圆整 -> 113); None where they say none."""
    match = _CAPITAL_AMOUNT.search(re.sub(r"\s+", "", text))
    if match is None:
        return None
    yuan, _, rest = match.group(2).translate(_OLD).partition("元")
    parts = re.fullmatch(rf"零?(?:([{_CAPITALS}])角)?零?(?:([{_CAPITALS}])分)?整?", rest)
    if parts is None:
        return None
    try:
        whole = Decimal(int(cn2an.cn2an(yuan, "smart"))) if yuan.strip("零") else Decimal(0)
        jiao, fen = (int(cn2an.cn2an(digit, "smart")) if digit else 0 for digit in parts.groups())
    except ValueError:
        return None
    value = whole + Decimal(jiao) / 10 + Decimal(fen) / 100
    return -value if match.group(1) else value
