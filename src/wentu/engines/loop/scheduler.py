"""Many questions at once on one model: who computes next, and with how much.

One thread owns the models and the cache. In each round it takes in new requests, drops those that were cancelled or
are late, computes at most one stage of one picture, and then one call of the language model in which every writing
sequence has its next rows and the prompts share what is left of the budget (continuous batching with chunked
prefill, as in Sarathi-Serve, arXiv:2403.02310). So whoever stops, stops within one round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from functools import partial

import numpy as np

from wentu.core.errors import ContextOverflow, EngineError, EngineTimeout, WentuError
from wentu.core.types import Progress
from wentu.engines.loop.cache import BlockCache, CacheFull, Table
from wentu.engines.loop.positions import Float32
from wentu.engines.loop.prompt import Visual
from wentu.engines.loop.reading import PictureReader
from wentu.engines.loop.rows import Rows
from wentu.engines.loop.sequence import BACKGROUND, Request, Sequence, Step

log = logging.getLogger(__name__)

RunRows = Callable[[SequenceOf[Rows]], list[Float32]]
EmbedTokens = Callable[[SequenceOf[int]], Float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one call of the language model may hold.

    `chunk` rows of prompts while nobody writes, `chunk_beside_writers` while somebody does (each row costs about 5 ms
    on 2 cores, and writers wait for all of them); `guessed` rows in all of guesses. `sequences` run at once, and
    `background` prompts at most wait to be read before their question: the oldest is given up for the newest.
    """

    chunk: int = 256
    chunk_beside_writers: int = 64
    writing: int = 16
    guessed: int = 15
    sequences: int = 16
    background: int = 8


class Scheduler:
    """Runs requests. `submit` and `close` may be called from any thread; everything else happens in its own."""

    def __init__(
        self,
        run: RunRows,
        embed: EmbedTokens,
        cache: BlockCache,
        reader: PictureReader,
        *,
        n_deepstack: int,
        limits: Limits | None = None,
    ) -> None:
        self._run = run
        self._embed = embed
        self._cache = cache
        self._reader = reader
        self._n_deepstack = n_deepstack
        self._limits = limits or Limits()
        self._sequences: list[Sequence] = []
        self._arrived: list[Request] = []
        self._jobs: list[Callable[[], None]] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="wentu-openvino", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Lets a request compete from the next round on. Raises EngineError after `close`."""
        with self._wake:
            if self._closing:
                raise EngineError("the engine has been closed")
            self._arrived.append(request)
            self._wake.notify()

    def cancel(self, request: Request) -> None:
        """Ends a request in the next round; without effect on one that has ended."""
        request.cancelled.set()
        with self._wake:
            self._wake.notify()

    def between_rounds(self, job: Callable[[], None]) -> None:
        """Runs `job` in the engine's thread before the next round."""
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    def close(self) -> None:
        """Ends every request with an error and the thread; safe to call twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not threading.current_thread():
            self._thread.join()

    # ---- the engine's thread

    def _loop(self) -> None:
        try:
            while self._take_in():
                self._guarded(self._sequences, self._round)
        except Exception:
            log.exception("the engine's thread ended")
        with self._wake:
            self._closing = True
            left = [*self._sequences, *(Sequence(request) for request in self._arrived)]
        for sequence in left:  # nobody may wait for an answer that will not come
            sequence.end(EngineError("the engine has been closed"))

    def _take_in(self) -> bool:
        """Waits for work, takes in what has arrived, does the jobs between rounds; False once the engine closes."""
        with self._wake:
            while not (self._closing or self._arrived or self._jobs or self._sequences):
                self._wake.wait()
            self._sequences += [Sequence(request) for request in self._arrived]
            self._arrived.clear()
            jobs, self._jobs = self._jobs, []
            closing = self._closing
        for job in jobs:
            self._guarded([], job)
        return not closing

    def _round(self) -> None:
        """One stage of one picture, and one call of the language model."""
        self._sequences.sort(key=_order)
        self._drop_unwanted()
        ready: list[Sequence] = []
        waiting: tuple[Sequence, Visual] | None = None
        for sequence in self._admitted():
            visual = self._missing_picture(sequence)
            if visual is None:
                ready.append(sequence)
            elif waiting is None:
                waiting = (sequence, visual)
        if waiting is not None:
            self._guarded([waiting[0]], partial(self._read_stage, *waiting))
        batch = self._reserve(self._plan(ready))
        if batch:
            self._guarded([sequence for sequence, _ in batch], partial(self._compute, batch))

    def _guarded(self, sequences: Iterable[Sequence], work: Callable[[], None]) -> None:
        """Runs `work`; where it fails its sequences end with the error, and the others go on."""
        try:
            work()
        except WentuError as error:
            for sequence in list(sequences):
                self._end(sequence, error, keep=False)
        except Exception:
            log.exception("the generation loop failed")
            for sequence in list(sequences):
                self._end(sequence, EngineError("the engine failed while it was writing"), keep=False)

    def _drop_unwanted(self) -> None:
        now = time.monotonic()
        for sequence in list(self._sequences):
            if sequence.request.cancelled.is_set():
                self._end(sequence)
            elif now > sequence.request.deadline:
                self._end(sequence, EngineTimeout("the answer took longer than it may"))
        background = [sequence for sequence in self._sequences if sequence.request.priority == BACKGROUND]
        for sequence in background[: max(0, len(background) - self._limits.background)]:
            self._end(sequence)
        self._reader.keep_only({v.name for s in self._sequences for v in s.encoded.visuals})

    def _admitted(self) -> list[Sequence]:
        """The sequences that take part in this round, each with its table.

        Background work runs only while nobody waits, so a question never waits for it longer than one round.
        """
        admitted = self._sequences[: self._limits.sequences]
        if admitted and admitted[0].request.priority < BACKGROUND:
            admitted = [sequence for sequence in admitted if sequence.request.priority < BACKGROUND]
        for sequence in list(admitted):
            if sequence.table is None:
                try:
                    self._open(sequence)
                except ContextOverflow as error:
                    admitted.remove(sequence)
                    self._end(sequence, error)
        return admitted

    def _open(self, sequence: Sequence) -> None:
        if sequence.n_known + 1 > self._cache.capacity:
            raise ContextOverflow(
                f"the conversation has {sequence.n_known} tokens and the cache has room for {self._cache.capacity}",
                tokens=sequence.n_known,
                most=self._cache.capacity,
            )
        sequence.table = self._cache.open(sequence.keys_to_open())
        if not sequence.begun:
            sequence.begun = True
            sequence.n_cached = sequence.n_computed

    def _missing_picture(self, sequence: Sequence) -> Visual | None:
        """The picture that must be read before the sequence's next rows, once what is known has been handed over."""
        while (visual := sequence.missing_picture(self._limits.chunk)) is not None:
            features = self._reader.known(visual)
            if features is None:
                return visual
            sequence.features[visual.name] = features
        return None

    def _read_stage(self, sequence: Sequence, visual: Visual) -> None:
        features = self._reader.advance(visual)
        if features is None:
            sequence.announce(Progress("encoding", self._reader.fraction[visual.name]))
            return
        for other in self._sequences:
            if any(v.name == visual.name and v.end > other.n_computed for v in other.encoded.visuals):
                other.features[visual.name] = features

    def _compute(self, batch: list[tuple[Sequence, Step]]) -> None:
        """One call of the language model; then each sequence decides, commits and reports for itself."""
        for sequence, _ in batch:
            self._announce(sequence)
        logits = self._run([self._rows(sequence, step) for sequence, step in batch])
        for (sequence, step), wanted in zip(batch, logits, strict=True):
            self._guarded([sequence], partial(self._advance, sequence, step, wanted))

    def _plan(self, ready: list[Sequence]) -> list[tuple[Sequence, Step]]:
        """Every writing sequence's next rows, and chunks of prompts in order of arrival while the budget lasts."""
        limits = self._limits
        writers = [sequence for sequence in ready if sequence.n_left <= limits.writing]
        guesses = (limits.guessed + 1) // max(len(writers), 1) - 1
        plan = [(sequence, sequence.step(limits.writing, guesses)) for sequence in writers]
        budget = limits.chunk_beside_writers if writers else limits.chunk
        for sequence in ready:
            if budget <= 0:
                break
            if sequence.n_left > limits.writing:
                plan.append((sequence, sequence.step(budget, 0)))
                budget -= len(plan[-1][1].tokens)
        return plan

    def _reserve(self, plan: list[tuple[Sequence, Step]]) -> list[tuple[Sequence, Step]]:
        """The part of the plan that has room; where the cache is full the last to arrive gives its blocks back."""
        batch: list[tuple[Sequence, Step]] = []
        for sequence, step in sorted(plan, key=lambda item: _order(item[0])):
            while sequence.table is not None:
                try:
                    self._cache.reserve(sequence.table, len(step.tokens))
                    batch.append((sequence, step))
                    break
                except CacheFull:
                    self._take_back(batch)
        return [item for item in batch if item[0].table is not None]

    def _take_back(self, batch: list[tuple[Sequence, Step]]) -> None:
        """Frees the blocks of the last sequence that has any. It computes again what is forgotten in the meantime."""
        victim = max((sequence for sequence in self._sequences if sequence.table is not None), key=_order)
        self._close(victim)
        batch[:] = [item for item in batch if item[0] is not victim]

    def _rows(self, sequence: Sequence, step: Step) -> Rows:
        embeds, deepstack = self._embed(step.tokens), None
        for visual in sequence.encoded.visuals:
            start, end = max(visual.start, step.start), min(visual.end, step.end)
            if start < end:
                features = sequence.features[visual.name][:, start - visual.start : end - visual.start]
                if deepstack is None:
                    deepstack = np.zeros((self._n_deepstack, *embeds.shape), np.float32)
                embeds[start - step.start : end - step.start] = features[0]
                deepstack[:, start - step.start : end - step.start] = features[1:]
        blocks = _table(sequence).indices
        return Rows(embeds, sequence.positions(step), deepstack, step.start, blocks, step.end - step.wanted_from)

    def _advance(self, sequence: Sequence, step: Step, logits: Float32) -> None:
        table = _table(sequence)
        self._cache.commit(table, sequence.advance(step, logits))
        self._cache.trim(table)
        sequence.forget_pictures()
        computed = sequence.n_left == 0 or len(sequence.answer.tokens) > 0
        if sequence.answer.done and computed:
            sequence.finished = True
            self._end(sequence)

    def _announce(self, sequence: Sequence) -> None:
        if sequence.n_left > self._limits.writing and not sequence.answer.n_reported:
            total = max(sequence.n_prompt - sequence.n_cached, 1)
            sequence.announce(Progress("reading_prompt", (sequence.n_computed - sequence.n_cached) / total))
        else:
            sequence.announce(Progress("writing"))

    def _end(self, sequence: Sequence, error: WentuError | None = None, *, keep: bool = True) -> None:
        if sequence not in self._sequences and sequence.request.ended.is_set():
            return
        self._close(sequence, keep=keep)
        if sequence in self._sequences:
            self._sequences.remove(sequence)
        sequence.end(error)

    def _close(self, sequence: Sequence, *, keep: bool = True) -> None:
        if sequence.table is not None:
            self._cache.close(sequence.table, keep=keep)
            sequence.table = None


def _order(sequence: Sequence) -> tuple[int, int]:
    """Who comes first: questions before background work, then whoever arrived first."""
    return sequence.request.priority, sequence.request.arrival


def _table(sequence: Sequence) -> Table:
    assert sequence.table is not None, "a sequence computes only while it has a table"
    return sequence.table
