"""What the two kinds of Chinese invoice have in common: parties, line items, sums, the QR code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cmp_to_key
from itertools import chain

from wentu.tasks.extract.amounts import find_capitals
from wentu.tasks.extract.forms import Form, value_at
from wentu.tasks.extract.kinds import parse, tidy
from wentu.tasks.extract.schema import DocumentType, Field, Found
from wentu.tasks.extract.sheet import Sheet, Span, rows, same_row
from wentu.tasks.extract.tables import Table, read_table

ITEM_FIELDS = (
    Field(
        "name",
        (
            "货物或应税劳务、服务名称",
            "货物或应税劳务名称",
            "货物或应税劳务、服务",
            "货物、应税劳务及服务",
            "项目名称",
            "货物名称",
            "商品名称",
            "服务名称",
            "品名",
            "名称及规格",
        ),
    ),
    Field("spec", ("规格型号", "规格", "型号")),
    Field("unit", ("单位", "计量单位")),
    Field("quantity", ("数量",), "amount"),
    Field("price", ("单价", "单价(不含税)"), "amount"),
    Field("amount", ("金额", "金额(不含税)"), "amount"),
    Field("rate", ("税率/征收率", "税率", "征收率"), "rate"),
    Field("tax", ("税额",), "amount"),
)
#: Words that are printed on invoices and are neither a label of a field nor a value.
OTHERS = (
    *(
        "购买方",
        "销售方",
        "购买方信息",
        "销售方信息",
        "购方",
        "销方",
        "买方",
        "卖方",
        "购货单位",
        "销货单位",
        "密码区",
        "合计",
        "小计",
    ),
    *("国家税务总局", "全国统一发票监制章", "第一联", "第二联", "第三联", "记账联", "抵扣联", "发票联"),
    *("发票专用章", "销售方(章)", "销售方:(章)", "下载次数", "备注"),
)
_SECTIONS = {
    "buyer": ("购买方", "购买方信息", "购方", "买方", "购货单位"),
    "seller": ("销售方", "销售方信息", "销方", "卖方", "销货单位"),
}
_END = ("合计", "价税合计", "小计", "备注", "销售方", "购买方", "共计", "总计")
_MONEY = re.compile(r"[¥￥Y]?\s?-?\d[\d,]*\.\d{1,2}")


def party_fields(*, full: bool) -> tuple[Field, ...]:
    """Buyer and seller. `full`: with address and bank, as on invoices of the old form."""
    return tuple(
        chain.from_iterable(
            _party(section, words, full=full)
            for section, words in (("buyer", "购买方 购方 买方"), ("seller", "销售方 销方 卖方"))
        )
    )


def _party(section: str, words: str, *, full: bool) -> tuple[Field, ...]:
    who = words.split()
    title = who[0]

    def variants(*labels: str) -> tuple[str, ...]:
        return tuple(f"{one}{label}" for one in who for label in labels)

    fields = [
        Field(f"{section}.name", variants("名称"), "text", True, section, f"{title}名称"),
        Field(
            f"{section}.tax_id",
            variants("纳税人识别号", "税号", "统一社会信用代码", "统一社会信用代码/纳税人识别号"),
            "tax_id",
            False,
            section,
            f"{title}纳税人识别号",
        ),
    ]
    if full:
        fields.append(
            Field(
                f"{section}.address_phone",
                variants("地址、电话", "地址电话"),
                "text",
                True,
                section,
                f"{title}地址、电话",
            )
        )
        fields.append(
            Field(
                f"{section}.bank_account",
                variants("开户行及账号", "开户行", "开户银行及账号"),
                "text",
                True,
                section,
                f"{title}开户行及账号",
            )
        )
    return tuple(fields)


#: Labels that stand in both parts of the form.
SHARED: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "单位名称"),
    "tax_id": ("统一社会信用代码/纳税人识别号", "纳税人识别号", "统一社会信用代码", "税号", "信用代码"),
    "address_phone": ("地址、电话", "地址电话", "地址及电话", "地址,电话"),
    "bank_account": ("开户行及账号", "开户行及帐号", "开户银行及账号", "开户行账号", "银行账号"),
}


def vocabulary(kind: DocumentType) -> list[str]:
    """Every printed label of an invoice."""
    fields = (*kind.fields, *kind.items)
    return [*(label for one in fields for label in one.labels), *chain.from_iterable(SHARED.values()), *OTHERS]


def read_parties(form: Form, kind: DocumentType) -> dict[str, Found]:
    """Buyer and seller by labels that both have: the left or upper one is the buyer, unless headings say otherwise."""
    values: dict[str, Found] = {}
    for one in kind.fields:  # labels that name their party
        for number in form.labels(one.labels) if one.section else ():
            value = value_at(form, number, one)
            if value is not None:
                values.setdefault(one.id, value)
    turned = _seller_first(form)
    for name, labels in SHARED.items():
        hits = [n for n in form.labels(labels) if not _in_heading(form, n)]
        fields = {one.section: one for one in kind.fields if one.section and one.id.endswith("." + name)}
        for section, number in _sections(form, hits, turned).items():
            if section in fields and fields[section].id not in values:
                value = value_at(form, number, fields[section])
                if value is not None:
                    values[fields[section].id] = value
    return values


def _sections(form: Form, hits: Sequence[int], turned: bool) -> dict[str, int]:
    if not hits:
        return {}
    spans = {n: form.pieces[n].span for n in hits}

    def before(a: int, b: int) -> int:
        return 1 if _before(spans[a], spans[b]) > 0 else -1

    order = sorted(hits, key=cmp_to_key(before))
    names = ("seller", "buyer") if turned else ("buyer", "seller")
    if len(order) > 1:
        return dict(zip(names, order[:2], strict=True))
    return {_nearest_section(form, spans[order[0]]): order[0]}


def _before(a: Span, b: Span) -> float:
    """Negative where `a` is read before `b`: left of it in one row, else above it."""
    if a.page != b.page:
        return a.page - b.page
    return a.box.x0 - b.box.x0 if same_row(a, b, 0.3) else a.box.y0 - b.box.y0


def _nearest_section(form: Form, span: Span) -> str:
    """The party whose heading is nearest; without headings the buyer."""
    best = [
        (
            abs(piece.span.box.center[1] - span.box.center[1])
            + 0.3 * abs(piece.span.box.center[0] - span.box.center[0]),
            name,
        )
        for name, words in _SECTIONS.items()
        for piece in (form.pieces[n] for n in form.labels(words))
    ]
    return min(best)[1] if best else "buyer"


def _seller_first(form: Form) -> bool:
    """Whether the form's headings name the seller before the buyer."""
    first = {name: next((form.pieces[n].span for n in form.labels(words)), None) for name, words in _SECTIONS.items()}
    buyer, seller = first["buyer"], first["seller"]
    if buyer is None or seller is None:
        return False
    if same_row(buyer, seller, 0.3):
        return seller.box.x0 < buyer.box.x0
    return seller.box.y0 < buyer.box.y0


def _in_heading(form: Form, number: int) -> bool:
    """A label that is a heading of the table of items."""
    span = form.pieces[number].span
    heads = {label for one in ITEM_FIELDS for label in one.labels}
    others = [p for n, p in enumerate(form.pieces) if n != number and p.label in heads and same_row(p.span, span, 0.3)]
    return len(others) >= 3


def read_items(form: Form, kind: DocumentType) -> tuple[dict[str, Found], Table | None]:
    table = read_table(form.sheet, form.pieces, kind.items, _END)
    if table is None:
        return {}, None
    items = {f"items.{n}.{name}": cell for n, row in enumerate(table.items) for name, cell in row.items()}
    return {key: _starred(cell) if key.endswith(".name") else cell for key, cell in items.items()}, table


def _starred(name: Found) -> Found:
    """Goods are printed as *class*name; OCR may lose the star at the head of the line."""
    lost = isinstance(name.value, str) and re.fullmatch(r"[\u4e00-\u9fff]{2,12}\*[^*]+", name.value)
    return replace(name, value=f"*{name.value}") if lost else name


def read_sums(sheet: Sheet, table: Table | None, net: str, tax: str) -> dict[str, Found]:
    """Net amount and tax out of the row 合计: by the columns of the table, or the first and second amount."""
    for row in rows([span for span in sheet.spans if table is None or span.page == table.page]):
        text = re.sub(r"\s", "", "".join(span.text for span in row))
        at = re.search(r"合计|小计|^计(?=[¥￥\d])|^合(?=[¥￥\d])", text)
        if at is None or at.start() > 4 or "价税" in text or (table and row[0].box.center[1] < table.top):
            continue
        money = [span.cut(m.start(), m.end()) for span in row for m in _MONEY.finditer(span.text)]
        if money:
            return _by_column(money, table, net, tax)
    return {}


def _by_column(money: Sequence[Span], table: Table | None, net: str, tax: str) -> dict[str, Found]:
    columns = {column.field.id: column.span.box for column in table.columns} if table else {}
    if len(money) == 1 and "tax" in columns and "amount" in columns:
        centre = money[0].box.center[0]
        near = abs(centre - columns["amount"].center[0]) <= abs(centre - columns["tax"].center[0])
        ids: tuple[str, ...] = (net,) if near else (tax,)
    else:
        ids = (net, tax)
    found = {}
    for field_id, span in zip(ids, money[-2:] if len(money) > 2 else money, strict=False):
        value = parse("amount", span.text.lstrip("¥￥Y "))
        if value is not None:
            found[field_id] = Found(span.text, value, (span,))
    return found


def read_total(form: Form, values: dict[str, Found]) -> dict[str, Found]:
    """Total in digits and in capitals, where their labels did not give them: by what capitals look like."""
    found: dict[str, Found] = {}
    sheet = form.sheet
    for row in rows(sheet.spans):
        text = "".join(span.text for span in row)
        plain = re.sub(r"\s", "", text)
        capitals = find_capitals(plain)
        if (
            capitals
            and parse("capitals", capitals) is not None
            and "total_cn" not in values
            and "total_cn" not in found
        ):
            spans = tuple(span for span in row if find_capitals(re.sub(r"\s", "", span.text)))
            found["total_cn"] = Found(capitals, capitals, spans or tuple(row))
        if ("价税合计" in plain or "小写" in plain or capitals) and "total" not in values and "total" not in found:
            money = [span.cut(m.start(), m.end()) for span in row for m in _MONEY.finditer(span.text)]
            if money:
                value = parse("amount", money[-1].text.lstrip("¥￥Y "))
                found["total"] = Found(money[-1].text, value, (money[-1],))
    return found


def read_title(sheet: Sheet, pattern: re.Pattern[str]) -> Found | None:
    """The largest line that names the document; brackets that OCR cut off are put back by reading on in its row."""
    hits = [span for span in sheet.spans if pattern.search(tidy(span.text))]
    if not hits:
        return None
    best = max(hits, key=lambda span: span.height)
    after = [
        span
        for span in sheet.spans
        if same_row(best, span) and 0 <= span.box.x0 - best.box.x1 + best.height < 2 * best.height
    ]
    if after and after[0].text.lstrip().startswith(("(", "（")):
        text = best.text + after[0].text
        match = pattern.search(tidy(text))
        if match is not None:
            return Found(text, match.group(), (best, after[0]))
    match = pattern.search(tidy(best.text))
    assert match is not None
    return Found(best.text, match.group(), (best,))


def from_qr(payload: str, *, digital: bool) -> dict[str, str]:
    """What an invoice's QR code says, by field; empty for another kind of code.

    Comma-separated since the tax bureau's 2016 form: version, kind, code, number, amount, date, check code.
    """
    parts = [part.strip() for part in payload.split(",")]
    if len(parts) < 7 or parts[0] != "01" or not re.fullmatch(r"\d{8}|\d{20}", parts[3]):
        return {}
    said = {"number": parts[3], "date": parts[5]}
    if not digital:
        said |= {"code": parts[2], "check_code": parts[6]}
    return {key: value for key, value in said.items() if value}
