"""VAT invoice of the old form (增值税专用/普通发票), on paper or electronic."""

from __future__ import annotations

import re

from wentu.tasks.extract import invoices
from wentu.tasks.extract.forms import join, make_form, read_fields
from wentu.tasks.extract.kinds import tidy
from wentu.tasks.extract.rules import capitals_match, credit_code, invoice_lines, invoice_total, real_dates, ruling
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.seals import find_seal
from wentu.tasks.extract.sheet import Sheet

_TITLE = re.compile(r"[\u4e00-\u9fff]{0,8}增值税(?:电子)?(?:专用|普通)?发票(?:[（(][^)）]{1,6}[)）])?")
_TYPE = re.compile(r"增值税(?:电子)?(?:专用|普通)?发票")
_CIPHER = re.compile(r"(?=.*[<>+*/\-])[0-9<>+*/\-]{16,}")

FIELDS = (
    Field("title", (), title="票头"),
    Field("type", (), title="发票种类"),
    Field("code", ("发票代码", "代码"), "digits"),
    Field("number", ("发票号码", "发票号", "号码", "No.", "№"), "digits"),
    Field("date", ("开票日期", "开具日期", "日期"), "date"),
    Field("check_code", ("校验码", "校验代码"), "digits"),
    Field("machine_no", ("机器编号", "机器号码"), "digits"),
    Field("cipher", (), "cipher", title="密码区"),
    *invoices.party_fields(full=True),
    Field(
        "amount_ex_tax", ("合计金额", "金额合计", "不含税金额", "不含税金额合计"), "amount", title="合计金额（不含税）"
    ),
    Field("tax", ("合计税额", "税额合计", "税额总计"), "amount", title="合计税额"),
    Field("total", ("(小写)", "价税合计(小写)", "小写", "价税合计小写"), "amount", title="价税合计（小写）"),
    Field(
        "total_cn",
        ("价税合计(大写)", "价税合计大写", "(大写)", "大写", "价税合计"),
        "capitals",
        title="价税合计（大写）",
    ),
    Field("payee", ("收款人", "收款"), "name"),
    Field("reviewer", ("复核", "复核人"), "name"),
    Field("issuer", ("开票人", "开票员"), "name"),
    Field("remark", ("备注", "备 注"), multiline=True),
    Field("seal_present", (), "flag", title="有印章"),
    Field("red_letter", (), "flag", title="红字发票"),
    Field("qr_payload", (), "text", title="二维码内容"),
)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    form = make_form(sheet, invoices.vocabulary(kind))
    items, table = invoices.read_items(form, kind)
    used = {id(span) for cell in items.values() for span in cell.spans}
    form.taken.update(n for n, piece in enumerate(form.pieces) if id(piece.span) in used)
    values = invoices.read_parties(form, kind)
    values |= read_fields(
        form, [one for one in kind.fields if not one.section and one.id not in {"amount_ex_tax", "tax"}]
    )
    values |= invoices.read_sums(sheet, table, "amount_ex_tax", "tax") or read_fields(form, kind.fields[12:18])
    values |= invoices.read_total(form, values) | items
    values |= _named(sheet)
    return values


def _named(sheet: Sheet) -> dict[str, Found]:
    """What is found by its looks: title, kind, cipher, seal, red letters."""
    values: dict[str, Found] = {}
    title = invoices.read_title(sheet, _TITLE)
    if title is not None:
        match = _TYPE.search(str(title.value))
        values["title"] = title
        values["type"] = Found(title.text, match.group() if match else title.value, title.spans)
    cipher = [span for span in sheet.spans if _CIPHER.fullmatch(re.sub(r"\s", "", tidy(span.text)))]
    if cipher:
        text = "".join(re.sub(r"\s", "", span.text) for span in cipher)
        values["cipher"] = Found(join([span.text for span in cipher]), text, tuple(cipher))
    values["seal_present"] = Found("", find_seal(sheet.pages) is not None)
    red = [span for span in sheet.spans if re.search(r"红字|销项负数|负数|对应正数发票", span.text)]
    values["red_letter"] = Found(red[0].text if red else "", bool(red), tuple(red[:1]))
    return values


def _rules(values: Values) -> list[Ruling]:
    found = [
        *invoice_lines(values, "amount_ex_tax", "tax"),
        *invoice_total(values, "amount_ex_tax", "tax", "total"),
        *capitals_match(values, "invoice.total_cn", "total", "total_cn", "价税合计大写与小写不一致"),
        *real_dates(values, ["date"]),
    ]
    number, code = values.get("number"), values.get("code")
    if isinstance(number, str):
        right = len(number) == 8 and (not isinstance(code, str) or len(code) in (10, 12))
        ids = ["number", "code"] if "code" in values else ["number"]
        found.append(ruling("invoice.number", "error", right, "发票号码应为 8 位，发票代码应为 10 或 12 位", ids))
    for party in ("buyer", "seller"):
        found.extend(credit_code(values, f"{party}.tax_id", "warn"))
    return found


TYPE = DocumentType(
    "vat-invoice",
    "增值税发票",
    FIELDS,
    _read,
    _rules,
    marks={
        "增值税": 3,
        "发票代码": 3,
        "校验码": 1,
        "价税合计": 1,
        "密码区": 2,
        "纳税人识别号": 1,
        "货物或应税劳务": 1.5,
        "地址、电话": 1,
        "开票日期": 0.7,
        "发票号码": 0.7,
        "机器编号": 1,
    },
    items=invoices.ITEM_FIELDS,
)
