"""Text in the form in which it is compared, with a way back to the text as it was written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Cf: zero-width and direction marks; Mn is kept except variation selectors, since accents change words.
_INVISIBLE = frozenset({"Cf", "Cc"})
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_DROPPED = frozenset({*map(chr, _VARIATION_SELECTORS), "\\"})  # the backslash: Markdown's escapes
_PUNCTUATION = str.maketrans("，。：；！？（）“”‘’、￥—–", ",.:;!?()\"\"'',¥--")


@dataclass(frozen=True, slots=True)
class Normalized:
    """`text` in comparing form; `starts[i]` is the offset in the original of what became `text[i]`."""

    text: str
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of `text[start:end]` (end exclusive, at least one character)."""
        return self.starts[start], self.starts[end - 1] + 1


def normalize(text: str, *, keep_spaces: bool = False) -> Normalized:
    """Full width to half width (NFKC), case folded, Chinese punctuation to ASCII, invisible characters and
    (unless kept) white space dropped."""
    out: list[str] = []
    starts: list[int] = []
    for offset, character in enumerate(text):
        if character in _DROPPED or (unicodedata.category(character) in _INVISIBLE and not character.isspace()):
            continue
        for small in unicodedata.normalize("NFKC", character.translate(_PUNCTUATION)).casefold():
            if small.isspace() and not keep_spaces:
                continue
            out.append(" " if small.isspace() else small)
            starts.append(offset)
    return Normalized("".join(out), tuple(starts))


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters, and so wants a Chinese answer."""
    return any("一" <= character <= "鿿" for character in text)


def display_width(text: str) -> int:
    """Columns that a text takes in a font where Chinese characters are twice as wide as Latin ones."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
