"""The queue as the rest of wentu sees it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, cast

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from wentu.core.codec import adapter
from wentu.core.config import Settings
from wentu.core.errors import Busy, RateLimited
from wentu.core.types import Event, Priority, Progress
from wentu.queue import keys
from wentu.queue.ahead import Ahead
from wentu.queue.celery_app import PRIORITIES, QUEUE, SENDING, TASK, make_celery, message_lists
from wentu.queue.erase import Eraser
from wentu.queue.line import Line
from wentu.queue.link import answering, connect
from wentu.queue.pace import Pace
from wentu.queue.state import Depth, WorkerState, together
from wentu.queue.streams import Streams
from wentu.queue.tallies import Tallies, Tally

_WORKER_TTL_S = 10
_CANCEL_S = 3_600
_REAPER_MS = 3_000

Wish = Literal["go on", "cancelled", "left", "lost"]


class Queue:
    """Jobs in, events out. Safe for many threads; connects at first use. Every call raises Busy when it is gone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _redis(self) -> redis.Redis:
        return connect(self._settings)

    @cached_property
    def _waiting(self) -> redis.Redis:
        return connect(self._settings, waits=True)

    @cached_property
    def celery(self) -> Celery:
        return make_celery(self._settings)

    @cached_property
    def line(self) -> Line:
        return Line(self._redis, self._settings.queue, self.pace)

    @cached_property
    def pace(self) -> Pace:
        return Pace(self._redis)

    @cached_property
    def tallies(self) -> Tallies:
        return Tallies(self._redis)

    @cached_property
    def streams(self) -> Streams:
        return Streams(self._redis, self._waiting, self._settings.queue)

    @cached_property
    def ahead(self) -> Ahead:
        return Ahead(self._waiting)

    @cached_property
    def eraser(self) -> Eraser:
        return Eraser(self._redis)

    def submit(self, job_id: str, *, owner: str, priority: Priority = "interactive") -> None:
        """Puts a job into the queue. Raises Busy when too many wait or the queue does not answer."""
        with self._refusals_counted(priority):
            place = self.line.admit(job_id, owner=owner, priority=priority)
        try:
            self.publish(job_id, [Progress("queued", position=place, wait_s=self.pace.wait_s(place))])
            self.call_worker(priority)
        except BaseException:
            self.line.leave(job_id)
            raise

    def check_room(self, *, owner: str, priority: Priority = "interactive") -> None:
        """To be asked before the work of keeping a question is done. Raises Busy; `submit` has the last word."""
        with self._refusals_counted(priority):
            self.line.check_room(owner=owner, priority=priority)

    @contextlib.contextmanager
    def _refusals_counted(self, priority: Priority) -> Iterator[None]:
        try:
            yield
        except Busy as busy:
            if "waiting" in busy.params:
                self.tallies.add([Tally("refused", (priority,))])
            raise

    def call_worker(self, priority: Priority = "interactive", times: int = 1) -> None:
        """Sends tickets: each makes one free worker look into the line."""
        try:
            for _ in range(times):
                self.celery.send_task(
                    TASK, queue=QUEUE, priority=PRIORITIES[priority], retry=True, retry_policy=SENDING
                )
        except (OperationalError, redis.RedisError, OSError) as exc:
            raise Busy("the queue does not answer", retry_after_s=2.0) from exc

    def tickets(self) -> int:
        """How many tickets lie in the broker, of all priorities."""
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            for name in message_lists():
                pipe.llen(name)
            return sum(int(number) for number in pipe.execute())

    def cancel(self, job_id: str) -> bool:
        """Takes a waiting job out of the line (then true), or asks the worker to stop it at the next token."""
        with answering():
            self._redis.set(keys.cancel(job_id), "1", ex=_CANCEL_S)
        return self.line.leave(job_id)

    def cancelled(self, job_id: str) -> bool:
        with answering():
            return bool(self._redis.exists(keys.cancel(job_id)))

    def wish(self, job_id: str, token: str = "") -> Wish:
        """Whether an attempt should go on: cancelled, left by its readers for too long, or given to another."""
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.get(keys.lease(job_id))
            for key in (keys.cancel(job_id), keys.followed(job_id), keys.reader(job_id)):
                pipe.exists(key)
            lease, cancelled, followed, reader = pipe.execute()
        if token and lease != token:
            return "lost"
        if cancelled:
            return "cancelled"
        return "left" if followed and not reader else "go on"

    def publish(self, job_id: str, events: Sequence[Event], token: str = "", *, batch: str = "") -> bool:
        """Adds events to a job's stream; with `token` only while that attempt has the job, else false.

        After Busy nobody knows whether they were added: to send them again, name the same `batch`.
        """
        return self.streams.publish(job_id, events, token, batch=batch)

    def expect(self, digest: str) -> None:
        """A picture has come that is likely to be asked about: a worker with nothing else to do reads it ahead."""
        self.ahead.put(digest)

    def drop_picture(self, digest: str) -> None:
        """A picture has been dropped: it is not read ahead, and workers forget what they know of it."""
        self.ahead.drop(digest)
        self.eraser.forget([digest])

    def events(self, job_id: str, *, after: str = "0", silence_s: float) -> Iterator[tuple[str, Event] | None]:
        """(entry id, event) from `after` on, live; None whenever `silence_s` passed without one.

        Changes of the place in the line have the entry id "". Ends after `Done` or `Failed`.
        Raises UnknownJob when the stream has expired, Busy when the queue is gone.
        """
        return self.streams.read(job_id, after=after, silence_s=silence_s, place=self.place)

    def left(self, job_id: str) -> None:
        """A reader of the events left in the middle; it has the grace time to come back."""
        self.streams.left(job_id)

    def place(self, job_id: str) -> Progress | None:
        """Where a waiting job stands; None for one that does not wait."""
        place = self.line.place(job_id)
        return None if place is None else Progress("queued", position=place, wait_s=self.pace.wait_s(place))

    def expected_wait_s(self) -> float | None:
        """Seconds that a question put in now would wait; None while nothing has been measured."""
        depth = self.depth()
        return 0.0 if depth.waiting + depth.running == 0 else self.pace.wait_s(depth.waiting)

    def depth(self) -> Depth:
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.zcard(keys.LINE)
            pipe.hlen(keys.RUNNING)
            waiting, running = pipe.execute()
        return Depth(int(waiting), int(running))

    def workers(self) -> int:
        """How many workers are alive."""
        return self.pace.workers()

    def reaps(self, worker: str) -> bool:
        """Whether this worker looks after lost jobs now; one at a time does."""
        with answering():
            if self._redis.set(keys.REAPER, worker, nx=True, px=_REAPER_MS):
                return True
            if self._redis.get(keys.REAPER) != worker:
                return False
            self._redis.pexpire(keys.REAPER, _REAPER_MS)
            return True

    def worker(self) -> WorkerState | None:
        """What the workers last said of themselves, put together; None when all have been silent for 10 s or the queue
        is gone."""
        try:
            said = self._said()
        except Busy:
            return None
        return together([adapter(WorkerState).validate_json(text) for text in said.values()])

    def speakers(self) -> tuple[str, ...]:
        """The ids of the workers that said something of themselves within 10 s."""
        return tuple(self._said())

    def _said(self) -> dict[str, str]:
        with answering():
            names = sorted(cast(set[str], self._redis.smembers(keys.SPEAKERS)))
            texts = cast(list[str | None], self._redis.mget([keys.worker(name) for name in names])) if names else []
            found = {name: text for name, text in zip(names, texts, strict=True) if text is not None}
            if silent := [name for name in names if name not in found]:
                self._redis.srem(keys.SPEAKERS, *silent)
        return found

    def publish_worker(self, state: WorkerState, worker: str = "worker") -> None:
        with answering():
            pipe = self._redis.pipeline(transaction=True)
            pipe.set(keys.worker(worker), adapter(WorkerState).dump_json(state), ex=_WORKER_TTL_S)
            pipe.sadd(keys.SPEAKERS, worker)
            pipe.execute()

    def forget_worker(self, worker: str = "worker") -> None:
        """For a worker's end: it is gone now, not in 10 s."""
        with answering():
            self._redis.delete(keys.worker(worker))

    def allow(self, owner: str, per_minute: int) -> None:
        """Counts one request of this owner in this minute. Raises RateLimited."""
        now = time.time()
        key = f"{keys.PREFIX}rate:{owner}:{int(now // 60)}"
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _ = pipe.execute()
        if int(count) > per_minute:
            raise RateLimited(
                f"more than {per_minute} requests in a minute", retry_after_s=60 - now % 60, limit=per_minute
            )
