"""Words with other characters strewn in: 出*售*枪*支. Works while the text is still being written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# safety.md: up to 2 skipped characters, for words of 3 and more. Signs are strewn in between any two characters;
# letters change what a text says, so there may be 2 of them in all.
MOST_SKIPPED = 2
SHORTEST = 3
# (word, characters found, characters skipped since the last of them, letters skipped in all)
_State = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Spotted:
    """`words[word]` lies in the text from `start` to `end` (exclusive), with or without skipped characters."""

    word: int
    start: int
    end: int


class Skips:
    """Finds words of 3 and more characters, all of them folded, whatever is strewn between their characters."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._latin = tuple(word.isascii() for word in words)
        self._starting: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            self._starting.setdefault(word[0], []).append(number)

    def find(self, text: str) -> tuple[list[Spotted], int]:
        """What is in a folded text, and from where on something may still become a word (its length: nowhere)."""
        found: dict[tuple[int, int], int] = {}
        live: dict[_State, int] = {}
        starting = self._starting
        for place, character in enumerate(text):
            going: dict[_State, int] = {}
            if live:
                self._step(live, going, found, place, character)
            for number in starting.get(character, ()):
                going.setdefault((number, 1, 0, 0), place)
            live = going
        spotted = [Spotted(word, start, end) for (word, end), start in found.items()]
        return spotted, min(live.values(), default=len(text))

    def _step(
        self,
        live: dict[_State, int],
        going: dict[_State, int],
        found: dict[tuple[int, int], int],
        place: int,
        character: str,
    ) -> None:
        """One more character for everything that is half found. Of equal states the earliest start is kept."""
        letter = unicodedata.category(character)[0] in "LN"
        for (number, done, skipped, letters), start in live.items():
            word = self._words[number]
            if word[done] == character:
                if done + 1 == len(word):
                    _keep(found, (number, place + 1), start)
                else:
                    _keep(going, (number, done + 1, 0, letters), start)
            if skipped == MOST_SKIPPED or (letter and (letters == MOST_SKIPPED or self._joins(number, character))):
                continue
            _keep(going, (number, done, skipped + 1, letters + letter), start)

    def _joins(self, number: int, character: str) -> bool:
        """A Latin letter inside a Latin word makes another word of it: 'shirt' holds no 'shit'."""
        return self._latin[number] and character.isalpha()


def _keep(places: dict[Any, int], key: Any, start: int) -> None:
    if places.get(key, start) >= start:
        places[key] = start
