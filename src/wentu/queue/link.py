"""The connection to Redis or Valkey, and the one error that stands for all of its troubles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from wentu.core.config import Settings
from wentu.core.errors import Busy
from wentu.queue.address import address

BLOCK_S = 4.0  # longest time that one read of a stream waits inside the server
_CONNECT_S = 3.0


def connect(settings: Settings) -> redis.Redis:
    """A client that connects at first use and is safe for many threads."""
    return redis.Redis.from_url(
        address(settings).redis,
        decode_responses=True,
        health_check_interval=10,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=2 * BLOCK_S,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), retries=3),
        retry_on_error=[redis.ConnectionError, redis.TimeoutError],
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turns whatever goes wrong with the connection into Busy."""
    try:
        yield
    except (redis.RedisError, OSError) as exc:
        hint = "It is started again by itself; try once more."
        raise Busy("the queue does not answer", retry_after_s=2.0, hint=hint) from exc
