"""The queue as the rest of wentu sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

import redis
from celery import Celery
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from wentu.core.codec import adapter, event_from_json, event_to_json
from wentu.core.config import Settings
from wentu.core.errors import Busy, RateLimited, UnknownJob, WentuError
from wentu.core.types import Done, Event, Failed, Progress
from wentu.queue.address import address
from wentu.queue.celery_app import QUEUE, TASK, make_celery
from wentu.queue.state import Depth, WorkerState

_WORKER_TTL_S = 10
_MAX_ENTRIES = 20_000  # about 10 minutes of batches of 30 ms; a longer answer loses its beginning, not its end
_CONNECT_S = 3.0
_BLOCK_S = 4.0  # longest time that one read of a stream waits inside the server
_RUNNING = "wentu:running"
_WORKER = "wentu:worker"


class Queue:
    """Jobs in, events out. Safe for many threads; connects at first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _redis(self) -> redis.Redis:
        return redis.Redis.from_url(
            address(self._settings).redis,
            decode_responses=True,
            health_check_interval=10,
            socket_connect_timeout=_CONNECT_S,
            socket_timeout=2 * _BLOCK_S,
            retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), retries=3),
            retry_on_error=[redis.ConnectionError, redis.TimeoutError],
        )

    @cached_property
    def celery(self) -> Celery:
        return make_celery(self._settings)

    def submit(self, job_id: str, *, owner: str) -> None:
        """Puts a job into the queue. Raises Busy when too many wait or the queue does not answer."""
        try:
            depth = self.depth()
            if depth.waiting >= self._settings.queue.max_waiting:
                raise Busy(f"{depth.waiting} questions are waiting already", retry_after_s=5.0, waiting=depth.waiting)
            self.publish(job_id, [Progress("queued", position=depth.waiting + 1)])
            self.celery.send_task(TASK, args=[job_id], queue=QUEUE)
        except (redis.RedisError, OSError) as exc:
            raise _gone() from exc

    def cancel(self, job_id: str) -> None:
        """Asks the worker to stop a job at the next token."""
        try:
            self._redis.set(_cancel_key(job_id), "1", ex=3_600)
        except (redis.RedisError, OSError) as exc:
            raise _gone() from exc

    def cancelled(self, job_id: str) -> bool:
        return bool(self._redis.exists(_cancel_key(job_id)))

    def publish(self, job_id: str, events: list[Event]) -> None:
        """Adds events to a job's stream in one round trip."""
        key = _stream_key(job_id)
        pipe = self._redis.pipeline(transaction=False)
        for event in events:
            pipe.xadd(key, {"e": event_to_json(event)}, maxlen=_MAX_ENTRIES, approximate=True)
        pipe.expire(key, self._settings.queue.stream_ttl_s)
        pipe.execute()

    def events(self, job_id: str, *, after: str = "0", silence_s: float) -> Iterator[tuple[str, Event] | None]:
        """(entry id, event) from `after` on, live; None whenever `silence_s` passed without one.

        Ends after `Done` or `Failed`. Raises UnknownJob when the stream has expired, Busy when the queue is gone.
        """
        key = _stream_key(job_id)
        heard = time.monotonic()
        while True:
            left_s = max(min(heard + silence_s - time.monotonic(), _BLOCK_S), 0.001)
            entries = self._read(key, after, left_s, job_id)
            if not entries and time.monotonic() >= heard + silence_s:
                heard = time.monotonic()
                yield None
            for entry_id, fields in entries:
                after, heard = entry_id, time.monotonic()
                event = event_from_json(fields["e"])
                yield entry_id, event
                if isinstance(event, Done | Failed):
                    return

    def _read(self, key: str, after: str, wait_s: float, job_id: str) -> list[tuple[str, dict[str, str]]]:
        """New entries of a stream, waiting for the first one. Raises UnknownJob when there is no such stream."""
        try:
            if not self._redis.exists(key):
                raise UnknownJob("the stream of this job is no longer kept", id=job_id)
            answer = self._redis.xread({key: after}, block=max(int(wait_s * 1_000), 1), count=200)
        except (redis.RedisError, OSError) as exc:
            raise _gone() from exc
        return cast(Any, answer)[0][1] if answer else []

    def depth(self) -> Depth:
        """Raises Busy when the queue does not answer."""
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.llen(QUEUE)
            pipe.scard(_RUNNING)
            waiting, running = pipe.execute()
        except (redis.RedisError, OSError) as exc:
            raise _gone() from exc
        return Depth(int(waiting), int(running))

    def running(self, job_id: str, on: bool) -> None:
        """Notes that a worker has begun or ended a job."""
        if on:
            self._redis.sadd(_RUNNING, job_id)
        else:
            self._redis.srem(_RUNNING, job_id)

    def forget_running(self) -> None:
        """For a worker's start: nothing is running yet."""
        self._redis.delete(_RUNNING)

    def worker(self) -> WorkerState | None:
        """What the worker last said of itself; None when it has been silent for 10 s or the queue is gone."""
        try:
            text = self._redis.get(_WORKER)
        except (redis.RedisError, OSError):
            return None
        return adapter(WorkerState).validate_json(cast(str, text)) if text else None

    def publish_worker(self, state: WorkerState) -> None:
        self._redis.set(_WORKER, adapter(WorkerState).dump_json(state), ex=_WORKER_TTL_S)

    def forget_worker(self) -> None:
        """For a worker's end: it is gone now, not in 10 s."""
        self._redis.delete(_WORKER)

    def allow(self, owner: str, per_minute: int) -> None:
        """Counts one request of this owner in this minute. Raises RateLimited."""
        now = time.time()
        key = f"wentu:rate:{owner}:{int(now // 60)}"
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _ = pipe.execute()
        except (redis.RedisError, OSError) as exc:
            raise _gone() from exc
        if int(count) > per_minute:
            raise RateLimited(
                f"more than {per_minute} requests in a minute", retry_after_s=60 - now % 60, limit=per_minute
            )


def _stream_key(job_id: str) -> str:
    return f"wentu:stream:{job_id}"


def _cancel_key(job_id: str) -> str:
    return f"wentu:cancel:{job_id}"


def _gone() -> WentuError:
    return Busy("the queue does not answer", retry_after_s=2.0, hint="It is started again by itself; try once more.")
