"""One job: the pipeline's events into the job's stream, and its end into the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from wentu.core.errors import Cancelled, EngineTimeout, UnknownJob, WentuError
from wentu.core.types import Done, Event, Failed, Progress, Query, Token
from wentu.queue import Queue
from wentu.store.jobs import Jobs

log = logging.getLogger(__name__)

# Tokens are sent together this often: a reader sees them flow, and a fast engine costs 30 writes a second and not 300.
BATCH_S = 0.03
_LOOK_S = 0.1  # how often the stream of events is interrupted to look for a cancel


class Relay:
    """Runs jobs. Thread-safe: everything that belongs to one job lives in `run`."""

    def __init__(self, answer: Callable[[Query], Iterator[Event]], jobs: Jobs, queue: Queue, deadline_s: float) -> None:
        self._answer = answer
        self._jobs = jobs
        self._queue = queue
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._at_work: set[str] = set()

    def run(self, job_id: str) -> None:
        """Answers one job to its end. A job that has ended already, is gone, or is at work here is left alone.

        The queue delivers a job again when its connection broke in the middle of it.
        """
        with self._lock:
            if job_id in self._at_work:
                return
            self._at_work.add(job_id)
        try:
            self._run(job_id)
        finally:
            self._at_work.discard(job_id)

    def _run(self, job_id: str) -> None:
        try:
            if not self._jobs.start(job_id):
                return
            job = self._jobs.load(job_id)
        except UnknownJob:
            return
        self._queue.running(job_id, True)
        try:
            self._relay(job_id, job.query)
        except Exception:
            log.exception("job %s could not be relayed", job_id)
            self._end(job_id, WentuError("something went wrong inside wentu").as_event())
        finally:
            self._queue.running(job_id, False)

    def _relay(self, job_id: str, query: Query) -> None:
        stream = Stream(job_id, self._queue)
        events = self._answer(query)
        try:
            for event in self._until_stopped(job_id, events):
                if isinstance(event, Done | Failed):
                    stream.flush()
                    self._end(job_id, event, stream.text)
                    return
                stream.add(event)
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()  # ends the engine's work

    def _until_stopped(self, job_id: str, events: Iterator[Event]) -> Iterator[Event]:
        """The same events; ends with Failed when somebody cancels or the deadline passes."""
        started = looked = time.monotonic()
        for event in events:
            yield event
            now = time.monotonic()
            if now - looked < _LOOK_S:
                continue
            looked = now
            if self._queue.cancelled(job_id):
                yield Cancelled("the question was stopped").as_event()
            if now - started > self._deadline_s:
                yield EngineTimeout(f"the answer took longer than {self._deadline_s:g} s").as_event()

    def _end(self, job_id: str, event: Done | Failed, text: str = "") -> None:
        """Database first: who reads the stream to its end finds the answer there too.

        `text` is what the user has seen of an answer that did not get to its end.
        """
        if isinstance(event, Done):
            ended = self._jobs.finish(job_id, event.answer)
        else:
            ended = self._jobs.fail(job_id, event, text=text)
        if ended:
            self._queue.publish(job_id, [event])


class Stream:
    """Events on their way into a job's stream: tokens joined for 30 ms, repeated progress dropped."""

    def __init__(self, job_id: str, queue: Queue) -> None:
        self._job_id = job_id
        self._queue = queue
        self._waiting: list[Event] = []
        self._last_progress: Progress | None = None
        self._flushed = 0.0
        self._released: list[str] = []

    @property
    def text(self) -> str:
        """Everything released so far."""
        return "".join(self._released)

    def add(self, event: Event) -> None:
        if isinstance(event, Progress):
            if event == self._last_progress:
                return
            self._last_progress = event
        if isinstance(event, Token):
            self._released.append(event.text)
        if isinstance(event, Token) and self._waiting and isinstance(self._waiting[-1], Token):
            self._waiting[-1] = Token(self._waiting[-1].text + event.text)
        else:
            self._waiting.append(event)
        if not isinstance(event, Token) or time.monotonic() - self._flushed >= BATCH_S:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            self._queue.publish(self._job_id, self._waiting)
            self._waiting = []
        self._flushed = time.monotonic()
