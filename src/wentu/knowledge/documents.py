"""FAQs and articles out of text: headings or "Q: ... A: ..." make the entries, and a heading's id is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from wentu.core.knowledge import Entry, EntryKind

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
# "faq-01 Title", "[faq-01] Title", "FAQ01：Title"
_ID = re.compile(r"^[\[【(（]?([A-Za-z]{1,12}[-_]?\d{1,6}[A-Za-z]?)[\]】)）]?(?:[\s:：.、|—-]+(.*))?$")
_ANCHOR = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_QUESTION = re.compile(
    r"^(?:\*\*)?\s*(?:Q|Question|问题?|提问)\s*(\d+)?\s*[:：.、]\s*(?:\*\*)?\s*(.*?)(?:\*\*)?\s*$", re.I
)
_ANSWER = re.compile(r"^(?:\*\*)?\s*(?:A|Answer|答案?|回答)\s*\d*\s*[:：.、]\s*(?:\*\*)?\s*(.*)$", re.I)
_NUMBERED = re.compile(
    r"^(?:\d{1,3}\s*[.、)）]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+[章节条])\s*(.+)$"
)
MAX_ENTRY = 6_000


def entries_of(text: str, source: str) -> Iterator[Entry]:
    """The entries of a document, each with the line it begins at. A text without headings is cut into paragraphs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for title, start, body in _sections(lines):
        entry = _entry(title, body, f"{source}:{start}", source)
        if entry is not None:
            yield entry


def entry(title: str, text: str, source: str, *, id: str = "", kind: EntryKind = "faq") -> Entry:
    """An entry; without an id it gets one that stays the same as long as its title does."""
    made = id or f"{kind}-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    return Entry(made, kind, title.strip(), text.strip()[:MAX_ENTRY], source)


def _sections(lines: list[str]) -> list[tuple[str, int, list[str]]]:
    """(title, line from 1, body) by the first way of marking entries that the text uses."""
    headings = [(i, m) for i, line in enumerate(lines) if (m := _HEADING.match(line))]
    if headings:
        return _cut(lines, [(i, m.group(2)) for i, m in headings])
    questions = [(i, m) for i, line in enumerate(lines) if (m := _QUESTION.match(line)) and m.group(2)]
    if questions:
        return _cut(lines, [(i, m.group(2)) for i, m in questions])
    with_ids = [(i, line.strip()) for i, line in enumerate(lines) if (m := _ID.match(line.strip())) and m.group(2)]
    if len(with_ids) > 1:
        return _cut(lines, with_ids)
    numbered = [
        (i, m.group(1)) for i, line in enumerate(lines) if (m := _NUMBERED.match(line.strip())) and len(m.group(1)) < 60
    ]
    if len(numbered) > 1:
        return _cut(lines, numbered)
    return _paragraphs(lines)


def _cut(lines: list[str], marks: list[tuple[int, str]]) -> list[tuple[str, int, list[str]]]:
    ends = [i for i, _ in marks[1:]] + [len(lines)]
    return [(title, i + 1, lines[i + 1 : end]) for (i, title), end in zip(marks, ends, strict=True)]


def _paragraphs(lines: list[str]) -> list[tuple[str, int, list[str]]]:
    """Blocks between empty lines; a block's first sentence is its title."""
    found: list[tuple[str, int, list[str]]] = []
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line.strip())
        elif block:
            first = re.split(r"(?<=[。！？!?])|(?<=\.)\s", block[0], maxsplit=1)[0]
            rest = [block[0][len(first) :], *block[1:]]
            found.append((first[:80], number - len(block), rest if "".join(rest).strip() else block))
            block = []
    return found


def _entry(title: str, body: list[str], place: str, source: str) -> Entry | None:
    """None for a heading that only groups others."""
    given, title = _split_id(title)
    text = "\n".join(body).strip()
    asked, text = _question_inside(text)
    title = _QUESTION.sub(r"\2", title) if _QUESTION.match(title) else title
    if asked:
        title = f"{title} {asked}".strip() if title and title not in asked else asked
    if not title:
        title, _, text = text.partition("\n")
    text = "\n".join(_ANSWER.sub(r"\1", line) if _ANSWER.match(line) else line for line in text.split("\n")).strip()
    if not title or not text:
        return None
    is_faq = bool(given) or title.rstrip().endswith(("?", "？", "吗", "呢")) or "faq" in source.lower() or bool(asked)
    return entry(title.strip("* "), text, place, id=given, kind="faq" if is_faq else "article")


def _split_id(title: str) -> tuple[str, str]:
    anchored = _ANCHOR.search(title)
    if anchored:
        return anchored.group(1), title[: anchored.start()]
    match = _ID.match(title.strip())
    if match and (match.group(2) or re.search(r"[-_]", match.group(1))):
        return match.group(1), match.group(2) or ""
    return "", title


def _question_inside(text: str) -> tuple[str, str]:
    """A question that stands in the body under a heading of its own, and the rest."""
    first, _, rest = text.partition("\n")
    match = _QUESTION.match(first)
    return (match.group(2), rest.strip()) if match and match.group(2) and rest.strip() else ("", text)
