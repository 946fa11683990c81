"""Contracts cut into their clauses: numbered headings, and the text up to the next one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.core.text import normalize
from wentu.tasks.extract.forms import join
from wentu.tasks.extract.kinds import tidy
from wentu.tasks.extract.schema import Found
from wentu.tasks.extract.sheet import Sheet, Span, rows

_NUMBER = r"第\s*[一二三四五六七八九十百\d]+\s*[条章款]|[一二三四五六七八九十]{1,3}\s*[、.．]|\d{1,2}\s*[、.．](?!\d)"
_HEADING = re.compile(rf"^\s*(?:{_NUMBER})\s*[:：、.]?\s*")
_END = re.compile(
    r"^[（(]?(?:以下无正文|甲方[（(]?(?:盖章|签章|签字|公章)|买方[（(]?(?:盖章|签章)|签署页|\(盖章\)|甲方签|乙方签|签订日期|签署日期|签约日期)"
)
_MAX_HEADING = 14


@dataclass(frozen=True, slots=True)
class Clause:
    """`heading` without its number, "" where the clause has none; `spans` are the text after it."""

    heading: str
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return tidy(join([span.text for span in self.spans]))


def clauses_of(sheet: Sheet) -> list[Clause]:
    """The numbered clauses in their order; what stands before the first and from the signatures on is left out."""
    found: list[tuple[str, list[Span]]] = []
    for span in in_order(sheet):
        match = _HEADING.match(span.text)
        if _END.match(tidy(span.text)):
            if found:
                break
            continue
        if match and _is_heading(span.text, match.end(), bool(found)):
            heading, start = _heading(span.text, match.end())
            body = span.cut(start, len(span.text)).trimmed(" :：\t\u3000")
            found.append((heading, [body] if body.text.strip() else []))
        elif found:
            found[-1][1].append(span)
    return [Clause(heading, tuple(spans)) for heading, spans in found]


def in_order(sheet: Sheet) -> list[Span]:
    return [
        span
        for page in range(len(sheet.pages))
        for row in rows(s for s in sheet.spans if s.page == page)
        for span in row
    ]


def _is_heading(text: str, end: int, begun: bool) -> bool:
    """Numbered points inside a clause are its text, unless they are short and close with a colon or a gap."""
    if text.lstrip().startswith("第") or not text.lstrip()[:1].isdigit():
        return True
    heading, start = _heading(text, end)
    return bool(heading) and (not begun or start < len(text) or len(heading) <= 8)


def _heading(text: str, start: int) -> tuple[str, int]:
    """(heading, where the body begins): up to a colon, a gap or the line's end, if that is soon enough."""
    rest = text[start:]
    cut = re.search(r"[:：]|\s{1,}|[。，；]", rest)
    end = cut.start() if cut else len(rest)
    if end > _MAX_HEADING or (cut and cut.group() in "。，；"):
        return "", start
    return rest[:end].strip("【】[]（）() "), start + (cut.end() if cut else end)


def clause(clauses: Sequence[Clause], words: Sequence[str]) -> Found | None:
    """The clause whose heading holds one of the words, the first word first; else one that begins with it."""
    for word in words:
        wanted = normalize(word).text
        for one in clauses:
            if one.spans and wanted in normalize(one.heading).text:
                return Found(join([span.text for span in one.spans]), one.text, one.spans)
        for one in clauses:
            match = re.match(rf"{re.escape(word)}\s*(?:为|是|[:：])?\s*", one.text)
            if match and not one.heading and one.spans:
                body = one.text[match.end() :]
                return Found(join([span.text for span in one.spans]), body, one.spans)
    return None
