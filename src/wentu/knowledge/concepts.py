"""What customers ask a shop about, and the words for it in Chinese and English.

Lexical search alone finds no "退货" in "东西不想要了"; a table of the trade's usual concerns (`concepts.toml`) does, in
both languages and without a model. A concept is a term like any other ("conceptreturn"), so bm25 needs no change.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from wentu.core.terms import fold


def _phrases() -> dict[str, set[str]]:
    """The terms of concepts by phrase."""
    text = files("wentu.knowledge").joinpath("concepts.toml").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for concept, phrases in tomllib.loads(text).items():
        for phrase in phrases:
            found.setdefault(phrase, set()).add(f"concept{concept}")
    return found


_PHRASES = _phrases()
_CHINESE = re.compile("|".join(sorted((re.escape(p) for p in _PHRASES if not p.isascii()), key=len, reverse=True)))
_ENGLISH = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(sorted((re.escape(p) for p in _PHRASES if p.isascii()), key=len, reverse=True))
    + r")(?:s|ed|ing)?(?![a-z])"
)


@lru_cache(maxsize=16_384)
def concept_spans(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Where the folded text speaks of a concept: (start, end, concepts)."""
    folded = fold(text)
    found: list[tuple[int, int, frozenset[str]]] = []
    for match in _CHINESE.finditer(folded):
        found.append((*match.span(), frozenset(_PHRASES[match.group()])))
    for match in _ENGLISH.finditer(folded):
        word = match.group()
        known = next(
            (w for w in (word, *(word.removesuffix(end) for end in ("s", "ed", "ing"))) if w in _PHRASES), None
        )
        if known:
            found.append((*match.span(), frozenset(_PHRASES[known])))
    return tuple(sorted(found))


def concepts(text: str) -> frozenset[str]:
    """What a text is about, of the trade's usual concerns."""
    return frozenset(concept for _, _, found in concept_spans(text) for concept in found)
