"""Hold-back release: a character leaves only when no blocked word can still begin before it."""

from __future__ import annotations

from collections.abc import Callable

from wentu.core.text import normalize


class Blocked(Exception):
    """The answer must end here: `rule` was hit. What was released before stays released."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Guard:
    """Checks one answer while it is written.

    `find` gives the place of the first blocked word in a text in comparing form; `longest` is the length of the
    longest such word: that many characters, less one, are held back until more text or the end arrives.
    """

    def __init__(self, find: Callable[[str], int | None], longest: int) -> None:
        self._find = find
        self._held_back = max(longest - 1, 0)
        self._waiting = ""

    def feed(self, text: str) -> str:
        """Takes new text and gives the text that may be shown now. Raises Blocked; nothing more may follow it."""
        self._waiting += text
        if self._held_back == 0:
            return self._release(len(self._waiting))
        compared = normalize(self._waiting)
        if self._find(compared.text) is not None:
            raise Blocked("blocked_words")
        if len(compared.text) <= self._held_back:
            return ""
        return self._release(compared.starts[len(compared.text) - self._held_back])

    def finish(self) -> str:
        """The rest, at the end of the answer. Raises Blocked."""
        if self._find(normalize(self._waiting).text) is not None:
            raise Blocked("blocked_words")
        return self._release(len(self._waiting))

    def _release(self, end: int) -> str:
        text, self._waiting = self._waiting[:end], self._waiting[end:]
        return text
