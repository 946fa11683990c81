"""Resident ID card, the side with the emblem."""

from __future__ import annotations

import re

from wentu.tasks.extract.forms import read_form
from wentu.tasks.extract.kinds import find_dates
from wentu.tasks.extract.rules import id_validity, ordered_dates, real_dates
from wentu.tasks.extract.schema import DocumentType, Field, Found, Ruling, Values
from wentu.tasks.extract.sheet import Sheet, Span

PERIOD = Field("period", ("有效期限", "有效期"))
FIELDS = (
    Field("authority", ("签发机关", "发证机关"), multiline=True),
    Field("valid_from", ("有效期限",), "date", title="有效期限（起）"),
    Field("valid_to", ("有效期限",), "date_or_long", title="有效期限（止）"),
)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    reading = DocumentType(kind.name, kind.title, (FIELDS[0], PERIOD), kind.read)
    values, _ = read_form(reading, sheet, others=("居民身份证", "中华人民共和国"), tight=True)
    values.pop("period", None)
    return values | _period(sheet)


def _period(sheet: Sheet) -> dict[str, Found]:
    """The two ends of "2015.03.12-2035.03.12", on one line or on two beside each other."""
    dates: list[tuple[Span, str]] = []
    endless: Span | None = None
    for span in sheet.spans:
        dates.extend((span.cut(start, end), iso) for start, end, iso in find_dates(span.text))
        match = re.search(r"长\s*期", span.text)
        endless = endless or (span.cut(match.start(), match.end()) if match else None)
    values = {}
    if dates:
        values["valid_from"] = Found(dates[0][0].text, dates[0][1], (dates[0][0],))
    if endless is not None:
        values["valid_to"] = Found(endless.text, "长期", (endless,))
    elif len(dates) > 1:
        values["valid_to"] = Found(dates[1][0].text, dates[1][1], (dates[1][0],))
    return values


def _rules(values: Values) -> list[Ruling]:
    return [
        *id_validity(values),
        *ordered_dates(values, "valid_from", "valid_to"),
        *real_dates(values, ["valid_from"]),
    ]


TYPE = DocumentType(
    "id-card-back",
    "居民身份证（国徽面）",
    FIELDS,
    _read,
    _rules,
    marks={"签发机关": 3, "有效期限": 2, "居民身份证": 2, "中华人民共和国": 1},
)
