"""Rules that values of several document types keep; each gives a Ruling, none where a value is missing.

Levels and tolerances are those of the contract: sums of money hold to ±0.01 a line.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from wentu.core.results import Check, Level, Value
from wentu.tasks.extract import identifiers
from wentu.tasks.extract.amounts import parse_capitals
from wentu.tasks.extract.schema import Ruling, Values

CENT = Decimal("0.01")
RATES = {Decimal(rate) for rate in ("13", "9", "6", "5", "3", "1.5", "1", "0")}
# Earlier rates stand on invoices of their time and are no mistake.
OLD_RATES = {Decimal(rate) for rate in ("17", "16", "11", "10", "4")}


def ruling(
    check_id: str, level: Level, passed: bool, message: str, fields: Sequence[str], proves: Sequence[str] = ()
) -> Ruling:
    """A verdict; what it proves, it proves only by passing."""
    return Ruling(
        Check(check_id, level, passed, "" if passed else message), tuple(fields), tuple(proves) if passed else ()
    )


def number(value: Value) -> Decimal | None:
    """A value as an exact number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))


def resident_id(values: Values) -> Iterator[Ruling]:
    """An ID card's number: its checksum, and what it says about birth and sex against what is printed."""
    code = values.get("id_number")
    if not isinstance(code, str):
        return
    right = identifiers.id_checksum(code)
    yield ruling("id.checksum", "error", right, "身份证号码的校验位不对", ["id_number"], ["id_number"])
    born, printed = identifiers.id_birth_date(code), values.get("birth_date")
    if isinstance(printed, str):
        same = born is not None and born.isoformat() == printed
        proves = ["birth_date", "id_number"] if right else []
        message = "出生日期与身份证号码不一致"
        yield ruling("id.birth_date", "error", same, message, ["birth_date", "id_number"], proves)
    sex = values.get("sex")
    if sex in ("男", "女") and code[16:17].isdigit():
        same = (int(code[16]) % 2 == 1) == (sex == "男")
        yield ruling("id.sex", "error", same, "性别与身份证号码不一致", ["sex", "id_number"], ["sex"] if right else [])


def credit_code(values: Values, field_id: str, level: Level = "error") -> Iterator[Ruling]:
    """A unified social credit code: its checksum, and that of the organisation code inside it."""
    code = values.get(field_id)
    if not isinstance(code, str) or (level == "warn" and len(code) != 18):
        return
    right = identifiers.uscc_checksum(code)
    yield ruling("uscc.checksum", level, right, "统一社会信用代码的校验位不对", [field_id], [field_id])
    if right:
        inner = identifiers.organisation_checksum(code)
        yield ruling("uscc.organisation", "warn", inner, "组织机构代码的校验位不对", [field_id])


def real_dates(values: Values, ids: Sequence[str], today: datetime.date | None = None) -> Iterator[Ruling]:
    """Dates of things that have happened are not in the future."""
    today = today or datetime.date.today()
    for field_id in ids:
        when = _date(values.get(field_id))
        if when is not None:
            yield ruling("dates.future", "error", when <= today, "日期在将来", [field_id])


def ordered_dates(values: Values, start: str, end: str) -> Iterator[Ruling]:
    first, last = _date(values.get(start)), _date(values.get(end))
    if first and last:
        yield ruling("dates.order", "error", first < last, "开始日期不早于结束日期", [start, end])


def id_validity(values: Values) -> Iterator[Ruling]:
    """The back of an ID card: valid for 5, 10 or 20 years to the day, or for good."""
    first, end = _date(values.get("valid_from")), values.get("valid_to")
    if first is None or end is None:
        return
    last = _date(end)
    fits = end == "长期" or (
        last is not None
        and last.year - first.year in (5, 10, 20)
        and (last.month, last.day) == (first.month, first.day)
    )
    proves = ["valid_from", "valid_to"] if last is not None else []
    yield ruling("id.validity", "warn", fits, "有效期限不是 5、10、20 年或长期", ["valid_from", "valid_to"], proves)


def capitals_match(values: Values, check_id: str, amount: str, capitals: str, message: str) -> Iterator[Ruling]:
    """An amount in capital numerals says the same number as its digits."""
    said, digits = values.get(capitals), number(values.get(amount))
    if isinstance(said, str) and digits is not None:
        same = parse_capitals(said) == digits
        yield ruling(check_id, "error", same, message, [amount, capitals], [amount, capitals])


def invoice_lines(values: Values, net: str, tax: str) -> Iterator[Ruling]:
    """Quantity x price = amount and amount x rate = tax on every line, and the lines add up to the totals."""
    rows = _rows(values)
    sums = {"amount": Decimal(0), "tax": Decimal(0)}
    whole = {"amount": bool(rows), "tax": bool(rows)}
    for n in rows:
        cell = {name: values.get(f"items.{n}.{name}") for name in ("quantity", "price", "amount", "rate", "tax")}
        amount, levied = number(cell["amount"]), number(cell["tax"])
        yield from _line_amount(n, number(cell["quantity"]), number(cell["price"]), amount)
        yield from _line_tax(n, amount, cell["rate"], levied)
        for name, value in (("amount", amount), ("tax", levied)):
            sums[name] += value or 0
            whole[name] = whole[name] and (value is not None or (name == "tax" and _untaxed(cell["rate"])))
    for name, total_id in (("amount", net), ("tax", tax)):
        total = number(values.get(total_id))
        if whole[name] and total is not None:
            right = abs(sums[name] - total) <= CENT * max(1, len(rows) if name == "tax" else 1)
            cells = [f"items.{n}.{name}" for n in rows if f"items.{n}.{name}" in values]
            yield ruling(
                "invoice.lines_sum", "error", right, "各行合计与合计栏不一致", [total_id, *cells], [total_id, *cells]
            )


def _line_amount(n: int, quantity: Decimal | None, price: Decimal | None, amount: Decimal | None) -> Iterator[Ruling]:
    if quantity is None or price is None or amount is None:
        return
    # The price is printed rounded: half of its last digit, times the quantity, may be missing.
    rounding = abs(quantity) * Decimal(5).scaleb(min(int(price.as_tuple().exponent), -2) - 1)
    cells = [f"items.{n}.{name}" for name in ("quantity", "price", "amount")]
    right = abs(quantity * price - amount) <= CENT + (rounding if -int(price.as_tuple().exponent) > 2 else 0)
    yield ruling("invoice.line_amount", "error", right, f"第 {n + 1} 行：数量 × 单价 ≠ 金额", cells, cells)


def _line_tax(n: int, amount: Decimal | None, rate: Value, levied: Decimal | None) -> Iterator[Ruling]:
    share = _share(rate)
    if share is None:
        return
    fits = share * 100 in RATES | OLD_RATES
    yield ruling("invoice.rate", "warn", fits, f"第 {n + 1} 行：税率不常见", [f"items.{n}.rate"])
    if amount is None or levied is None:
        return
    cells = [f"items.{n}.{name}" for name in ("amount", "rate", "tax")]
    exact = (amount * share).quantize(CENT, ROUND_HALF_UP)
    yield ruling(
        "invoice.line_tax", "error", abs(exact - levied) <= CENT, f"第 {n + 1} 行：金额 × 税率 ≠ 税额", cells, cells
    )


def invoice_total(values: Values, net: str, tax: str, total: str) -> Iterator[Ruling]:
    """Net + tax = total."""
    a, b, c = (number(values.get(one)) for one in (net, tax, total))
    if a is not None and c is not None and (b is not None or _all_untaxed(values)):
        right = abs(a + (b or 0) - c) <= CENT
        ids = [one for one in (net, tax, total) if one in values]
        yield ruling("invoice.total", "error", right, "合计金额 + 税额 ≠ 价税合计", ids, ids)


def _all_untaxed(values: Values) -> bool:
    rows = _rows(values)
    return bool(rows) and all(_untaxed(values.get(f"items.{n}.rate")) for n in rows)


def _untaxed(rate: Value) -> bool:
    return isinstance(rate, str) and not rate.endswith("%")


def _share(rate: Value) -> Decimal | None:
    return Decimal(rate[:-1]) / 100 if isinstance(rate, str) and rate.endswith("%") else None


def _rows(values: Values) -> list[int]:
    return sorted({int(key.split(".")[1]) for key in values if key.startswith("items.")})


def _date(value: Value) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
