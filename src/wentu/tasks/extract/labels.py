"""Printed labels found in text lines: each line becomes a row of pieces, labels and what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wentu.core.text import Normalized, is_chinese, normalize
from wentu.core.types import Box
from wentu.tasks.extract.sheet import Sheet, Span, same_row

_TRIM = " \t\u3000:：;；|丨，,。.、_"
# Labels that also begin sentences and other words; they need a colon, a gap or a line of their own.
_WORDS = frozenset(
    "名称 单位 数量 类型 地址 规格 日期 编号 金额 代码 号码 "
    "住所 项目 商品 时间 电话 合计 大写 小写 货物 门店 银行".split()
)
_UPRIGHT = frozenset("购买销售货方备密码")
# A character alone this far (in heights) before the rest of a label: printed to the width of the longer labels.
_APART = 0.8
_MIN_FUZZY = 4  # shorter labels have neighbours that are words of their own


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line. `label` is the key that it is (as in the vocabulary), "" for what is no label.

    `colon`: a colon follows the label, so that nobody can doubt it.
    """

    span: Span
    label: str = ""
    colon: bool = False


def split(sheet: Sheet, vocabulary: Sequence[str], *, tight: bool = False) -> tuple[Piece, ...]:
    """All pieces in reading order. `tight`: labels and values may touch, as on cards that print no colons."""
    known = _Vocabulary(vocabulary)
    found, upright = _upright(sheet, known)
    waiting: Span | None = None
    for span in sheet.spans:
        if id(span) in upright:
            continue
        joined = known.joined(waiting, span) if waiting is not None else None
        if joined is not None:
            label, cut = joined
            assert waiting is not None
            found.pop()
            box = Box(waiting.box.x0, min(waiting.box.y0, span.box.y0), span.cut(0, cut).box.x1, waiting.box.y1)
            rest = span.cut(cut, len(span.text))
            colon = rest.text.lstrip().startswith((":", "："))
            found.append(Piece(replace(span.cut(0, cut), box=box), label, colon))
            found.extend(_pieces(_trimmed(rest), known, tight=tight) if rest.text.strip(_TRIM) else ())
        else:
            found.extend(_pieces(span, known, tight=tight))
        waiting = span if len(normalize(span.text).text) <= 3 and is_chinese(span.text) else None
    return tuple(found)


def _upright(sheet: Sheet, known: _Vocabulary) -> tuple[list[Piece], set[int]]:
    """Labels printed from top to bottom, one character a line; and which spans they are made of."""
    singles = [span for span in sheet.spans if len(normalize(span.text).text) == 1 and is_chinese(span.text)]
    pieces: list[Piece] = []
    used: set[int] = set()
    for head in singles:
        column = [head]
        for span in sorted(singles, key=lambda one: one.box.y0):
            last = column[-1]
            below = 0 < span.box.center[1] - last.box.center[1] < 3 * last.height
            if span.page == head.page and below and abs(span.box.center[0] - last.box.center[0]) < 0.6 * last.height:
                column.append(span)
        for length in range(len(column), 1, -1):
            word = known.forms.get(normalize("".join(span.text for span in column[:length])).text)
            if word is not None and not used & {id(span) for span in column[:length]}:
                boxes = [span.box for span in column[:length]]
                box = Box(min(b.x0 for b in boxes), boxes[0].y0, max(b.x1 for b in boxes), boxes[-1].y1)
                pieces.append(Piece(replace(head, box=box), word))
                used |= {id(span) for span in column[:length]}
                break
    return pieces, used


class _Vocabulary:
    """Labels in comparing form, the longest first."""

    def __init__(self, words: Sequence[str]) -> None:
        forms: dict[str, str] = {}
        for word in words:
            forms.setdefault(normalize(word).text, word)
        self.forms: Mapping[str, str] = dict(sorted(forms.items(), key=lambda item: -len(item[0])))

    def joined(self, left: Span, right: Span) -> tuple[str, int] | None:
        """A label whose characters were printed so far apart that OCR saw them as two lines; end of it in `right`."""
        if not same_row(left, right) or right.box.x0 - left.box.x1 > 6 * left.height:
            return None
        whole, tail = normalize(left.text).text, normalize(right.text)
        # Before the label's own first character there may be one of 购买方, printed from top to bottom.
        for head in dict.fromkeys((whole, whole[1:] if whole[:1] in _UPRIGHT else whole)):
            for form, word in self.forms.items():
                rest = form.removeprefix(head)
                goes_on = rest != form and form not in tail.text and tail.text.startswith(rest)
                if head and rest and goes_on and len(rest) <= 4 and head not in self.forms:
                    after = tail.text[len(rest) : len(rest) + 1]
                    apart = right.box.x0 - left.box.x1 > _APART * left.height
                    if after in {"", ":"} or len(rest) > 1 or apart:
                        return word, tail.span(0, len(rest))[1]
        return None


def _pieces(span: Span, known: _Vocabulary, *, tight: bool) -> Iterator[Piece]:
    at = 0
    for start, end, word, colon in _hits(span, known, tight=tight):
        if span.text[at:start].strip(_TRIM):
            yield Piece(_trimmed(span.cut(at, start)))
        yield Piece(span.cut(start, end), word, colon)
        at = end
    rest = span.text[at:]
    if rest.strip(_TRIM):
        yield Piece(_trimmed(span.cut(at, len(span.text))) if at else span.trimmed(" \t\u3000"))


def _trimmed(span: Span) -> Span:
    """Without what separates it from labels; the full stop of a sentence or of a list belongs to it."""
    trimmed = span.trimmed(_TRIM)
    after = trimmed.start - span.start + len(trimmed.text)
    if span.text[after : after + 1] == "。" and any(mark in trimmed.text for mark in "；;，、"):
        return span.cut(trimmed.start - span.start, after + 1)
    return trimmed


def _hits(span: Span, known: _Vocabulary, *, tight: bool) -> list[tuple[int, int, str, bool]]:
    """(start, end, label, colon) in offsets of the span's text, from left to right, without overlap."""
    text = normalize(span.text)
    chain = _chain(text, known)
    if chain:
        return chain
    taken = bytearray(len(text.text))
    hits = []
    for form, word in known.forms.items():
        at = text.text.find(form)
        while at >= 0:
            end = at + len(form)
            if not any(taken[at:end]) and _is_label(span.text, text, at, end, tight=tight):
                taken[at:end] = b"\1" * len(form)
                hits.append((*text.span(at, end), word, text.text[end : end + 1] == ":"))
            at = text.text.find(form, at + 1)
    if not hits:
        hits.extend(_fuzzy(text, known))
    return sorted(hits)


def _chain(text: Normalized, known: _Vocabulary) -> list[tuple[int, int, str, bool]]:
    """The labels of a line that is nothing but labels, as the heading of a table; empty where it is more."""
    at, hits = 0, []
    while at < len(text.text):
        form = next((form for form in known.forms if text.text.startswith(form, at)), None)
        if form is None:
            return []
        hits.append((*text.span(at, at + len(form)), known.forms[form], False))
        at += len(form)
    return hits if len(hits) > 1 else []


def _is_label(original: str, text: Normalized, start: int, end: int, *, tight: bool) -> bool:
    """Whether this stretch stands where labels stand: at the start, after a gap, or before a colon."""
    whole = text.text
    form = whole[start:end]
    first, last = text.span(start, end)
    before, after = whole[start - 1 : start], whole[end : end + 1]
    if form.isascii() and ((after.isalnum() and after.isascii()) or (before.isalnum() and before.isascii())):
        return False
    closed = after in {"", ":"}
    gap = start == 0 or original[first - 1].isspace() or before in set(":;|,)([./ ·•*") or before.isdigit()
    if start == 0:
        # "名称" at the head of a sentence is no label; "姓名张三" is.
        return closed or tight or form not in _WORDS or original[last : last + 1].isspace()
    if closed and after == ":":
        # One character before it may be a piece of 购买方 printed from top to bottom.
        return gap or len(form) >= 3 or start == 1
    if tight:
        return len(form) >= 2
    return gap and (closed or original[last : last + 1].isspace() or (len(form) >= 4))


def _fuzzy(text: Normalized, known: _Vocabulary) -> Iterator[tuple[int, int, str, bool]]:
    """A label with one wrong character at the line's head, before a colon or alone on its line."""
    head, colon, _ = text.text.partition(":")
    if len(head) < _MIN_FUZZY or len(head) > 24:
        return
    for form, word in known.forms.items():
        if len(form) >= _MIN_FUZZY and abs(len(form) - len(head)) <= 1 and distance(form, head) <= 1 + len(form) // 8:
            yield (*text.span(0, len(head)), word, bool(colon))
            return


def distance(a: str, b: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
