"""Where a product's name stands in a text: the whole name between word boundaries, however it is spaced."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wentu.core.terms import is_cjk
from wentu.tasks.support.editions import SUFFIXES

# What OCR takes for one another. Only compared where the plain text was not found.
_CONFUSED = str.maketrans("oilzsb", "011258")
# Words that may follow a name and are no suffix of it.
_HARMLESS = frozenset({"5g", "4g", "wifi", "nfc", "gb", "tb", "ml", "g"})


@dataclass(frozen=True, slots=True)
class Compact:
    """A folded text without spaces and punctuation; `at[i]` is where character i stands in the folded text."""

    text: str
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a folded text, end exclusive."""

    start: int
    end: int

    def inside(self, other: Span) -> bool:
        return other.start <= self.start and self.end <= other.end and self != other


@lru_cache(maxsize=32_768)
def compact(folded: str) -> Compact:
    kept = [(character, i) for i, character in enumerate(folded) if character.isalnum() or character == "+"]
    return Compact("".join(character for character, _ in kept), tuple(i for _, i in kept))


def spans(name: str, folded: str) -> list[Span]:
    """Every place where the compact `name` stands whole in the text: "iphone15" is not in "iphone 150"."""
    return _spans(name, compact(folded), folded)


def confused_spans(name: str, folded: str) -> list[Span]:
    """The same, with letters and digits that OCR mixes up taken as one; for names long enough to stay themselves."""
    if len(name) < 6:
        return []
    plain = compact(folded)
    return _spans(name.translate(_CONFUSED), Compact(plain.text.translate(_CONFUSED), plain.at), folded)


def _spans(name: str, text: Compact, folded: str) -> list[Span]:
    found: list[Span] = []
    start = text.text.find(name) if name else -1
    while start >= 0:
        end = start + len(name)
        span = Span(text.at[start], text.at[end - 1] + 1)
        if _begins(folded, span.start) and _ends(folded, span.end):
            found.append(span)
        start = text.text.find(name, start + 1)
    return found


def _begins(folded: str, start: int) -> bool:
    """A digit does not go on a number; letters may follow others only where OCR glued a brand before them."""
    if start == 0:
        return True
    before, first = folded[start - 1], folded[start]
    if first.isdigit():
        return not (before.isdigit() or (before == "." and start > 1 and folded[start - 2].isdigit()))
    return not (_latin(first) and _latin(before)) or _glued(folded, start)


def _glued(folded: str, start: int) -> bool:
    """Whether the letters before are long enough to be a word of their own (a brand)."""
    run = 0
    while start - run - 1 >= 0 and _latin(folded[start - run - 1]):
        run += 1
    return run >= 3


def _ends(folded: str, end: int) -> bool:
    if end >= len(folded):
        return True
    last, after = folded[end - 1], folded[end]
    if last.isdigit():
        return not after.isdigit() and not (after == "." and end + 1 < len(folded) and folded[end + 1].isdigit())
    return not (_latin(last) and _latin(after)) and after != "+"


def next_word(folded: str, end: int) -> str:
    """The word that follows a place directly or after spaces and brackets; "" before other punctuation."""
    i = end
    while i < len(folded) and folded[i] in " \u3000-_(（[【·":
        i += 1
    start = i
    if i < len(folded) and is_cjk(folded[i]):
        while i < len(folded) and is_cjk(folded[i]):
            i += 1
        return folded[start:i]
    while i < len(folded) and _latin(folded[i]):
        i += 1
    if i == start:
        return ""
    return folded[start : i + 1] if i < len(folded) and folded[i] == "+" else folded[start:i]


def suffix_after(folded: str, end: int, known: frozenset[str]) -> str:
    """The word after a name that makes another product of it ("max" after "iphone 15 pro"); "" if there is none.

    `known` are suffixes that the catalogue itself shows: words by which one of its names is another's and more.
    """
    word = next_word(folded, end)
    if not word or word in _HARMLESS:
        return ""
    if is_cjk(word):
        return next((one for one in known if is_cjk(one) and word.startswith(one)), "")
    if word in SUFFIXES or word in known:
        return word
    return next((one for one in sorted(SUFFIXES, key=len, reverse=True) if len(one) > 2 and word.startswith(one)), "")


def _latin(character: str) -> bool:
    return "a" <= character <= "z"
