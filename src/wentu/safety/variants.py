"""Pass 3: words in pinyin, and with a character split into its parts. What it finds is for a person to judge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import ahocorasick

from wentu.safety.findings import How

# A word of two characters in pinyin is a handful of letters that other languages have too ("du bo"); from so many
# letters on it is taken for meant.
_FEWEST_LETTERS = 5
_FEWEST_SYLLABLES = 2
_LONGEST_SOUND = 6  # zhuang
_LATIN = re.compile(r"[a-z]+")
_PRIVATE = 0xF0000  # syllables as single characters of a private plane, for the automaton


class Variants:
    """Looks for words by their sound and by their parts. `words` are folded, by number."""

    def __init__(self, words: Mapping[int, str]) -> None:
        self._sounds = ahocorasick.Automaton()
        self._shapes = ahocorasick.Automaton()
        self._letters: dict[int, int] = {}
        for number, word in words.items():
            self._add(number, word)
        self._sounds.make_automaton()
        self._shapes.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, int, int, How]]:
        """(word, start, end, how) in a folded text."""
        if self._sounds.kind == ahocorasick.AHOCORASICK:
            yield from self._by_sound(text)
        if self._shapes.kind == ahocorasick.AHOCORASICK:
            yield from self._by_shape(text)

    def _add(self, number: int, word: str) -> None:
        if any(character in _parts().values() for character in word):
            known = self._shapes.get(word, ())
            self._shapes.add_word(word, (*known, (number, len(word))))
        sounds = [_sound(character) for character in word]
        if len(word) < _FEWEST_SYLLABLES or not all(sounds):
            return
        self._letters[number] = sum(map(len, filter(None, sounds)))
        key = "".join(_code(one) for one in sounds if one)
        self._sounds.add_word(key, (*self._sounds.get(key, ()), (number, len(word))))

    def _by_sound(self, text: str) -> Iterator[tuple[int, int, int, How]]:
        units = list(_units(text))
        for last, entries in self._sounds.iter("".join(code for code, _, _, _ in units)):
            for number, length in entries:
                # One syllable at least has to be written in letters: homophones alone prove nothing.
                inside = units[last + 1 - length : last + 1]
                if any(written for _, _, _, written in inside) and self._letters[number] >= _FEWEST_LETTERS:
                    yield number, inside[0][1], inside[-1][2], "pinyin"

    def _by_shape(self, text: str) -> Iterator[tuple[int, int, int, How]]:
        merged, places = _merge(text)
        for last, entries in self._shapes.iter(merged):
            for number, length in entries:
                start, end = places[last + 1 - length][0], places[last][1]
                if end - start > length:
                    yield number, start, end, "split"


def sounds(text: str) -> str:
    """A folded text as it is spoken: one character a syllable, whatever wrote it; what is no syllable is a blank."""
    return "".join(code for code, _, _, _ in _units(text))


def _units(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """(code, start, end, written in letters) of each syllable; what is none is a blank that nothing matches."""
    at = 0
    while at < len(text):
        run = _LATIN.match(text, at)
        if run:
            yield from _syllables(run[0], at)
            at = run.end()
            continue
        sound = _sound(text[at])
        yield (_code(sound) if sound else " "), at, at + 1, False
        at += 1


def _syllables(letters: str, at: int) -> Iterator[tuple[str, int, int, bool]]:
    """The syllables of a run of letters, the longest first; a run that is not all pinyin is one blank."""
    found: list[tuple[str, int, int, bool]] = []
    here = 0
    while here < len(letters):
        sizes = range(min(_LONGEST_SOUND, len(letters) - here), 0, -1)
        longest = next((n for n in sizes if letters[here : here + n] in _known_sounds()), 0)
        if not longest:
            yield " ", at, at + len(letters), True
            return
        found.append((_code(letters[here : here + longest]), at + here, at + here + longest, True))
        here += longest
    yield from found


def _merge(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with split characters put together again, and where each of its characters stands."""
    parts, out, places, at = _parts(), [], [], 0
    for whole in _split().finditer(text):
        start, end = whole.span()
        out += [text[at:start], parts[whole[0]]]
        places += [(one, one + 1) for one in range(at, start)]
        places.append((start, end))
        at = end
    places += [(one, one + 1) for one in range(at, len(text))]
    return "".join([*out, text[at:]]), places


def _sound(character: str) -> str | None:
    """The first reading of a character without its tone."""
    return _readings().get(character)


def _code(sound: str) -> str:
    return chr(_PRIVATE + _known_sounds()[sound])


@cache
def _readings() -> dict[str, str]:
    import unicodedata

    from pypinyin.pinyin_dict import pinyin_dict

    def plain(reading: str) -> str:
        letters = unicodedata.normalize("NFD", reading.split(",")[0]).replace("u\u0308", "v")
        return "".join(one for one in letters if one.isascii() and one.isalpha())

    return {chr(code): plain(reading) for code, reading in pinyin_dict.items() if plain(reading)}


@cache
def _known_sounds() -> dict[str, int]:
    return {sound: number for number, sound in enumerate(sorted(set(_readings().values())))}


@cache
def _parts() -> dict[str, str]:
    """Parts -> the character that they make, both simplified."""
    text = resources.files("wentu.safety").joinpath("data/parts.json").read_text("utf-8")
    parts: dict[str, str] = json.loads(text)
    return parts


@cache
def _split() -> re.Pattern[str]:
    """Finds what `_parts` puts together, the longest first."""
    return re.compile("|".join(re.escape(one) for one in sorted(_parts(), key=len, reverse=True)))
