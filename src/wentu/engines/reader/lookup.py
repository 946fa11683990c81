"""Finds on a page the line that a question asks for, and the value that stands beside or below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.core.layout import median_height, rows
from wentu.core.text import is_chinese, normalize
from wentu.core.types import TextLine
from wentu.engines.reader.words import ENGLISH_FILLER, FILLER

# Words that ask for the same thing as another word on the page.
_SYNONYMS = (
    (
        "总金额",
        "合计",
        "总计",
        "总价",
        "价税合计",
        "应付",
        "实付",
        "total",
        "grand total",
        "amount due",
        "总额",
        "金额",
    ),
    ("电话", "手机", "联系方式", "tel", "phone", "telephone", "mobile"),
    ("日期", "时间", "date", "开票日期", "time"),
    ("地址", "住址", "address"),
    ("公司", "名称", "商家", "店名", "company", "merchant", "shop", "store", "name"),
    ("价格", "售价", "单价", "现价", "price"),
    ("编号", "号码", "number", "no"),
)
_VALUE = re.compile(r"\d")
# Where no label says it: what a price, a telephone number and a date look like.
_LOOKS = (
    (("多少钱", "价格", "售价", "how much", "price", "cost"), re.compile(r"[¥￥$€]\s?\d")),
    (("电话", "手机", "联系方式", "phone", "telephone", "mobile"), re.compile(r"(?<!\d)\+?\d[\d\- ]{7,14}\d(?!\d)")),
    (("日期", "date"), re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")),
)
# A label with a figure beside it is a better answer than a table's heading.
_FIGURE_BONUS = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """A label on the page and the lines that are its value (possibly the label's own line).

    From `SURE` on the label holds a whole word of the question, or one of the same meaning; below it shares
    characters only.
    """

    label: TextLine
    value: tuple[TextLine, ...]
    score: float

    @property
    def sure(self) -> bool:
        return self.score >= SURE

    @property
    def text(self) -> str:
        """Label and value as they stand, the label once."""
        return " ".join(dict.fromkeys([self.label.text, *(line.text for line in self.value)]))


SURE = 1.2


def keywords(question: str) -> tuple[str, ...]:
    """What a question looks for, in comparing form, the longest first."""
    text = question.casefold()
    for filler in sorted(FILLER, key=len, reverse=True):
        text = text.replace(filler, " ")
    words: list[str] = []
    for piece in re.findall(r"[一-鿿]+|[a-z0-9][a-z0-9.\-/]*", text):
        if is_chinese(piece):
            words.append(piece)
        elif piece.strip(".-/") not in ENGLISH_FILLER:
            words.append(piece.strip(".-/"))
    english = [word for word in words if not is_chinese(word)]
    if len(english) > 1:
        words.append(" ".join(english))
    return tuple(sorted({normalize(word).text for word in words if word}, key=len, reverse=True))


def look_up(question: str, lines: Sequence[TextLine]) -> tuple[Found, ...]:
    """The best matching labels with their values, best first; empty when nothing on the page fits."""
    wanted = keywords(question)
    found = [_found(line, lines, score) for line in lines if (score := _score(wanted, line)) > 0]
    if not any(item.sure for item in found):
        found = _by_looks(question, lines) or found
    if not found:
        return ()
    found.sort(key=lambda item: (-item.score, len(item.label.text)))
    return tuple(item for item in found if item.score >= 0.6 * found[0].score)


def _found(label: TextLine, lines: Sequence[TextLine], score: float) -> Found:
    value = _value(label, lines)
    figures = any(_VALUE.search(line.text) for line in value)
    return Found(label, value, score + (_FIGURE_BONUS if figures and score >= SURE else 0.0))


def _by_looks(question: str, lines: Sequence[TextLine]) -> list[Found]:
    patterns = [pattern for words, pattern in _LOOKS if any(word in question.casefold() for word in words)]
    return [Found(line, (line,), SURE) for pattern in patterns for line in lines if pattern.search(line.text)]


def _score(wanted: Sequence[str], line: TextLine) -> float:
    """How well a line answers to the keywords: whole words first, then same meaning, then shared characters."""
    text = normalize(line.text).text
    spaced = normalize(line.text, keep_spaces=True).text
    best = 0.0
    for word in wanted:
        if len(word) >= 2 and word in text:
            best = max(best, 2.0 + len(word) / (len(text) + len(word)))
            continue
        for group in _SYNONYMS:
            members = [normalize(member, keep_spaces=True).text for member in group]
            if any(member in word or word == member for member in members):
                hits = [member for member in members if _as_word(member, spaced)]
                best = max([best, *(1.2 + 0.5 * len(hit) / (len(text) + len(hit)) for hit in hits)])
        if is_chinese(word) and len(word) >= 3:
            shared = max((n for n in range(2, len(word)) for i in range(len(word) - n + 1) if word[i : i + n] in text),
                         default=0)  # fmt: skip
            best = max(best, shared / len(word) if shared >= 2 else 0.0)
    return best


def _as_word(member: str, text: str) -> bool:
    """Latin words match whole words only ("no" is not in "now"); Chinese ones match anywhere."""
    if not member.isascii():
        return member in text
    return re.search(rf"(?<![a-z]){re.escape(member)}(?![a-z])", text) is not None


def _value(label: TextLine, lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """What stands after a colon in the line itself, else to its right in the same row, else just below it."""
    _, colon, rest = normalize(label.text, keep_spaces=True).text.partition(":")
    if colon and rest.strip():
        return (label,)
    row = next((row for row in rows(lines) if any(line is label for line in row)), [label])
    right = [line for line in row if line.box.x0 >= label.box.x1 - 0.3 * label.box.height]
    if right:
        return (_last_figure(right) or right[0],)
    below = [
        line
        for line in lines
        if 0 <= line.box.y0 - label.box.y1 + 0.3 * label.box.height <= 1.5 * median_height(lines)
        and abs(line.box.x0 - label.box.x0) <= 2 * median_height(lines)
    ]
    if (colon or not _VALUE.search(label.text)) and below:
        return (min(below, key=lambda line: line.box.y0),)
    return (label,)


def _last_figure(right: Sequence[TextLine]) -> TextLine | None:
    """In "Total | 2 | 77.20" the last figure is meant, but in "Saving | 0.00 | Total | 77.20" not the next label's."""
    found: TextLine | None = None
    for line in right:
        if _VALUE.search(line.text):
            found = line
        elif found is not None:
            break
    return found
