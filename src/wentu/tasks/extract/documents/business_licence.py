"""Business licence (营业执照)."""

from __future__ import annotations

import re

from wentu.tasks.extract.forms import Form, read_form
from wentu.tasks.extract.kinds import find_dates, parse, tidy
from wentu.tasks.extract.rules import credit_code, real_dates
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.sheet import Sheet

FIELDS = (
    Field("uscc", ("统一社会信用代码", "社会信用代码", "信用代码"), "tax_id"),
    Field("name", ("名称", "企业名称", "公司名称", "单位名称"), multiline=True),
    Field("type", ("类型", "主体类型", "企业类型", "公司类型"), multiline=True),
    Field(
        "legal_person", ("法定代表人", "法人代表", "负责人", "经营者", "投资人", "执行事务合伙人", "法定代表人(负责人)")
    ),
    Field("capital", ("注册资本", "注册资金", "出资额", "资金数额")),
    Field("address", ("住所", "经营场所", "营业场所", "主要经营场所", "地址", "住址"), multiline=True),
    Field("scope", ("经营范围", "业务范围"), multiline=True),
    Field("established", ("成立日期", "注册日期", "成立时间"), "date"),
    Field("period", ("营业期限", "经营期限", "合伙期限"), multiline=True),
    Field("registered_on", ("核准日期", "发照日期", "登记日期", "发证日期"), "date", title="登记日期"),
    Field("authority", ("登记机关", "发照机关", "核准机关", "发证机关"), multiline=True),
    Field("serial", ("证照编号", "编号", "执照编号", "注册号"), "code"),
    Field("is_duplicate", (), "flag", title="副本"),
)
_OTHERS = (
    "营业执照",
    "副本",
    "(副本)",
    "正本",
    "扫描二维码登录",
    "国家企业信用信息公示系统",
    "国家市场监督管理总局监制",
)
_AUTHORITY = re.compile(r".{2,20}(?:市场监督管理局|工商行政管理局|行政审批局|市场监管局|登记机关)$")


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    values, form = read_form(kind, sheet, others=_OTHERS, tight=True)
    if "uscc" not in values:
        values.update(_code(sheet))
    values.update({} if "registered_on" in values else _last_date(sheet, values))
    values.update({} if "authority" in values else _authority(form))
    values["is_duplicate"] = _duplicate(sheet)
    return values


def _code(sheet: Sheet) -> dict[str, Found]:
    for span in sheet.spans:
        value = parse("tax_id", span.text)
        if isinstance(value, str) and len(value) == 18:
            return {"uscc": Found(span.text, value, (span,))}
    return {}


def _last_date(sheet: Sheet, values: dict[str, Found]) -> dict[str, Found]:
    """The date of registration is printed under everything else, mostly without a label."""
    used = {(span.page, span.line) for found in values.values() for span in found.spans}
    for span in reversed(sheet.spans):
        dates = find_dates(span.text)
        if len(dates) == 1 and (span.page, span.line) not in used and len(tidy(span.text)) <= 14:
            return {"registered_on": Found(span.text, dates[0][2], (span,))}
    return {}


def _authority(form: Form) -> dict[str, Found]:
    for piece in reversed(form.pieces):
        if not piece.label and _AUTHORITY.search(tidy(piece.span.text)):
            return {"authority": Found(piece.span.text, tidy(piece.span.text), (piece.span,))}
    return {}


def _duplicate(sheet: Sheet) -> Found:
    marks = [
        span
        for span in sheet.spans
        if re.fullmatch(r"[（(]?副本[)）]?.{0,8}|营业执照.{0,3}副本.{0,6}", tidy(span.text))
    ]
    return Found(marks[0].text, True, (marks[0],)) if marks else Found("", False)


def _rules(values: Values) -> list[Ruling]:
    return [*credit_code(values, "uscc"), *real_dates(values, ["established", "registered_on"])]


TYPE = DocumentType(
    "business-licence",
    "营业执照",
    FIELDS,
    _read,
    _rules,
    marks={
        "营业执照": 4,
        "统一社会信用代码": 1.5,
        "法定代表人": 1,
        "经营范围": 2,
        "注册资本": 1.5,
        "住所": 0.5,
        "登记机关": 1,
    },
)
