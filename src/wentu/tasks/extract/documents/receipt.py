"""Till receipts, Chinese and English."""

from __future__ import annotations

from decimal import Decimal

from wentu.core.results import Level
from wentu.core.text import normalize
from wentu.tasks.extract.forms import make_form, read_fields
from wentu.tasks.extract.receipt_items import read_items
from wentu.tasks.extract.receipt_sums import read_sums
from wentu.tasks.extract.receipts import read_date, read_head, read_phone, read_time, receipt_rows
from wentu.tasks.extract.rules import number, real_dates, ruling
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.sheet import Sheet

FIELDS = (
    Field("merchant.name", ("商户名称", "店名", "门店", "商户", "merchant", "store"), multiline=True, title="商户名称"),
    Field("merchant.address", ("地址", "门店地址", "店铺地址", "address"), multiline=True, title="商户地址"),
    Field("merchant.phone", ("电话", "联系电话", "tel", "phone"), "phone", title="商户电话"),
    Field("date", ("日期", "交易日期", "date"), "date"),
    Field("time", ("时间", "交易时间", "time"), "time"),
    Field("subtotal", ("小计", "subtotal"), "amount"),
    Field("tax", ("税额", "tax"), "amount"),
    Field("tip", ("小费", "tip"), "amount"),
    Field("total", ("合计", "total"), "amount"),
    Field("payment", ("支付方式", "付款方式", "结算方式", "payment", "payment method", "paid by")),
)
ITEMS = (
    Field(
        "description",
        (
            "品名",
            "商品名称",
            "商品",
            "名称",
            "项目",
            "菜名",
            "菜品",
            "description",
            "item",
            "items",
            "particulars",
            "product",
        ),
    ),
    Field("quantity", ("数量", "qty", "quantity"), "amount"),
    Field("unit_price", ("单价", "价格", "price", "unit price", "u/price", "s/price", "u.price"), "amount"),
    Field("amount", ("金额", "小计", "amount", "total", "amt", "amount(rm)", "total(rm)"), "amount"),
)
_LABELLED = ("merchant.name", "merchant.address", "payment")


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    lines = receipt_rows(sheet)
    values = read_head(lines)
    form = make_form(sheet, [label for one in FIELDS if one.id in _LABELLED for label in one.labels])
    for field_id, found in read_fields(form, [one for one in FIELDS if one.id in _LABELLED]).items():
        label = next(form.labels(next(one for one in FIELDS if one.id == field_id).labels), None)
        if label is not None and form.pieces[label].colon and len(normalize(found.text).text) > 1:
            values[field_id] = found
    for field_id, read in (("date", read_date), ("time", read_time), ("merchant.phone", read_phone)):
        one = read(lines)
        if one is not None:
            values[field_id] = one
    sums = read_sums(lines)
    values |= {field_id: one for field_id, one in sums.items() if field_id != "payment" or "payment" not in values}
    return values | read_items(sheet, lines, ITEMS, values)


def _rules(values: Values) -> list[Ruling]:
    return [*_total(values), *real_dates(values, ["date"])]


def _total(values: Values) -> list[Ruling]:
    """Subtotal + tax + tip, or the items, make the total: to five hundredths, to which tills round."""
    total = number(values.get("total"))
    if total is None:
        return []
    rows = sorted({int(key.split(".")[1]) for key in values if key.startswith("items.")})
    cells = [number(values.get(f"items.{n}.amount")) for n in rows]
    tax, tip = (number(values.get(one)) or Decimal(0) for one in ("tax", "tip"))
    parts = [number(values.get("subtotal"))]
    if rows and all(cell is not None for cell in cells):
        parts.append(sum((cell or Decimal(0) for cell in cells), Decimal(0)))
    sums = [part + extra for part in parts if part is not None for extra in (Decimal(0), tax, tip, tax + tip)]
    if not sums:
        return []
    near = min(abs(one - total) for one in sums) <= Decimal("0.05")
    ids = [one for one in ("subtotal", "tax", "tip", "total") if one in values]
    level: Level = "error" if "subtotal" in values and rows else "warn"
    return [ruling("receipt.total", level, near, "小计、税额、小费与合计不一致", ids, ["total"])]


TYPE = DocumentType(
    "receipt",
    "购物小票",
    FIELDS,
    _read,
    _rules,
    marks={
        "小票": 2,
        "收银": 2,
        "找零": 2,
        "实收": 1.5,
        "合计": 0.7,
        "total": 1.5,
        "cash": 1,
        "change": 1.5,
        "receipt": 2,
        "gst": 1,
        "tax invoice": 1.5,
        "cashier": 1.5,
        "qty": 1,
        "谢谢惠顾": 2,
        "欢迎光临": 1.5,
        "微信支付": 0.7,
        "thank you": 1,
    },
    items=ITEMS,
)
