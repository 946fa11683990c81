"""The price that a picture shows for its product, told apart from old prices, instalments, coupons and postage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wentu.core.terms import fold
from wentu.tasks.support.seen import Line, Seen, label_left_of

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?)"
_SIGNS = {
    "¥": "CNY",
    "￥": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "hk$": "HKD",
    "us$": "USD",
    "$": "USD",
    "usd": "USD",
    "€": "EUR",
    "£": "GBP",
}
_BEFORE = re.compile(rf"(hk\$|us\$|¥|￥|rmb|cny|usd|\$|€|£)\s*{_NUMBER}(?![\d.]*\s*(?:%|折))")
_AFTER = re.compile(rf"(?<![\d.,]){_NUMBER}\s*(元|块钱?|rmb|cny|yuan|usd|dollars?)(?![a-z])")
# OCR's usual readings of a yen sign at the beginning of a line that is nothing but a price.
_MISREAD = re.compile(rf"^[y半羊#*￥v]\s?{_NUMBER}\s*(?:起|元)?$")
_BARE = re.compile(rf"^{_NUMBER}$")
_NOT_THE_PRICE = re.compile(
    r"原价|划线|市场价|专柜|吊牌|参考价|建议零售|定金|订金|预付|尾款|首付|月付|每期|每月|\d\s*期|/期|/月|免息|运费|邮费|包邮|满\s*¥?\s*\d|立减|直降|减\s*¥?\s*\d|"
    r"已?优惠|立省|省\s*¥?\s*\d|返\s*¥?\s*\d|券(?!后)|红包|保费|险|补贴|加价|差价|积分|抵扣|门槛|以内|以下|左右|预算|"
    r"was|list\s*price|msrp|rrp|original|reg(?:ular)?\.?\s*price|deposit|per\s*month|/\s*mo|month|shipping|delivery|save|off|coupon|instal|"
    r"postage|voucher|cashback|orders?\s*over|free\s*over|under\s*\$?\d"
)
_THE_PRICE = re.compile(
    r"到手价|券后|现价|售价|价格|活动价|秒杀价|促销价|特价|标价|单价|卖|价|(?<!list )price|now|sale|our"
)
_MAX_AMOUNT = 10_000_000


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """An amount in a picture. `currency` "" where no sign says which; `size` is the text's height in pixels."""

    amount: float
    currency: str
    line: Line
    size: float
    labelled: bool


def prices(seen: Seen) -> list[PriceSeen]:
    """Every amount that may be a product's price, in reading order."""
    found: list[PriceSeen] = []
    lines = seen.lines
    for line in lines:
        text = fold(line.text)
        label = label_left_of(line, lines)
        for amount, currency, around in _amounts(text):
            near = f"{label} {around}"
            if _NOT_THE_PRICE.search(near) and not re.search(r"到手|券后|现价", near):
                continue
            if 0 < amount < _MAX_AMOUNT:
                found.append(PriceSeen(amount, currency, line, line.height, bool(_THE_PRICE.search(near))))
    return found or _beside_signs(lines)


def main_prices(found: Sequence[PriceSeen], title: Line | None) -> list[PriceSeen]:
    """The prices that stand out: the largest ones, or those that are called the price; nearest to the title first."""
    if not found:
        return []
    largest = max(price.size for price in found)
    chosen = [price for price in found if price.size >= 0.85 * largest]
    labelled = [price for price in found if price.labelled and price.size >= 0.6 * largest]
    if labelled and not any(price.labelled for price in chosen) and largest < 1.25 * max(p.size for p in labelled):
        chosen = labelled
    elif any(price.labelled for price in chosen):
        chosen = [price for price in chosen if price.labelled]
    if title is None:
        return chosen
    here = [price for price in chosen if price.line.page == title.page] or chosen
    return sorted(here, key=lambda price: _distance(price.line, title))


def agrees(price: PriceSeen, amount: float, currency: str) -> bool:
    """Whether a price in a picture is the catalogue's, to the cent."""
    if price.currency and currency and price.currency != currency and {price.currency, currency} != {"CNY", "JPY"}:
        return False
    return abs(price.amount - amount) < 0.005


def _amounts(text: str) -> Iterable[tuple[float, str, str]]:
    """(amount, currency, the words around it) of a folded line."""
    taken: list[tuple[int, int]] = []
    for pattern, sign, number in ((_BEFORE, 1, 2), (_AFTER, 2, 1)):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            currency = _SIGNS.get(match.group(sign), "USD" if match.group(sign).startswith("dollar") else "CNY")
            start = max(
                (end for end in (m.end() for m in re.finditer(r"[,，;；。|]", text[: match.start()]))), default=0
            )
            around = text[max(start, match.start() - 10) : match.end() + 6]
            yield _value(match.group(number)), currency, around
    misread = None if taken else _MISREAD.match(text.strip())
    if misread:
        yield _value(misread.group(1)), "CNY", text


def _beside_signs(lines: Sequence[Line]) -> list[PriceSeen]:
    """Bare numbers that stand directly right of a lone currency sign or of a word that means the price."""
    found: list[PriceSeen] = []
    for line in lines:
        text = fold(line.text).strip()
        match = _BARE.match(text)
        label = label_left_of(line, lines).strip() if match else ""
        if match and label and not _NOT_THE_PRICE.search(label):
            currency = _SIGNS.get(label, "")
            if currency or _THE_PRICE.search(label):
                found.append(PriceSeen(_value(match.group(1)), currency, line, line.height, True))
    return found


def _distance(a: Line, b: Line) -> float:
    (ax, ay), (bx, by) = a.line.box.center, b.line.box.center
    return float(((ax - bx) ** 2 * 0.25 + (ay - by) ** 2) ** 0.5)


def _value(number: str) -> float:
    return float(number.replace(",", ""))
