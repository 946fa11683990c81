"""What was bought: the table of a receipt, with a heading or without."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from wentu.tasks.extract.kinds import tidy
from wentu.tasks.extract.labels import split
from wentu.tasks.extract.receipts import Row, amounts
from wentu.tasks.extract.schema import Field, Found
from wentu.tasks.extract.sheet import Sheet, Span
from wentu.tasks.extract.tables import read_table

_ENDS = (
    "合计",
    "总计",
    "小计",
    "应收",
    "应付",
    "实收",
    "总额",
    "SUB",
    "Sub",
    "sub",
    "TOTAL",
    "Total",
    "total",
    "TAX",
    "Tax",
    "GST",
    "SST",
    "Service",
    "SERVICE",
    "Discount",
    "DISCOUNT",
    "Rounding",
    "CASH",
    "Cash",
    "税额",
    "优惠",
    "件数",
    "共",
    "Item ",
    "NET",
    "Net",
    "Tip",
    "TIP",
    "----",
    "====",
)
_END = re.compile("|".join(_ENDS))
_TIMES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:[xX×*@]|PCS?|NOS|EA)\s*(?:RM|\$|¥)?\s*(\d+(?:\.\d+)?)")


def read_items(
    sheet: Sheet, lines: Sequence[Row], fields: Sequence[Field], values: Mapping[str, Found]
) -> dict[str, Found]:
    """Cells by id (`items.0.amount`); empty where nothing looks like an item."""
    pieces = split(sheet, [label for one in fields for label in one.labels])
    table = read_table(sheet, pieces, fields, _ENDS)
    rows: Sequence[Mapping[str, Found]] = table.items if table is not None else ()
    if not rows:
        rows = _without_heading(lines, values)
    cells = {f"items.{n}.{name}": cell for n, row in enumerate(rows) for name, cell in row.items()}
    return {key: _lettered(cell) if key.endswith(".description") else cell for key, cell in cells.items()}


def _lettered(cell: Found) -> Found:
    """A "1" inside a word, or in the unit of a volume, is the letter that it looks like: Bu1b, 250m1."""
    if not isinstance(cell.value, str):
        return cell
    text = re.sub(r"(?<=[a-z])1(?=[a-z])", "l", cell.value)
    return replace(cell, value=re.sub(r"(?<=\d)m1\b", "ml", text))


def _without_heading(lines: Sequence[Row], values: Mapping[str, Found]) -> list[Mapping[str, Found]]:
    """Rows of words that end in a sum, above the totals; "2 x 4.30" is quantity and price."""
    sums = [values[one].spans[0].box.y0 for one in ("subtotal", "total") if one in values and values[one].spans]
    limit = min(sums, default=float("inf"))
    items: list[dict[str, Found]] = []
    for row in lines:
        if row.spans[0].box.y0 >= limit - 1 or _END.match(row.text.strip()):
            if items:
                break
            continue
        found = amounts(row)
        if not found:
            continue
        span, value = found[-1]
        words = [one for one in row.spans if one.box.x1 <= span.box.x0 + 2]
        item = {"amount": Found(span.text, value, (span,))} | _times(row)
        description = _description(words)
        if description is not None:
            item |= _counted(description) | item
        if "description" in item or "quantity" in item:
            items.append(item)
    return [item for item in items if "description" in item]


def _counted(description: Found) -> dict[str, Found]:
    """A description, and the quantity that may stand behind it: "可乐 x2"."""
    match = re.search(r"\s*[xX×]\s*(\d{1,3})$", str(description.value))
    if match is None or not match.start():
        return {"description": description}
    last = description.spans[-1]
    number = last.cut(max(len(last.text) - len(match.group(1)), 0), len(last.text))
    quantity = Found(number.text, int(match.group(1)), (number,))
    return {"description": replace(description, value=str(description.value)[: match.start()]), "quantity": quantity}


def _times(row: Row) -> dict[str, Found]:
    for span in row.spans:
        match = _TIMES.search(span.text)
        if match:
            quantity, price = span.cut(match.start(1), match.end(1)), span.cut(match.start(2), match.end(2))
            return {
                "quantity": Found(quantity.text, _plain(match.group(1)), (quantity,)),
                "unit_price": Found(price.text, float(match.group(2)), (price,)),
            }
    return {}


def _plain(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _description(words: Sequence[Span]) -> Found | None:
    spans = [
        span for span in words if re.search(r"[A-Za-z\u4e00-\u9fff]{2,}", span.text) and not _TIMES.fullmatch(span.text)
    ]
    if not spans:
        return None
    text = " ".join(span.text for span in spans)
    return Found(text, tidy(text), tuple(spans))
