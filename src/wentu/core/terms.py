"""Text as search terms: normalised alphanumerics beside Chinese characters one by one and in pairs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks that a product's name has and a customer leaves out.
_NOISE = str.maketrans("", "", "™®©\u200b\ufeff")
_RUN = re.compile(r"[a-z0-9]+(?:\+(?![a-z0-9]))?|[㐀-鿿]+")
_PART = re.compile(r"[a-z]+\+?|[0-9]+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Half width, lower case, without trade marks; the form in which names are compared."""
    return unicodedata.normalize("NFKC", text.translate(_NOISE)).casefold()


def words(text: str) -> list[str]:
    """Alphanumeric runs ("256gb", "15promax", "pro+") and runs of Chinese characters, in order."""
    return _RUN.findall(fold(text))


def is_cjk(word: str) -> bool:
    return bool(word) and "㐀" <= word[0] <= "鿿"


def parts(word: str) -> list[str]:
    """An alphanumeric run cut where letters meet digits: "15promax" -> ["15", "promax"]."""
    return _PART.findall(word)


def terms(text: str) -> list[str]:
    """Every search term of a text, with repetitions: runs, their parts, characters and pairs of characters."""
    found: list[str] = []
    for word in words(text):
        if is_cjk(word):
            found.extend(word)
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
            continue
        found.append(word)
        cut = parts(word)
        if len(cut) > 1:
            found.extend(cut)
    return found
