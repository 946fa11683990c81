"""Fully digital invoice (全面数字化的电子发票): a number of 20 digits, no code, no check code."""

from __future__ import annotations

import re

from wentu.tasks.extract import invoices
from wentu.tasks.extract.forms import make_form, read_fields
from wentu.tasks.extract.kinds import tidy
from wentu.tasks.extract.rules import capitals_match, credit_code, invoice_lines, invoice_total, real_dates, ruling
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.sheet import Sheet

_TITLE = re.compile(r"[\u4e00-\u9fff]{0,4}电子发票(?:[（(][^)）]{1,10}[)）]?)?|数电票(?:[（(][^)）]{1,10}[)）]?)?")
# Names of the special businesses that print their own table (State Taxation Administration, announcement 2024 No. 11).
_SERVICES = re.compile(
    r"稀土|建筑服务|旅客运输服务|货物运输服务|不动产销售|不动产经营租赁服务|不动产经营租赁"
    r"|农产品收购|光伏收购|代收车船税|自产农产品销售|差额征税(?:-差额开票|-全额开票)?|成品油"
    r"|民航|铁路"
)
_PAGE = re.compile(
    r"第\s*(\d+)\s*页.{0,3}共\s*(\d+)\s*页|共\s*(\d+)\s*页.{0,3}第\s*(\d+)\s*页|(?<!\d)(\d{1,2})\s*/\s*(\d{1,2})(?:页)?$"
)
# First two digits of the administrative division codes (GB/T 2260), and the cities with a tax bureau of their own.
_PROVINCES = {*"11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()}

FIELDS = (
    Field("title", (), title="票头"),
    Field("number", ("发票号码", "发票号", "数电票号码", "全电发票号码", "号码"), "digits"),
    Field("date", ("开票日期", "开具日期", "日期"), "date"),
    *invoices.party_fields(full=False),
    Field("pretax", ("合计金额", "金额合计", "不含税金额"), "amount", title="合计金额（不含税）"),
    Field("tax", ("合计税额", "税额合计"), "amount", title="合计税额"),
    Field("total", ("(小写)", "价税合计(小写)", "小写", "价税合计小写"), "amount", title="价税合计（小写）"),
    Field(
        "total_cn",
        ("价税合计(大写)", "价税合计大写", "(大写)", "大写", "价税合计"),
        "capitals",
        title="价税合计（大写）",
    ),
    Field("issuer", ("开票人", "开票员"), "name"),
    Field("remark", ("备注", "备 注"), multiline=True),
    Field("service_label", ("特定业务", "服务标签", "特定业务类型", "业务类型"), title="特定业务"),
    Field("page", (), title="页码"),
    Field("red_letter", (), "flag", title="红字发票"),
)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    form = make_form(sheet, invoices.vocabulary(kind))
    items, table = invoices.read_items(form, kind)
    used = {id(span) for cell in items.values() for span in cell.spans}
    form.taken.update(n for n, piece in enumerate(form.pieces) if id(piece.span) in used)
    values = invoices.read_parties(form, kind)
    values |= read_fields(form, [one for one in kind.fields if not one.section and one.id not in {"pretax", "tax"}])
    sums = [one for one in kind.fields if one.id in {"pretax", "tax"}]
    values |= invoices.read_sums(sheet, table, "pretax", "tax") or read_fields(form, sums)
    values |= invoices.read_total(form, values) | items
    values |= _named(sheet, values)
    return values


def _named(sheet: Sheet, values: dict[str, Found]) -> dict[str, Found]:
    """What is found by its looks: title, special business, page, red letters."""
    found: dict[str, Found] = {}
    title = invoices.read_title(sheet, _TITLE)
    if title is not None:
        text = str(title.value)
        found["title"] = Found(
            title.text,
            text if text.count("（") + text.count("(") == text.count("）") + text.count(")") else text + "）",
            title.spans,
        )
    top = sheet.bounds().y0 + 0.3 * sheet.bounds().height
    for span in sheet.spans:
        text = tidy(span.text)
        if "service_label" not in values and span.box.y0 < top and _SERVICES.fullmatch(text):
            found.setdefault("service_label", Found(span.text, text, (span,)))
        match = _PAGE.search(text)
        if match and ("页" in text or re.fullmatch(r"\d{1,2}\s*/\s*\d{1,2}", text)):
            groups = [group for group in match.groups() if group]
            if match.group(3):
                groups.reverse()
            found["page"] = Found(span.text, "/".join(groups), (span,))
    red = [span for span in sheet.spans if re.search(r"红字|负数|被红冲|红冲", span.text)]
    found["red_letter"] = Found(red[0].text if red else "", bool(red), tuple(red[:1]))
    return found


def _rules(values: Values) -> list[Ruling]:
    found = [
        *invoice_lines(values, "pretax", "tax"),
        *invoice_total(values, "pretax", "tax", "total"),
        *capitals_match(values, "invoice.total_cn", "total", "total_cn", "价税合计大写与小写不一致"),
        *real_dates(values, ["date"]),
    ]
    found.extend(_number(values))
    for party in ("buyer", "seller"):
        found.extend(credit_code(values, f"{party}.tax_id", "warn"))
    return found


def _number(values: Values) -> list[Ruling]:
    """20 digits; 1-2 the year of issue, 3-4 the province."""
    number, date = values.get("number"), values.get("date")
    if not isinstance(number, str):
        return []
    if len(number) != 20:
        return [ruling("invoice.number", "error", False, "数电票号码应为 20 位", ["number"])]
    year = not isinstance(date, str) or number[:2] == date[2:4]
    province = number[2:4] in _PROVINCES
    message = "号码前两位不是开票年份" if not year else "号码第 3、4 位不是省级代码"
    ids = ["number", "date"] if "date" in values else ["number"]
    return [ruling("invoice.number", "warn", year and province, message, ids)]


TYPE = DocumentType(
    "digital-invoice",
    "数电发票（全面数字化的电子发票）",
    FIELDS,
    _read,
    _rules,
    marks={
        "电子发票": 3,
        "数电": 2,
        "统一社会信用代码/纳税人识别号": 2,
        "项目名称": 1.5,
        "价税合计": 1,
        "购买方信息": 1.5,
        "销售方信息": 1.5,
        "开票日期": 0.7,
        "发票号码": 0.7,
    },
    items=invoices.ITEM_FIELDS,
)
