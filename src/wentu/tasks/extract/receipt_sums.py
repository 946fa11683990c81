"""Which of a receipt's many sums is the total: by its words, and by the arithmetic of what was paid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.tasks.extract.receipts import Row, amounts
from wentu.tasks.extract.schema import Found
from wentu.tasks.extract.sheet import Span, same_row

_SUBTOTAL = re.compile(r"SUB\s?-?\s?TOTAL|小计", re.I)
_NOT_TOTAL = re.compile(
    r"TOTAL\s*(?:QTY|QUANTITY|ITEM|NO|GST|SST|TAX|VAT|DISC|SAVING|POINT|PAID|TENDER|CASH"
    r"|CHANGE|SAVED)|(?:QTY|ITEM|GST|TAX|DISC(?:OUNT)?|SAVING)S?\s*TOTAL"
    r"|EXCL|BEFORE|W/O|WITHOUT|TAXABLE|数量|件数|税额|优惠|折扣|找零|原价",
    re.I,
)
_TOTAL = (
    (
        re.compile(
            r"GRAND\s?TOTAL|NETT?\s?TOTAL|TOTAL\s*(?:AMOUNT\s*)?(?:DUE|PAYABLE)|AMOUNT\s*(?:DUE"
            r"|PAYABLE)|BALANCE\s*DUE|(?:NETT?|AFTER|WITH)\s.{0,8}ROUND|ROUND(?:ED|ING)?\s*TOTAL"
            r"|TOTAL\s*(?:AFTER|ROUNDED)|NETT?\s*(?:AMOUNT|AMT)|应付|应收|实付|合计"
            r"|总计|总额|总金额|TOTAL\s*RM",
            re.I,
        ),
        3.0,
    ),
    (
        re.compile(
            r"TOTAL.{0,12}INC|INC.{0,16}TOTAL|TOTAL\s*SALES|TOTAL\s*(?:AMOUNT|AMT)|AMOUNT\s*TOTAL|TOTAL\s*PRICE", re.I
        ),
        2.5,
    ),
    (re.compile(r"T[O0]TAL|JUMLAH|实收", re.I), 2.2),  # 实收 is what was paid where 应收 stands above it
    (re.compile(r"\bNETT?\b|\bAMOUNT\b|\bAMT\b|金额", re.I), 0.8),
)
_CASH = re.compile(
    r"\b(?:CASH|TENDER(?:ED)?|PAID|PAYMENT|RECEIVED?|VISA|MASTER(?:CARD)?|DEBIT|CREDIT|CARD"
    r"|AMEX)\b|现金|收款|已付|微信|支付宝|刷卡",
    re.I,
)
_CHANGE = re.compile(r"\bCHANGE\b|\bBAKI\b|找零|找赎", re.I)
_TAX = re.compile(r"\b(?:GST|SST|TAX|VAT|税额|税)\b|税额", re.I)
_TIP = re.compile(r"\b(?:TIP|GRATUITY)\b|小费", re.I)
_PAYMENT = re.compile(
    r"微信支付|微信|支付宝|银联|云闪付|现金|刷卡|银行卡|信用卡|会员卡|MASTER\s?CARD|VISA"
    r"|AMEX|CREDIT CARD|DEBIT CARD|\bCASH\b|\bCARD\b|E-?WALLET|APPLE PAY|ALIPAY|WECHAT(?: PAY)?",
    re.I,
)
_CENT = 0.011
_ROUNDING = 0.051  # to the nearest five sen


@dataclass(frozen=True, slots=True)
class _Sum:
    row: int
    text: str
    span: Span
    value: float


def read_sums(lines: Sequence[Row]) -> dict[str, Found]:
    """`subtotal`, `tax`, `tip`, `total` and `payment`, those of them that are printed."""
    sums = [_last(lines, n) for n in range(len(lines))]
    known = [one for one in sums if one is not None]
    found: dict[str, Found] = {}
    total = _total(known)
    if total is not None:
        found["total"] = _found(total)
    limit = total.value if total is not None else float("inf")
    for field_id, pattern in (("subtotal", _SUBTOTAL), ("tip", _TIP), ("tax", _TAX)):
        hits = [one for one in known if pattern.search(one.text) and one.value <= limit + _ROUNDING]
        if field_id == "tax":
            hits = [
                one
                for one in hits
                if not re.search(
                    r"(?i)INCL|EXCL|SUMMARY|ANALYSIS|INVOICE|GST\s*(?:ID|REG|NO)|WITH|AMOUNT\s*$", one.text
                )
                and one.value < 0.5 * limit
            ]
            hits.sort(key=lambda one: ("TOTAL" not in one.text.upper(), one.row))
        if hits:
            found[field_id] = _found(hits[0])
    payment = _payment(lines)
    if payment is not None:
        found["payment"] = payment
    return found


def _found(one: _Sum) -> Found:
    return Found(one.span.text, one.value, (one.span,))


def _payment(lines: Sequence[Row]) -> Found | None:
    for row in lines[len(lines) // 3 :]:
        for span in row.spans:
            match = _PAYMENT.search(span.text)
            if match and not re.search(r"(?i)CASHIER|CASH\s*BILL|CASH SALES|INVOICE", row.text):
                part = span.cut(match.start(), match.end())
                return Found(part.text, part.text.strip(), (part,))
    return None


def _last(lines: Sequence[Row], n: int) -> _Sum | None:
    """The last sum in a row; of a row of words alone, the sum just under it."""
    found = amounts(lines[n])
    if found:
        span, value = found[-1]
        return _Sum(n, lines[n].text, span, value)
    if _word(lines[n].text) > 0 and n + 1 < len(lines):
        below = amounts(lines[n + 1])
        words = re.sub(r"(?i)RM|[^A-Za-z\u4e00-\u9fff]", "", lines[n + 1].text)
        near = lines[n + 1].spans[0].box.y0 - lines[n].spans[0].box.y1 < 0.8 * lines[n].spans[0].height
        if len(below) == 1 and len(words) <= 1 and near and not same_row(below[0][0], lines[n].spans[0]):
            return _Sum(n, lines[n].text, *below[0])
    return None


def _word(text: str) -> float:
    """How much a row's words say that its sum is the total; 0 if they say something else."""
    if _SUBTOTAL.search(text) or _CHANGE.search(text):
        return 0.0
    if _NOT_TOTAL.search(text) and not re.search(r"(?i)INCL", text):
        return 0.0
    weight = next((weight for pattern, weight in _TOTAL if pattern.search(text)), 0.0)
    return 0.0 if weight < 1 and _TAX.search(text) else weight


def _total(sums: Sequence[_Sum]) -> _Sum | None:
    candidates = [(one, _word(one.text)) for one in sums if _word(one.text) > 0 and one.value > 0]
    paid = _paid(sums)
    if not candidates:
        by_paid = [one for one in sums if paid is not None and abs(one.value - paid) < _CENT]
        cash_only = [one for one in sums if _CASH.search(one.text) and one.value > 0]
        if cash_only and not by_paid:
            return cash_only[0]
        others = [one for one in sums if not _CHANGE.search(one.text)]
        return by_paid[0] if by_paid else max(others, key=lambda one: one.value, default=None)
    cash = next(
        (one.row for one in sums if (_CASH.search(one.text) or _CHANGE.search(one.text)) and _word(one.text) == 0),
        10**6,
    )
    top = max(one.value for one, _ in candidates)

    def weigh(item: tuple[_Sum, float]) -> tuple[float, int]:
        one, weight = item
        same = sum(abs(other.value - one.value) < _CENT for other, _ in candidates)
        score = weight + 0.3 * min(same - 1, 3)
        score += 2.0 if paid is not None and abs(one.value - paid) < _CENT else 0.0
        score -= 1.5 if one.row > cash + 1 else 0.0  # the tax summary under what was paid has totals of its own
        score -= 1.0 if one.value < 0.5 * top else 0.0
        return score, one.row

    return _rounded(max(candidates, key=weigh)[0], sums)


def _rounded(total: _Sum, sums: Sequence[_Sum]) -> _Sum:
    """What a total became by rounding to five sen, where that stands right under it without words of its own."""
    rounding = [one for one in sums if total.row < one.row <= total.row + 2 and abs(one.value) <= _ROUNDING]
    for one in sums:
        sum_of_both = rounding and one.row > rounding[0].row and one.row <= total.row + 3 and not _CASH.search(one.text)
        if sum_of_both and 0 < abs(one.value - total.value) <= _ROUNDING:
            return one
    return total


def _paid(sums: Sequence[_Sum]) -> float | None:
    """What was paid, from cash less change."""
    cash = [one for one in sums if _CASH.search(one.text) or "实收" in one.text]
    change = [one for one in sums if _CHANGE.search(one.text) and not _CASH.search(_CHANGE.sub("", one.text))]
    for one in cash:
        after = [back for back in change if back.row > one.row]
        if after and one.value >= abs(after[0].value):
            return round(one.value - abs(after[0].value), 2)
    return None
