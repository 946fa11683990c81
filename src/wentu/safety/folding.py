"""Text in the form in which words are looked for: what a reader takes for the same character is the same here."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from wentu.core.text import Normalized

# Cf and Cc: zero-width, direction and control marks; Mn and Me: strokes and variation selectors laid over a character.
_DROPPED = frozenset({"Cf", "Cc", "Mn", "Me"})
_HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2FA20))


def fold(text: str) -> Normalized:
    """NFKC, case folded, traditional characters simplified; invisible characters and white space dropped.

    Each character is folded by itself, so a text may be folded piece by piece while it is written.
    """
    out: list[str] = []
    starts: list[int] = []
    for offset, character in enumerate(text):
        for small in _fold(character):
            out.append(small)
            starts.append(offset)
    return Normalized("".join(out), tuple(starts))


def vanishes(character: str) -> bool:
    """True for a character of which nothing is left in the folded text."""
    return not _fold(character)


@lru_cache(maxsize=65_536)
def _fold(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in _DROPPED:
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_simplified().get(one, one) for one in plain if not one.isspace())


@cache
def _simplified() -> dict[str, str]:
    """Traditional -> simplified, a character for a character (OpenCC t2s).

    OpenCC's choices by phrase (乾坤) are left out: words and texts go through the same table, which is all that a
    comparison needs, and one character stays one, which keeps offsets true.
    """
    import opencc

    characters = [chr(code) for block in _HAN for code in block]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {one: other for one, other in zip(characters, simple, strict=True) if one != other and len(other) == 1}
