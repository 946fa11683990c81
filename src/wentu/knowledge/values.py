"""Values of a catalogue's cells, read strictly: what is not plainly a price, a number or a date is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime

from wentu.core.terms import fold

# What a price is written with; longer signs first, since "hk$" ends in "$".
_SIGNS = (
    *(("hk$", "HKD"), ("nt$", "TWD"), ("us$", "USD"), ("¥", "CNY"), ("￥", "CNY"), ("元", "CNY"), ("rmb", "CNY")),
    *(("cny", "CNY"), ("usd", "USD"), ("$", "USD"), ("€", "EUR"), ("eur", "EUR"), ("£", "GBP"), ("gbp", "GBP")),
    *(("jpy", "JPY"), ("hkd", "HKD")),
)
_CURRENCIES = dict(_SIGNS) | {
    "人民币": "CNY",
    "美元": "USD",
    "港币": "HKD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
}
_PRICE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[t\s].*)?")
_UNLIMITED = ("", "-", "—", "不限", "长期", "永久", "none", "null", "n/a")


class Unfit(ValueError):
    """A cell that is not what its column says. `reason` is a stable id, `value` what stands there (shortened)."""

    def __init__(self, reason: str, value: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = str(value)[:60]


def price(cell: object) -> tuple[float, str]:
    """The amount and the currency that its sign names ("" without one). Raises Unfit."""
    if isinstance(cell, bool):
        raise Unfit("bad_price", cell)
    if isinstance(cell, int | float):
        amount, sign = float(cell), ""
    else:
        text = fold(str(cell)).strip()
        sign = next((code for mark, code in _SIGNS if mark in text), "")
        bare = text
        for mark, _ in _SIGNS:
            bare = bare.replace(mark, "")
        bare = bare.strip()
        if not bare:
            raise Unfit("no_price", cell)
        if _PRICE.fullmatch(bare) is None:
            raise Unfit("bad_price", cell)
        amount = float(bare.replace(",", ""))
    if not 0 < amount < 1e9:
        raise Unfit("bad_price", cell)
    return amount, sign


def currency(cell: object) -> str:
    """An ISO 4217 code. Raises Unfit."""
    text = fold(str(cell)).strip()
    code = _CURRENCIES.get(text, text.upper())
    if re.fullmatch(r"[A-Z]{3}", code) is None:
        raise Unfit("bad_currency", cell)
    return code


def stock(cell: object) -> int | None:
    """A whole number from 0; None where the cell is empty or says "in stock" without a number. Raises Unfit."""
    if isinstance(cell, bool):
        return None if cell else 0
    text = fold(str(cell)).strip()
    if text in (*_UNLIMITED, "有货", "现货", "有", "充足", "in stock", "yes", "true"):
        return None
    if text in ("无货", "缺货", "无", "售罄", "out of stock", "sold out", "no", "false"):
        return 0
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?\s*(?:件|台|个|双|瓶|pcs)?", text.replace(",", ""))
    if match is None:
        raise Unfit("bad_stock", cell)
    return int(match.group(1))


def day(cell: object) -> date | None:
    """A date; None where the cell is empty or says "unlimited". Raises Unfit."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = fold(str(cell)).strip()
    if text in _UNLIMITED:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            digits = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
            if digits is None:
                raise Unfit("bad_date", cell)
            return date(*map(int, digits.groups()))
        return date(*map(int, match.groups()))
    except ValueError as exc:
        raise Unfit("bad_date", cell) from exc


def pairs(cell: object) -> dict[str, str]:
    """Attributes out of one cell: an object, JSON text, or "颜色:黑; 容量=256GB"."""
    if isinstance(cell, str):
        text = cell.strip()
        if text[:1] in ("{", "["):
            try:
                return pairs(json.loads(text))
            except ValueError:
                pass
        return _written_pairs(text)
    if isinstance(cell, Mapping):
        return {str(key): plain(value) for key, value in cell.items() if plain(value)}
    if isinstance(cell, list):
        found: dict[str, str] = {}
        for one in cell:
            if isinstance(one, Mapping) and {"name", "value"} <= {str(key).lower() for key in one}:
                low = {str(key).lower(): value for key, value in one.items()}
                found[str(low["name"])] = plain(low["value"])
            elif isinstance(one, Mapping):
                found.update(pairs(one))
            else:
                found.update(_written_pairs(str(one)))
        return found
    return {}


def plain(value: object) -> str:
    """A cell as text; lists are joined with " / ", whole floats lose their ".0"."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return " / ".join(plain(one) for one in value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()


def _written_pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in re.split(r"[;；|\n]|[,，](?=[^,，]*[:：=])", text):
        key, mark, value = re.sub(r"[：=]", ":", piece, count=1).partition(":")
        if mark and key.strip() and value.strip():
            found[key.strip()] = value.strip()
        elif piece.strip():
            found["variant"] = f"{found['variant']} / {piece.strip()}" if "variant" in found else piece.strip()
    return found
