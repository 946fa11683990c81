"""The connection to Redis or Valkey, and the one error that stands for all of its troubles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from wentu.core.config import Settings
from wentu.core.errors import Busy, QueueDiskFull
from wentu.queue.address import address

BLOCK_S = 4.0  # longest time that one command (a read of a stream) waits inside the server
CONNECT_S = 3.0
# A server that is there answers within milliseconds; one whose disk stalls (fsync every second) within 2 s.
ANSWER_S = 5.0


def connect(settings: Settings, *, waits: bool = False) -> redis.Redis:
    """A client that connects at first use and is safe for many threads. `waits`: for commands that wait in the server.

    A connection that was cut is made anew at once. Silence is not asked a second time: whoever asked a question is
    told within seconds that the queue does not answer, and a worker tries again by itself.
    """
    return redis.Redis.from_url(
        address(settings).redis,
        decode_responses=True,
        health_check_interval=10,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=ANSWER_S + (BLOCK_S if waits else 0.0),
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), retries=3, supported_errors=(redis.ConnectionError,)),
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turns whatever goes wrong with the connection into Busy, and a server that can't write into QueueDiskFull."""
    try:
        yield
    except (redis.RedisError, OSError) as exc:
        if "MISCONF" in str(exc):  # the server's word for a log that it can't write; it says it until it can
            raise QueueDiskFull("there is no room on the disk for the queue", retry_after_s=10.0) from exc
        hint = "It is started again by itself; try once more."
        raise Busy("the queue does not answer", retry_after_s=2.0, hint=hint) from exc
