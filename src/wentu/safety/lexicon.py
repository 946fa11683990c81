"""The words of a policy, found exactly or with characters strewn in, and never inside a harmless phrase."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ahocorasick

from wentu.core.text import Normalized
from wentu.safety.findings import Finding, How
from wentu.safety.folding import fold
from wentu.safety.policy import Word
from wentu.safety.skips import SHORTEST, Skips
from wentu.safety.variants import Variants

RULE = "words"
CONTEXT = 20  # characters on either side in which a word's context may stand
_EVERY_WORD = -1
_NONE, _OPEN = -1, -2  # in the place of an excuse's end


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found, and how many code points from the beginning on are settled: no word can begin in them."""

    findings: tuple[Finding, ...]
    settled: int


@dataclass(frozen=True, slots=True)
class _Hit:
    """A word in the folded text, before anybody asked whether it is harmless there."""

    word: int
    start: int
    end: int
    how: How


class Lexicon:
    """Finds the words of one policy. Immutable, and safe for many threads."""

    def __init__(self, words: Sequence[Word], allow: Sequence[str] = ()) -> None:
        pairs = [(word, fold(word.text).text) for word in words]
        pairs = [pair for pair in pairs if pair[1]]
        self._words = [word for word, _ in pairs]
        self._folded = [text for _, text in pairs]
        self._exact = _Automaton((text, number) for number, text in enumerate(self._folded))
        strewn = [n for n, (word, text) in enumerate(pairs) if word.variants and len(text) >= SHORTEST]
        plain = set(range(len(pairs))) - set(strewn)
        self._skips, self._strewn = Skips([self._folded[n] for n in strewn]), strewn
        self._plain = _Automaton((self._folded[n], n) for n in plain)
        self._harmless = _Automaton(self._harmless_phrases(allow))
        self._contexts = [tuple(fold(one).text for one in word.context) for word in self._words]
        #: So much of the text before has to be scanned again with what follows it.
        self.memory = max(self._harmless.longest, CONTEXT) + 1

    def __bool__(self) -> bool:
        return bool(self._words)

    def scan(self, text: str, *, judged: int = 0, final: bool = True) -> Scan:
        """Passes 1 and 2 over a text. What ends within the first `judged` code points was judged before.

        Without `final` more text follows: what that may still change is neither found nor settled yet.
        """
        folded = fold(text)
        if not self._words or not folded.text:
            return Scan((), len(text))
        spotted, live = self._skips.find(folded.text)
        waiting = [] if final else [live, self._half_found(folded.text)]
        findings, excused = [], []
        for hit in self._hits(folded.text, [_Hit(self._strewn[s.word], s.start, s.end, "skipped") for s in spotted]):
            start, end = folded.span(hit.start, hit.end)
            if end <= judged:
                continue
            excuse = self._excuse(hit, text, folded, final=final)
            if excuse == _OPEN:
                waiting.append(hit.start)
            elif excuse == _NONE:
                findings.append(self._finding(hit.word, start, end, hit.how))
            else:
                excused.append((hit.start, excuse))
        first = _with_excuses(min(waiting, default=len(folded.text)), excused)
        settled = folded.starts[first] if first < len(folded.text) else len(text)
        return Scan(tuple(sorted(findings, key=lambda one: (one.start, one.end))), settled)

    def scan_variants(self, text: str) -> list[Finding]:
        """Pass 3: words in pinyin and with split characters. Doubtful by nature, so for review only."""
        folded = fold(text)
        found = []
        for number, start, end, how in self._variants.find(folded.text):
            hit = _Hit(number, start, end, how)
            if self._excuse(hit, text, folded, final=True) == _NONE:
                one = self._finding(number, *folded.span(start, end), how)
                found.append(Finding(one.rule, one.category, "review", one.start, one.end, how, 0.5))
        return found

    @cached_property
    def _variants(self) -> Variants:
        wanted = [n for n, word in enumerate(self._words) if word.variants]
        return Variants({n: self._folded[n] for n in wanted})

    def _finding(self, word: int, start: int, end: int, how: How) -> Finding:
        chosen = self._words[word]
        return Finding(RULE, chosen.category, chosen.severity, start, end, how)

    def _hits(self, text: str, spotted: list[_Hit]) -> Iterator[_Hit]:
        """Each word once at each end: exact where it is exact."""
        exact = [_Hit(number, start, end, "exact") for start, end, number in self._exact.find(text)]
        known = {(hit.word, hit.end) for hit in exact}
        yield from exact
        yield from (hit for hit in spotted if (hit.word, hit.end) not in known)

    def _excuse(self, hit: _Hit, text: str, folded: Normalized, *, final: bool) -> int:
        """Where in the folded text that ends which makes the word harmless here; _NONE: nothing does, _OPEN: what
        follows decides."""
        start, end = folded.span(hit.start, hit.end)
        word = self._words[hit.word]
        if word.whole and hit.how != "pinyin":
            if _joined(text, start - 1, start):
                return hit.end
            if end == len(text) and not final:
                return _OPEN
            if _joined(text, end, end - 1):
                return hit.end + 1
        phrase = self._harmless_phrase(hit, folded.text, final=final)
        if phrase != _NONE:
            return phrase
        context = self._has_context(hit, folded.text, final=final)
        return _OPEN if context is None else _NONE if context else hit.end

    def _harmless_phrase(self, hit: _Hit, text: str, *, final: bool) -> int:
        """Where a harmless phrase ends that covers the whole hit; _NONE, or _OPEN while one may still come about."""
        first = max(hit.start - self._harmless.longest + 1, 0)
        around = text[first : hit.end + self._harmless.longest]
        for start, end, word in self._harmless.find(around):
            if word in (hit.word, _EVERY_WORD) and first + start <= hit.start and hit.end <= first + end:
                return first + end
        if not final and any(self._harmless.may_become(text[at:]) for at in range(first, hit.start + 1)):
            return _OPEN
        return _NONE

    def _has_context(self, hit: _Hit, text: str, *, final: bool) -> bool | None:
        wanted = self._contexts[hit.word]
        if not wanted or any(one in text[max(hit.start - CONTEXT, 0) : hit.end + CONTEXT] for one in wanted):
            return True
        return False if final or len(text) - hit.end >= CONTEXT else None

    def _half_found(self, text: str) -> int:
        """Where the earliest word begins that is looked for exactly and has not ended yet."""
        first = max(len(text) - self._plain.longest + 1, 0)
        return next((at for at in range(first, len(text)) if self._plain.may_become(text[at:])), len(text))

    def _harmless_phrases(self, allow: Sequence[str]) -> Iterator[tuple[str, int]]:
        yield from ((fold(phrase).text, _EVERY_WORD) for phrase in allow)
        for number, word in enumerate(self._words):
            yield from ((fold(phrase).text, number) for phrase in word.exempt)


class _Automaton:
    """Aho-Corasick over folded phrases; several may be the same."""

    def __init__(self, phrases: Iterator[tuple[str, int]]) -> None:
        by_phrase: dict[str, list[int]] = {}
        for phrase, number in phrases:
            if phrase:
                by_phrase.setdefault(phrase, []).append(number)
        self.longest = max(map(len, by_phrase), default=0)
        self._automaton = ahocorasick.Automaton()
        for phrase, numbers in by_phrase.items():
            self._automaton.add_word(phrase, (len(phrase), tuple(numbers)))
        self._automaton.make_automaton()
        self.may_become: Callable[[str], bool] = self._automaton.match if by_phrase else lambda text: False

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(start, end, number) of every phrase in the text."""
        if self.longest:
            for last, (length, numbers) in self._automaton.iter(text):
                yield from ((last + 1 - length, last + 1, number) for number in numbers)


def _with_excuses(first: int, excused: list[tuple[int, int]]) -> int:
    """A place before `first` that parts no word from what excuses it: half of "beware of X" would say X."""
    for start, end in sorted(excused, reverse=True):
        if start < first < end:
            first = start
    return first


def _joined(text: str, outside: int, inside: int) -> bool:
    """Whether a word goes on beyond its edge: Latin letters or digits on both sides of it."""
    if not 0 <= outside < len(text):
        return False
    return all(text[at].isalnum() and text[at].isascii() for at in (outside, inside))
