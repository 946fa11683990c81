"""From tokens to text that may be shown: whole characters only, no stop string, no endless loop."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Joins token bytes to text. Holds back what may still turn out to be part of a stop string."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.stopped = False

    def push(self, data: bytes) -> str:
        """The text that `data` makes certain. After a stop string was met `stopped` is true and nothing follows."""
        return self._release(self._decoder.decode(data))

    def finish(self) -> str:
        """What was held back, at the end of the answer; half a character becomes the replacement character."""
        text = self._release(self._decoder.decode(b"", final=True))
        rest, self._held = self._held, ""
        return text if self.stopped else text + rest

    def _release(self, new: str) -> str:
        if self.stopped:
            return ""
        text = self._held + new
        met = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if met:
            self.stopped, self._held = True, ""
            return text[: min(met)]
        keep = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` with which `stop` begins."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0


class LoopGuard:
    """Notices an answer that goes round in circles, as small models do on tables, rows of dots and low temperature.

    A period of up to `MAX_PERIOD` tokens counts as a loop once it has been written `MIN_REPEATS` times over at least
    `MIN_TOKENS` tokens: a table of equal rows or a ruled line stays below that, a stuck model passes it in seconds.
    """

    MAX_PERIOD = 64
    MIN_REPEATS = 6
    MIN_TOKENS = 96
    MAX_BLANKS = 64  # tokens of white space in a row: no text needs them

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._runs = [0] * (self.MAX_PERIOD + 1)  # for each period: how many of the last tokens repeat at that distance
        self._blanks = 0

    def push(self, token: int, data: bytes) -> bool:
        """Whether the answer loops, now that `token`, which writes `data`, was added."""
        self._tokens.append(token)
        self._blanks = self._blanks + 1 if data and not data.strip() else 0
        if self._blanks >= self.MAX_BLANKS:
            return True
        looping = False
        for period in range(1, min(self.MAX_PERIOD, len(self._tokens) - 1) + 1):
            same = self._tokens[-1 - period] == token
            self._runs[period] = self._runs[period] + 1 if same else 0
            length = self._runs[period] + period
            looping |= length >= max(self.MIN_TOKENS, period * self.MIN_REPEATS)
        return looping
