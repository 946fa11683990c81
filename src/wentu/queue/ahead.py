"""Pictures that have been uploaded and may soon be asked about: read ahead, when a worker has nothing else to do.

A list in Redis and no job: nobody waits for it, nothing of it is lost that a question would miss, and neither the line
nor the database has to know.
"""

from __future__ import annotations

from typing import cast

import redis

from wentu.queue import keys
from wentu.queue.link import answering

_MOST = 64
_KEEP_S = 600  # who uploads a picture asks within minutes, or not at all


class Ahead:
    """Digests, the newest first. Each call raises Busy when the queue does not answer."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` is one whose commands may wait in the server."""
        self._redis = client

    def put(self, digest: str) -> None:
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.lrem(keys.AHEAD, 0, digest)
            pipe.lpush(keys.AHEAD, digest)
            pipe.ltrim(keys.AHEAD, 0, _MOST - 1)
            pipe.expire(keys.AHEAD, _KEEP_S)
            pipe.execute()

    def take(self, *, wait_s: float) -> str | None:
        """The newest; None when none came within `wait_s` (at most `link.BLOCK_S`)."""
        with answering():
            found = cast("list[str] | None", self._redis.blpop([keys.AHEAD], timeout=wait_s))
        return found[1] if found else None

    def drop(self, digest: str) -> None:
        with answering():
            self._redis.lrem(keys.AHEAD, 0, digest)
