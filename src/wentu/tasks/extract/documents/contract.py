"""Contracts: parties, money, dates, and the clauses that each answer was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wentu.tasks.extract.amounts import find_capitals, parse_capitals
from wentu.tasks.extract.clauses import Clause, clause, clauses_of, in_order
from wentu.tasks.extract.forms import make_form, read_fields
from wentu.tasks.extract.kinds import find_dates, parse, tidy
from wentu.tasks.extract.rules import capitals_match, real_dates
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.seals import find_seal
from wentu.tasks.extract.sheet import Sheet, Span

_TITLE = re.compile(r"^[\u4e00-\u9fff（）()《》、\w]{2,30}(?:合同|协议|合同书|协议书)(?:[（(].{1,10}[)）])?$")
_PARTY = re.compile(
    r"^\s*((?:甲|乙|丙|丁)\s*方|买方|卖方|出租方|承租方|委托方|受托方|发包方|承包方|供方|需方|出卖人|买受人|委托人|受托人)"
    r"\s*(?:[（(]([^)）]{1,12})[)）])?\s*(?:[:：]\s*(.*))?$"  # without a colon: a cell of its own
)
_SIGNING = re.compile(r"盖章|签章|签字|公章|签名")
_MONEY = re.compile(
    r"(?:[¥￥]|人民币|RMB|金额|总价|价款|共计|合计|总额|小写)[^\d]{0,10}([\d,，]+(?:\.\d{1,2})?)\s*(万元|元)?"
)
_CLAUSES = {
    "subject": (
        "标的",
        "合同标的",
        "标的物",
        "服务内容",
        "合同内容",
        "项目名称",
        "产品名称",
        "货物",
        "租赁物",
        "工程概况",
        "采购内容",
    ),
    "payment_terms": ("付款方式", "支付方式", "付款条件", "付款", "支付", "结算方式", "结算", "价款支付"),
    "performance_period": (
        "履行期限",
        "合同期限",
        "服务期限",
        "履行时间",
        "交货期",
        "交货时间",
        "交付时间",
        "租赁期限",
        "工期",
    ),
    "performance_place": ("履行地点", "交货地点", "交付地点", "服务地点", "地点"),
    "performance_method": ("履行方式", "交货方式", "交付方式", "服务方式", "运输方式"),
    "breach": ("违约责任", "违约"),
    "dispute_resolution": ("争议解决", "争议的解决", "争议处理", "争议", "纠纷"),
}
_AMOUNT_CLAUSES = ("合同金额", "合同总价", "合同价款", "总价", "价款", "金额", "费用", "租金", "价格")

FIELDS = (
    Field("title", (), title="合同名称"),
    Field("id", ("合同编号", "协议编号", "合同号", "编号"), title="合同编号"),
    *(Field(name, words, multiline=True) for name, words in _CLAUSES.items()),
    Field("amount", ("合同金额", "合同总价", "合同总金额", "总金额", "合同价款", "合同总额"), "amount"),
    Field("amount_cn", ("大写", "人民币大写", "金额大写"), "capitals", title="金额（大写）"),
    Field("sign_date", ("签订日期", "签署日期", "签约日期", "签订时间", "日期"), "date"),
    Field("signatures_present", (), "flag", title="有签字"),
    Field("seals_present", (), "flag", title="有印章"),
)
PARTIES = (
    Field("name", ("名称",)),
    Field("role", ("身份",)),
    Field("address", ("地址", "住所", "住址", "通讯地址", "注册地址"), multiline=True),
    Field("representative", ("法定代表人", "授权代表", "代表人", "委托代理人", "负责人", "联系人")),
)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    spans = in_order(sheet)
    clauses = clauses_of(sheet)
    values: dict[str, Found] = {}
    title = next((span for span in spans[:6] if _TITLE.match(tidy(span.text))), None)
    if title is not None:
        values["title"] = Found(title.text, tidy(title.text), (title,))
    labelled = [one for one in FIELDS if one.id in ("id", "sign_date", *_CLAUSES)]
    form = make_form(sheet, [label for one in labelled for label in one.labels])
    plain = read_fields(form, [one for one in labelled if one.id in ("id", "sign_date")])
    values |= plain | _parties(spans)
    for field_id, words in _CLAUSES.items():
        one = clause(clauses, words) or _line(spans, words)
        if one is not None:
            values[field_id] = one
    values |= _money(spans, clauses)
    if "sign_date" not in values:
        values |= _last_date(spans)
    signed = [span for span in spans if _SIGNING.search(span.text)]
    values["signatures_present"] = Found("", any(_is_signed(span, spans) for span in signed))
    values["seals_present"] = Found("", find_seal(sheet.pages) is not None)
    return values


def _line(spans: Sequence[Span], words: Sequence[str]) -> Found | None:
    """A "label: value" line, where a contract has no clauses of that name."""
    for word in words[:-1]:
        for span in spans:
            match = re.match(rf"^\s*{word}\s*[:：]\s*", span.text)
            if match and match.end() < len(span.text):
                part = span.cut(match.end(), len(span.text))
                return Found(part.text, tidy(part.text), (part,))
    return None


def _parties(spans: Sequence[Span]) -> dict[str, Found]:
    """Every party once, with the address and representative that follow it before the next one."""
    found: dict[str, Found] = {}
    roles: list[str] = []
    for at, span in enumerate(spans):
        match = _PARTY.match(span.text)
        if match is None or _SIGNING.search(span.text):
            continue
        role = re.sub(r"\s", "", match.group(1))
        name = (match.group(3) or "").strip()
        part = span.cut(span.text.rfind(name), len(span.text)) if name else _right_of(span, spans)
        if role in roles or part is None:
            continue
        n = len(roles)
        roles.append(role)
        found[f"parties.{n}.name"] = Found(part.text, re.sub(r"[（(]以下简称.*$", "", tidy(part.text)), (part,))
        found[f"parties.{n}.role"] = Found(match.group(1), role, (span.cut(match.start(1), match.end(1)),))
        for one, value in _details(spans[at + 1 : at + 8]):
            found.setdefault(f"parties.{n}.{one}", value)
    return found


def _right_of(span: Span, spans: Sequence[Span]) -> Span | None:
    beside = [
        one
        for one in spans
        if one.page == span.page and abs(one.box.center[1] - span.box.center[1]) < 0.5 * span.height
    ]
    right = [one for one in beside if one.box.x0 >= span.box.x1 - 0.5 * span.height]
    return min(right, key=lambda one: one.box.x0, default=None)


def _details(spans: Sequence[Span]) -> Iterator[tuple[str, Found]]:
    """Address and representative out of the lines under a party's name."""
    for span in spans:
        if _PARTY.match(span.text):
            return
        for one in PARTIES[2:]:
            for label in one.labels:
                match = re.search(rf"(?:^|\s){label}\s*[:：]\s*(\S.*?)(?=\s+\S{{2,6}}[:：]|$)", span.text)
                if match:
                    part = span.cut(match.start(1), match.end(1))
                    yield one.id, Found(part.text, tidy(part.text), (part,))
                    break


def _money(spans: Sequence[Span], clauses: Sequence[Clause]) -> dict[str, Found]:
    """The contract's sum: in the clause about it, or wherever a sum stands beside capitals."""
    found: dict[str, Found] = {}
    about = [span for one in clauses for span in one.spans if any(word in one.heading for word in _AMOUNT_CLAUSES)]
    near = [span for span in spans if find_capitals(re.sub(r"\s", "", span.text))]
    for span in (*about, *near, *spans):
        plain = re.sub(r"\s", "", span.text)
        capitals = find_capitals(plain)
        if capitals and "amount_cn" not in found and parse_capitals(capitals) is not None:
            found["amount_cn"] = Found(capitals, capitals, (span,))
        match = _MONEY.search(span.text)
        if match and "amount" not in found:
            value = parse("amount", match.group(1))
            if isinstance(value, int | float) and value > 0:
                times = 10_000 if match.group(2) == "万元" else 1
                part = span.cut(match.start(1), match.end(1))
                found["amount"] = Found(part.text, value * times, (part,))
    return found


def _last_date(spans: Sequence[Span]) -> dict[str, Found]:
    """Contracts are dated at their end."""
    for span in reversed(spans):
        dates = find_dates(span.text)
        if dates and len(tidy(span.text)) <= 24:
            start, end, iso = dates[-1]
            part = span.cut(start, end)
            return {"sign_date": Found(part.text, iso, (part,))}
    return {}


def _is_signed(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a name stands behind "签字:" or beside it."""
    after = re.split(r"[:：]", span.text, maxsplit=1)
    if len(after) > 1 and len(re.sub(r"[\s_（()）]", "", after[1])) >= 2 and not _SIGNING.search(after[1]):
        return "签" in after[0]
    beside = _right_of(span, spans)
    return (
        "签" in span.text
        and beside is not None
        and 2 <= len(tidy(beside.text)) <= 4
        and not _SIGNING.search(beside.text)
    )


def _rules(values: Values) -> list[Ruling]:
    message = "合同金额大写与小写不一致"
    return [
        *capitals_match(values, "contract.amount_cn", "amount", "amount_cn", message),
        *real_dates(values, ["sign_date"]),
    ]


TYPE = DocumentType(
    "contract",
    "合同",
    FIELDS,
    _read,
    _rules,
    marks={
        "合同": 1.5,
        "协议": 1,
        "甲方": 2,
        "乙方": 2,
        "违约责任": 2,
        "争议": 1,
        "第一条": 1,
        "签订": 1,
        "合同编号": 1,
    },
    items=PARTIES,
    list_id="parties",
)
