"""What a page's text layer says in the place of a value, where the pixels say something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from wentu.core.text import normalize
from wentu.tasks.extract.sheet import Sheet, Span


def layer_rivals(sheet: Sheet, spans: Sequence[Span]) -> Iterator[str]:
    """The layer's other text for each stretch of a line; none where the line differs beside the stretch only."""
    for span in spans:
        line = sheet.pages[span.page].lines[span.line]
        if line.rival:
            told = _opposite(line.text, line.rival, span.start, span.end)
            if normalize(told).text != normalize(line.text[span.start : span.end]).text:
                yield told


def _opposite(text: str, other: str, start: int, end: int) -> str:
    """The part of `other` that lies opposite to text[start:end] when the two are laid side by side."""
    first, last = len(other), 0
    for what, a, b, c, d in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        beside = b < start or a > end or (a < b and (b == start or a == end))
        if beside:
            continue
        if what == "equal":
            c, d = c + max(0, start - a), d - max(0, b - end)
        first, last = min(first, c), max(last, d)
    return other[first:last]
