"""One job: the pipeline's events into the job's stream, and its end into the database."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from wentu.core.errors import (
    Busy,
    Cancelled,
    DiskFull,
    EngineCrashed,
    EngineTimeout,
    StorageUnreachable,
    UnknownVersion,
    WentuError,
)
from wentu.core.logs import JOB
from wentu.core.types import Done, Event, Failed, Query, VersionSpec
from wentu.queue import Queue
from wentu.store.jobs import Job, Jobs
from wentu.worker import measures
from wentu.worker.identity import Identity
from wentu.worker.leases import Leases
from wentu.worker.lost import Lost
from wentu.worker.writing import PATIENCE_S, RETURN_S, Fenced, Stream, patiently

log = logging.getLogger(__name__)

LOOK_S = 0.1  # how often the stream of events is interrupted to look for a cancel
_STOP_S = 3.0  # a worker that is told to stop gives back what it has not answered by then
_OVERTIME_S = 30.0  # beyond the deadline a job's lease is no longer renewed

Given = Literal["back", "fenced"]


class Relay:
    """Runs jobs. Thread-safe: everything that belongs to one job lives in `serve`."""

    def __init__(
        self,
        answer: Callable[[Query], Iterator[Event]],
        jobs: Jobs,
        queue: Queue,
        deadline_s: float,
        *,
        pick: Callable[[Query], VersionSpec] | None = None,
        leases: Leases | None = None,
        who: Identity | None = None,
    ) -> None:
        """`pick` says which version a query means; with it, a second attempt asks the same one as the first."""
        self._answer = answer
        self._pick = pick
        self._jobs = jobs
        self._queue = queue
        self._deadline_s = deadline_s
        self._leases = leases or Leases(queue)
        self._lost = Lost(jobs, queue)
        self._who = who or Identity.mine()
        self._stop_at: float | None = None
        self._lock = threading.Lock()
        self.running = 0  # jobs that are being answered
        self.looked: float | None = None  # when a ticket last came; None: nobody listens for them yet

    def listens(self) -> None:
        """From now on tickets come."""
        self.looked = time.monotonic()

    def stop(self) -> None:
        """Running jobs have 3 s to end; then they are given back to the queue, for another worker or the next start."""
        self._stop_at = time.monotonic() + _STOP_S

    def serve(self) -> str | None:
        """Answers the job at the head of the line; its id, or None when nobody waits.

        A ticket may be late, doubled or for a job that was cancelled: then there is nothing to do.
        """
        self.looked = time.monotonic()
        if self._stop_at is not None:
            return None
        token = self._who.token()
        job_id = self._queue.line.take(token)
        if job_id is None:
            return None
        self._leases.hold(job_id, token, at_most_s=self._deadline_s + _OVERTIME_S)
        try:
            with self._counted():
                self._serve(job_id, token)
        finally:
            self._leases.release(job_id, token)
            patiently(lambda: self._queue.line.drop(job_id, token), for_s=PATIENCE_S)
        return job_id

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self.running += 1
        try:
            yield
        finally:
            with self._lock:
                self.running -= 1

    def _serve(self, job_id: str, token: str) -> None:
        job = self._jobs.start(job_id)
        if job is None:
            return
        about = JOB.set(job_id)
        try:
            self._attempt(job, token)
        except Exception:
            log.exception("job %s could not be relayed", job_id)
            self._fail(job, WentuError("something went wrong inside wentu").as_event())
        finally:
            JOB.reset(about)

    def _attempt(self, job: Job, token: str) -> None:
        try:
            _Attempt(job, token, self).run()
        except Fenced:
            log.warning("job %s: attempt %d was overtaken", job.id, job.attempt)
        except (Busy, DiskFull, StorageUnreachable) as error:
            # Not the job's fault, and it has not ended: the reaper puts it back once it can be written down again.
            log.warning("job %s: attempt %d is given up: %s", job.id, job.attempt, error.code)
            with contextlib.suppress(WentuError):
                self._jobs.release(job.id, job.attempt, lost=False)

    def _fail(self, job: Job, failed: Failed) -> None:
        if self._jobs.fail(job.id, failed, attempt=job.attempt):
            patiently(lambda: self._queue.publish(job.id, [failed]), for_s=PATIENCE_S)


class _Attempt:
    """One attempt at one job."""

    def __init__(self, job: Job, token: str, relay: Relay) -> None:
        self._job = job
        self._token = token
        self._relay = relay
        self._queue = relay._queue
        self._stream = Stream(job.id, self._queue, token=token, shown=self._shown())
        self._started = time.monotonic()
        self._queue_back = -math.inf  # when the queue was last found away

    def _shown(self) -> str:
        """What readers have of an earlier attempt. Raises Busy: without it they would read the beginning twice."""
        texts = [""]
        if self._job.attempt > 1 and not patiently(
            lambda: texts.append(self._queue.streams.text(self._job.id)), for_s=PATIENCE_S
        ):
            raise Busy("the queue does not answer")
        return texts[-1]

    def run(self) -> None:
        """Raises Fenced when another attempt has the job."""
        events = self._relay._answer(self._pinned(repeatable(self._job)))
        try:
            for event in self._until_stopped(events):
                if event == "back":
                    self._give_back()
                    return
                if isinstance(event, Done | Failed):
                    self._end(event)
                    return
                self._stream.add(event)
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()  # ends the engine's work

    def _pinned(self, query: Query) -> Query:
        """At a second attempt the version of the first: a worker that has just started may not prefer it yet."""
        line, pick = self._queue.line, self._relay._pick
        try:
            if self._job.attempt > 1:
                version = line.pinned(self._job.id)
                return query if version is None else replace(query, model=version)
            if pick is not None:
                line.pin(self._job.id, pick(query).name)
        except (Busy, UnknownVersion):
            pass  # the pipeline says which versions there are; without the queue's word it picks anew
        return query

    def _until_stopped(self, events: Iterator[Event]) -> Iterator[Event | Literal["back"]]:
        """The same events; ends with Failed when somebody cancels or the deadline passes, "back" at the worker's end.

        Looks before the first event too: a cancel may have come while the job was on its way here.
        """
        looked = 0.0
        for event in _with_a_beginning(events):
            now = time.monotonic()
            if now - looked >= LOOK_S:
                looked = now
                if (end := self._wish(now)) is not None:
                    yield end
                    return
            if event is not None:
                yield event

    def _wish(self, now: float) -> Failed | Literal["back"] | None:
        relay = self._relay
        if now - self._started > relay._deadline_s:
            return EngineTimeout(f"the answer took longer than {relay._deadline_s:g} s").as_event()
        if relay._stop_at is not None and now > relay._stop_at:
            return "back"
        try:
            wish = self._queue.wish(self._job.id, self._token)
        except Busy:
            self._queue_back = time.monotonic()
            return None  # the queue is being started again; the next look is soon
        if wish == "lost":
            raise Fenced
        if wish == "cancelled":
            return Cancelled("the question was stopped").as_event()
        # A job of a batch is wanted although nobody reads along.
        if wish == "left" and self._job.priority == "interactive" and now - self._queue_back > RETURN_S:
            return Cancelled("the reader left").as_event()
        return None

    def _give_back(self) -> None:
        self._stream.flush()
        if self._relay._jobs.release(self._job.id, self._job.attempt, lost=False):
            patiently(
                lambda: self._relay._lost.put_back(self._job.id, self._job.priority, self._token), for_s=PATIENCE_S
            )

    def _end(self, event: Done | Failed) -> None:
        """Database first: who reads the stream to its end finds the answer there too.

        An engine that crashed is a lost attempt like a killed worker: the job is tried once more.
        """
        jobs, job = self._relay._jobs, self._job
        if isinstance(event, Failed) and event.code == EngineCrashed.code:
            self._stream.flush()
            self._relay._lost.end(job, self._token, text=self._stream.text)
            return
        if isinstance(event, Done):
            self._stream.finish()
            if not jobs.finish(job.id, event.answer, attempt=job.attempt):
                raise Fenced
        elif not jobs.fail(job.id, event, text=self._stream.text, attempt=job.attempt):
            raise Fenced
        self._stream.end(event, patience_s=PATIENCE_S)
        self._measure(event)

    def _measure(self, event: Done | Failed) -> None:
        """After the end was told: nobody waits for it, and without the queue there is nowhere to count."""
        seconds = time.monotonic() - self._started
        first = self._stream.first_token_at
        with contextlib.suppress(Busy):
            if isinstance(event, Done):
                self._queue.pace.served(seconds)
                first_token_s = None if first is None else first - self._started
                ended = measures.of_answer(self._job, event.answer, first_token_s=first_token_s, seconds=seconds)
            else:
                ended = measures.of_failure(self._job, event)
            self._queue.tallies.add([*measures.of_start(self._job), *ended])


def repeatable(job: Job) -> Query:
    """The query with a seed: a second attempt at the same job then says the same words, as far as its engine can."""
    sampling = job.query.sampling
    if sampling.seed is not None:
        return job.query
    return replace(job.query, sampling=replace(sampling, seed=zlib.crc32(job.id.encode())))


def _with_a_beginning(events: Iterator[Event]) -> Iterator[Event | None]:
    yield None
    yield from events
