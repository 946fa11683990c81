"""Bank card: number, bank, end of validity. The security code on the back is never read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wentu.core.results import Check
from wentu.tasks.extract.identifiers import card_checksum
from wentu.tasks.extract.kinds import tidy
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.sheet import Sheet, Span, rows

FIELDS = (
    Field("number", ("卡号", "银行卡号", "card number"), "card"),
    Field("bank", ("发卡行", "银行")),
    Field("valid_thru", ("有效期", "有效期至", "valid thru", "good thru", "month/year"), "month"),
    Field("card_type", ("卡种", "卡类型")),
)
_BANK = re.compile(r"[\u4e00-\u9fff]{2,14}?(?:银行|信用社|信用合作社|农信)(?:股份有限公司|有限责任公司)?")
_LATIN_BANK = re.compile(r"\b(?:BANK OF [A-Z]+(?: [A-Z]+)?|[A-Z]+(?: [A-Z]+){0,3} BANK|ICBC|CCB|HSBC|CITIBANK)\b", re.I)
_TYPE = re.compile(
    r"准贷记卡|贷记卡|借记卡|信用卡|储蓄卡|预付费卡|预付卡|[Cc][Rr][Ee][Dd][Ii][Tt](?: [Cc][Aa][Rr][Dd])?"
    r"|[Dd][Ee][Bb][Ii][Tt](?: [Cc][Aa][Rr][Dd])?|公务卡"
)
_MONTH = re.compile(r"(?<![\d/])(0[1-9]|1[0-2])\s?/\s?(\d{2})(?![\d/])")


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    values = {}
    for field_id, found in (
        ("number", _number(sheet)),
        ("bank", _first(sheet, _BANK) or _first(sheet, _LATIN_BANK)),
        ("valid_thru", _valid_thru(sheet)),
        ("card_type", _first(sheet, _TYPE)),
    ):
        if found is not None:
            values[field_id] = found
    return values


def _number(sheet: Sheet) -> Found | None:
    """The longest run of digit groups in one row; of several the one that keeps Luhn's sum."""
    found: list[tuple[bool, int, Found]] = []
    for row in rows(sheet.spans):
        runs: list[list[Span]] = [[]]
        for span in row:
            plain = re.sub(r"(?i)(银行卡号|卡号|card\s*(?:no|number)\.?)\s*[:：]?", "", span.text)
            digits = re.fullmatch(r"[\d\s\-]+", plain)
            if digits and re.search(r"\d", plain):
                start = span.text.find(plain.strip())
                runs[-1].append(span.cut(start, start + len(plain.strip())) if start > 0 else span)
            else:
                runs.append([])
        for run in runs:
            text = _joined(run)
            number = re.sub(r"\D", "", text)
            if 13 <= len(number) <= 19:
                found.append((card_checksum(number), len(number), Found(text, number, tuple(run))))
    return max(found, key=lambda item: item[:2])[2] if found else None


def _joined(run: Sequence[Span]) -> str:
    """The digit groups of a run. Two boxes that overlap have read the digit between them twice."""
    text = ""
    for n, span in enumerate(run):
        part = span.text.strip()
        before = run[n - 1] if n else None
        overlap = before is not None and before.box.x1 - span.box.x0 > 0.25 * span.height
        if overlap and text[-1:] == part[:1]:
            part = part[1:].lstrip()
        text += (" " if text else "") + part
    return text


def _first(sheet: Sheet, pattern: re.Pattern[str]) -> Found | None:
    for span in sheet.spans:
        text = tidy(span.text)
        match = pattern.search(text)
        if match:
            at = span.text.find(match.group())
            part = span.cut(at, at + len(match.group())) if at >= 0 else span
            return Found(part.text, match.group(), (part,))
    return None


def _valid_thru(sheet: Sheet) -> Found | None:
    """The month after "VALID THRU"; where a card prints two months, the later one is the end."""
    months = [(span.cut(m.start(), m.end()), m) for span in sheet.spans for m in _MONTH.finditer(span.text)]
    if not months:
        return None
    span, match = max(months, key=lambda item: (int(item[1].group(2)), int(item[1].group(1))))
    return Found(span.text, f"{match.group(1)}/{match.group(2)}", (span,))


def _rules(values: Values) -> list[Ruling]:
    number = values.get("number")
    if not isinstance(number, str):
        return []
    right = card_checksum(number)
    check = Check("bank.luhn", "error", right, "" if right else "卡号不符合 Luhn 校验")
    return [Ruling(check, ("number",), ("number",) if right else ())]


TYPE = DocumentType(
    "bank-card",
    "银行卡",
    FIELDS,
    _read,
    _rules,
    marks={
        "银联": 1.5,
        "UnionPay": 1.5,
        "借记卡": 2,
        "信用卡": 2,
        "储蓄卡": 2,
        "valid thru": 2,
        "month/year": 1.5,
        "VISA": 1,
        "MasterCard": 1,
        "DEBIT": 1,
        "CREDIT": 1,
    },
)
