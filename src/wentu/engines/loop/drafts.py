"""Guesses of what comes next, copied from text that is at hand: the prompt, the answer so far, the lines of OCR.

A guess costs next to nothing to check (8 tokens in one call take 1.7 times one token's time, specs of the engine),
and an answer about a page repeats the page. Guessing never changes what is said: a guessed token counts only where
the model's own choice is the same (prompt lookup decoding, as in transformers' `prompt_lookup_num_tokens`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MAX_NGRAM, MIN_NGRAM = 3, 1
MAX_DRAFT = 15  # with the token before them 16 rows: the step after which a call's time grows with every row


class Drafter:
    """One answer's guesses. Learns from each check how far to guess."""

    def __init__(self, sources: Iterable[Sequence[int]]) -> None:
        """`sources`: token sequences to copy from; of several places that fit, the last one is taken."""
        self._index: dict[tuple[int, ...], tuple[list[int], int]] = {}
        self._written: list[int] = []
        self._length = 4
        for source in sources:
            self._learn(list(source), 0)

    def accept(self, token: int) -> None:
        """Adds a written token to what may be copied from."""
        self._written.append(token)
        self._learn(self._written, len(self._written) - 1)

    def guess(self, limit: int) -> list[int]:
        """Up to `limit` tokens that might follow what has been written."""
        limit = min(limit, self._length)
        if limit <= 0:
            return []
        for size in range(min(MAX_NGRAM, len(self._written)), MIN_NGRAM - 1, -1):
            found = self._index.get(tuple(self._written[-size:]))
            if found is not None:
                source, after = found
                # One known token alone is weak evidence: guess only a little.
                return source[after : after + (limit if size > MIN_NGRAM else min(limit, 2))]
        return []

    def learn_from(self, guessed: int, accepted: int) -> None:
        """Guess further after a guess that was right to its end, less far after one that was not."""
        if not guessed:
            return
        if accepted == guessed:
            self._length = min(MAX_DRAFT, self._length * 2)
        else:
            self._length = max(1, (self._length + accepted) // 2)

    def _learn(self, source: list[int], start: int) -> None:
        """Remembers the place after each n-gram that ends before or at `source[start - 1]` and later."""
        for after in range(max(start, 1), len(source)):
            for size in range(MIN_NGRAM, MAX_NGRAM + 1):
                if after >= size:
                    self._index[tuple(source[after - size : after])] = (source, after)
