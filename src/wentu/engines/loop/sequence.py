"""A request on its way through the model: what is known of it, what is computed, and the next rows to compute.

`known` entries are the prompt and the decided tokens. What the cache holds of them is computed; the rest is the next
work, be it a prompt's chunk, one token, a run of forced tokens, or all of it again after the cache was taken away.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from wentu.core.errors import WentuError
from wentu.core.types import Chunk, Progress, Usage
from wentu.engines.loop.answer import Answer
from wentu.engines.loop.cache import Key, Table
from wentu.engines.loop.positions import Float32, Int64
from wentu.engines.loop.prompt import Encoded, Visual

FOREGROUND, BACKGROUND = 0, 1

_arrivals = itertools.count()


class Request:
    """The two ends of a question: the asking thread reads `events`, the engine's thread fills them."""

    def __init__(self, encoded: Encoded, answer: Answer, *, deadline_s: float, priority: int = FOREGROUND) -> None:
        self.encoded = encoded
        self.answer = answer
        self.priority = priority
        self.deadline = time.monotonic() + deadline_s
        self.arrival = next(_arrivals)
        self.events: queue.SimpleQueue[Chunk | WentuError] = queue.SimpleQueue()
        self.cancelled = threading.Event()
        self.ended = threading.Event()


@dataclass(frozen=True, slots=True)
class Step:
    """Rows of one sequence in one call: entries from `start` on, the last `n_guessed` of them only guessed.

    Logits are wanted from entry `wanted_from` on (equal to the end: none).
    """

    start: int
    tokens: list[int]
    n_guessed: int
    wanted_from: int

    @property
    def end(self) -> int:
        return self.start + len(self.tokens)


@dataclass(slots=True, eq=False)
class Sequence:
    """The engine thread's side of a request."""

    request: Request
    table: Table | None = None
    n_cached: int = 0
    features: dict[str, Float32] = field(default_factory=dict)
    begun: bool = False
    finished: bool = False
    announced: str = ""

    @property
    def encoded(self) -> Encoded:
        return self.request.encoded

    @property
    def answer(self) -> Answer:
        return self.request.answer

    @property
    def n_prompt(self) -> int:
        return len(self.encoded.ids)

    @property
    def n_known(self) -> int:
        return self.n_prompt + len(self.answer.tokens)

    @property
    def n_computed(self) -> int:
        return len(self.table.keys) if self.table else 0

    @property
    def n_left(self) -> int:
        return self.n_known - self.n_computed

    def keys(self, start: int, end: int) -> list[Key]:
        n = self.n_prompt
        return [*self.encoded.keys[start:end], *self.answer.tokens[max(start - n, 0) : max(end - n, 0)]]

    def keys_to_open(self) -> list[Key]:
        """The known entries that may be taken from the cache: all before the first whose logits are needed."""
        return self.keys(0, self._first_wanted() + 1)

    def missing_picture(self, budget: int) -> Visual | None:
        """The first picture that the next `budget` rows need and that has not been read."""
        start, end = self.n_computed, self.n_computed + budget
        for visual in self.encoded.visuals:
            if visual.start < end and visual.end > start and visual.name not in self.features:
                return visual
        return None

    def step(self, budget: int, max_guessed: int) -> Step:
        """The next rows: at most `budget` known entries, and guesses where those are the last."""
        start, end = self.n_computed, min(self.n_computed + budget, self.n_known)
        tokens = [
            *self.encoded.ids[start:end],
            *self.answer.tokens[max(start - self.n_prompt, 0) : max(end - self.n_prompt, 0)],
        ]
        guesses = self.answer.guess(max_guessed) if end == self.n_known else []
        wanted_from = max(start, self._first_wanted()) if self._wants_logits() else self.n_known
        return Step(start, tokens + guesses, len(guesses), min(wanted_from, end))

    def advance(self, step: Step, logits: Float32) -> list[Key]:
        """Decides tokens from the logits (wanted, vocabulary) of a step; returns the keys that are now computed.

        A guess stands where it equals the decided token, and then the logits of its own row decide the next one.
        """
        last = step.end - 1 - step.n_guessed
        while last == self.n_known - 1 and self.answer.finish_reason is None:
            self.answer.choose(logits[last - step.wanted_from])
            while last + 1 < min(step.end, self.n_known) and step.tokens[last + 1 - step.start] == self._token(
                last + 1
            ):
                last += 1
        self.answer.learn_from_guess(step.n_guessed, last + 1 + step.n_guessed - step.end)
        self._report(step, logits, last)
        return self.keys(step.start, last + 1)

    def positions(self, step: Step) -> Int64:
        """(3, rows) MRoPE positions of a step."""
        prompt = self.encoded.positions[:, step.start : step.end]
        after = np.arange(max(step.start, self.n_prompt), max(step.end, self.n_prompt)) - self.n_prompt
        return np.concatenate([prompt, np.tile(after + self.encoded.next_position, (3, 1))], 1)

    def forget_pictures(self) -> None:
        """Drops the features of pictures that have been computed into the cache."""
        for visual in self.encoded.visuals:
            if visual.end <= self.n_computed:
                self.features.pop(visual.name, None)

    def announce(self, progress: Progress) -> None:
        """Tells the asker once about each new stage, and every known fraction."""
        if progress.fraction is not None or progress.stage != self.announced:
            self.announced = progress.stage
            self.emit(Chunk(progress=progress))

    def emit(self, event: Chunk | WentuError) -> None:
        self.request.events.put(event)

    def end(self, error: WentuError | None = None) -> None:
        """The last event: how the answer ended, or why there is none."""
        usage = Usage(self.n_prompt, self.answer.n_written, self.n_cached)
        # A prompt that is read ahead has nothing to write, so its answer is done before it has been read.
        reason = (self.answer.finish_reason if self.finished else None) or "cancelled"
        self.emit(error or Chunk(finish_reason=reason, usage=usage))
        self.request.ended.set()

    def _token(self, entry: int) -> int:
        return self.answer.tokens[entry - self.n_prompt]

    def _wants_logits(self) -> bool:
        return not self.answer.done

    def _first_wanted(self) -> int:
        """The first entry whose logits are needed: where the next token is chosen, or a forced one is reported."""
        last = self.n_known - 1
        if self.answer.top_logprobs is None:
            return last
        return min(last, self.n_prompt + self.answer.n_reported - 1)

    def _report(self, step: Step, logits: Float32, last: int) -> None:
        """Shows the tokens whose logits are here; where nobody asked for logits, all that are decided."""
        until = len(self.answer.tokens)
        if self.answer.top_logprobs is not None:
            until = min(until, last + 2 - self.n_prompt)
        for chunk in self.answer.report(until, lambda i: logits[self.n_prompt + i - 1 - step.wanted_from]):
            self.emit(chunk)
