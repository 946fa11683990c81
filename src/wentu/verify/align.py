"""Stretches of an answer laid on the text lines of its pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wentu.core.text import normalize
from wentu.core.types import Alignment, AnswerStatus, Evidence, Polygon, TextLine
from wentu.verify.page import Page, occurrences

# What an answer claims to have read: figures (dates, amounts, numbers) and what it puts in quotes, bold or code.
_FIGURE = re.compile(r"(?<![A-Za-z\d])\d(?:[\d.,:/\-]*\d)?%?")
_QUOTE = re.compile(r"“([^”\n]{2,80})”|\"([^\"\n]{2,80})\"|「([^」\n]{2,80})」|\*\*([^*\n]{2,80})\*\*|`([^`\n]{2,80})`")
_LIST_MARK = re.compile(r"(?m)^\s*(?:#+\s*)?\d{1,3}[.)、]\s")
_BOX = re.compile(r'"bbox_2d"\s*:\s*(\[[^\]]{1,80}\])')
_MIN_LINE = 2  # one character alone says nothing about where it was read


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer rests on. `unsupported` are its figures that stand in no picture and not in the question."""

    status: AnswerStatus
    evidence: tuple[Evidence, ...]
    unsupported: tuple[str, ...]


def verify(
    text: str,
    pages: Sequence[Sequence[TextLine]],
    *,
    question: str = "",
    sizes: Sequence[tuple[int, int]] = (),
    box_scale: float | None = None,
) -> Verdict:
    """Holds an answer against the lines of its pictures.

    `sizes` are (width, height) in pixels of the pictures; with `box_scale` boxes that the model wrote as
    `bbox_2d` become evidence too. Whole lines are looked for first, the longest first, then figures and quotations
    inside lines. Status: "verified" when there are claims and all of them stand in a picture, "grounded" when some
    evidence was found, else "unverified".
    """
    searchable = [Page(lines) for lines in pages]
    found = list(_whole_lines(text, searchable))
    missing: list[str] = []
    claims = 0
    asked = normalize(question).text
    for start, end, figure in _claims(text):
        wanted = normalize(text[start:end]).text
        if wanted in asked or not wanted:
            continue
        claims += 1
        if any(item.start <= start and end <= item.end for item in found):
            continue
        hit = _find(start, end, text, wanted, searchable, figure=figure)
        if hit is not None:
            found.append(hit)
        elif figure:
            missing.append(text[start:end])
    found.extend(_model_boxes(text, sizes, box_scale))
    found.sort(key=lambda item: (item.start, item.end, item.picture))
    return Verdict(_status(found, claims, missing), tuple(found), tuple(dict.fromkeys(missing)))


def _whole_lines(text: str, pages: Sequence[Page]) -> Iterator[Evidence]:
    answer = normalize(text)
    taken = bytearray(len(answer.text))
    lines = [
        (index, line, wanted.text)
        for index, page in enumerate(pages)
        for line, wanted in page
        if len(wanted.text) >= _MIN_LINE
    ]
    # Repeated lines ("1.00" in a column) take the places of the answer one after the other, in reading order.
    for index, line, wanted in sorted(lines, key=lambda item: -len(item[2])):
        for start in occurrences(wanted, answer.text):
            stop = start + len(wanted)
            begin, end = answer.span(start, stop)
            if any(taken[start:stop]) or not _at_word_border(text, begin, end):
                continue
            taken[start:stop] = b"\1" * len(wanted)
            alignment: Alignment = "exact" if text[begin:end] == line.text else "normalized"
            yield Evidence(begin, end, index, line.polygon, line.text, line.score, alignment, "ocr")
            break


def _claims(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is a figure) of everything that an answer claims to have read."""
    marks = [match.span() for match in _LIST_MARK.finditer(text)]
    boxes = [match.span() for match in _BOX.finditer(text)]
    for match in _FIGURE.finditer(text):
        inside = any(a <= match.start() < b for a, b in (*marks, *boxes))
        if not inside and len(match.group()) >= _MIN_LINE:
            yield match.start(), match.end(), True
    for match in _QUOTE.finditer(text):
        group = next(number for number in range(1, 6) if match.group(number) is not None)
        yield match.start(group), match.end(group), False


def _find(start: int, end: int, text: str, wanted: str, pages: Sequence[Page], *, figure: bool) -> Evidence | None:
    for index, page in enumerate(pages):
        hit = page.find(wanted, whole_number=figure)
        if hit is not None:
            alignment: Alignment = "exact" if hit.text == text[start:end] else "normalized"
            return Evidence(start, end, index, hit.polygon, hit.text, hit.line.score, alignment, "ocr")
    return None


def _model_boxes(text: str, sizes: Sequence[tuple[int, int]], scale: float | None) -> Iterator[Evidence]:
    if scale is None or len(sizes) != 1:  # with several pictures the model doesn't say which one it means
        return
    width, height = sizes[0]
    for match in _BOX.finditer(text):
        try:
            x0, y0, x1, y1 = (min(max(float(value) / scale, 0.0), 1.0) for value in json.loads(match.group(1)))
        except (ValueError, TypeError):
            continue
        x0, x1, y0, y1 = min(x0, x1) * width, max(x0, x1) * width, min(y0, y1) * height, max(y0, y1) * height
        polygon: Polygon = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        yield Evidence(match.start(), match.end(), 0, polygon, match.group(1), 0.0, "none", "model")


def _at_word_border(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is no piece of a longer number or Latin word."""

    def joined(left: str, right: str) -> bool:
        return left.isascii() and right.isascii() and left.isalnum() and right.isalnum() \
            and left.isdigit() == right.isdigit()  # fmt: skip

    before = start > 0 and joined(text[start - 1], text[start])
    after = end < len(text) and joined(text[end - 1], text[end])
    return not before and not after


def _status(found: Sequence[Evidence], claims: int, missing: Sequence[str]) -> AnswerStatus:
    read = any(item.source == "ocr" for item in found)
    if read and claims and not missing:
        return "verified"
    return "grounded" if found else "unverified"
