"""From pieces of output to text that may leave: whole characters only, and no stop string, not even its beginning."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from wentu.core.types import FinishReason, SamplingParams, TokenLogprob


@dataclass(frozen=True, slots=True)
class Released:
    """Text that is final, with the log-probabilities of the tokens it came from."""

    text: str = ""
    logprobs: tuple[TokenLogprob, ...] = ()


class Release:
    """Takes one piece of output after the other, as bytes in `encoding`; holds back what may still change.

    Bytes that end inside a character wait for the rest, and an answer that is cut there loses that character. Text
    that may be the beginning of a stop string waits until it is known not to be. `stopped` says that one was found:
    nothing from its first character on is released.
    """

    def __init__(self, stop: tuple[str, ...], encoding: str = "utf-8") -> None:
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._held = ""
        self._n_released = 0
        self._waiting: list[tuple[int, TokenLogprob]] = []
        self.stopped = False

    def push(self, piece: bytes, logprobs: tuple[TokenLogprob, ...] = ()) -> Released:
        """What may be shown after one more piece; `logprobs` are those of its tokens (usually one)."""
        start = self._n_released + len(self._held)
        self._waiting.extend((start, logprob) for logprob in logprobs)
        self._held += self._decoder.decode(piece)
        found = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return self._let_go(min(found))
        return self._let_go(len(self._held) - self._n_suspicious())

    def flush(self) -> Released:
        """The rest, when no more tokens come: what looked like a stop string was none."""
        released = self._let_go(0 if self.stopped else len(self._held))
        if self.stopped:
            return released
        rest, self._waiting = tuple(logprob for _, logprob in self._waiting), []
        return Released(released.text, released.logprobs + rest)

    def _n_suspicious(self) -> int:
        """Length of the longest end of the held text that begins a stop string."""
        for length in range(min(len(self._held), max(map(len, self._stop), default=0)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stop):
                return length
        return 0

    def _let_go(self, length: int) -> Released:
        text, self._held = self._held[:length], self._held[length:]
        self._n_released += length
        ready = tuple(logprob for start, logprob in self._waiting if start < self._n_released)
        self._waiting = [(start, logprob) for start, logprob in self._waiting if start >= self._n_released]
        return Released(text, ready)


def cut(text: str, params: SamplingParams) -> tuple[str, FinishReason]:
    """A text known whole, up to its first stop string and at most `max_tokens` characters; and why it ends there."""
    places = [place for stop in params.stop if stop and (place := text.find(stop)) >= 0]
    text = text[: min(places)] if places else text
    return (text[: params.max_tokens], "length") if len(text) > params.max_tokens else (text, "stop")
