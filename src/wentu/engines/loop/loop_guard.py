"""An answer that never ends is cut: small models fall into circles."""

from __future__ import annotations


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
