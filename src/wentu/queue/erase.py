"""What must no longer be read: text of an answer that was taken back, and everything of users who are erased."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, cast

import redis

from wentu.core.codec import event_from_json
from wentu.core.types import Retract, Token
from wentu.queue import keys
from wentu.queue.link import answering

_FORGET = "wentu:forget"  # stream: digests that workers still have to forget
_FORGET_ENTRIES = 10_000
_REWRITE_S = 30.0
_CANCEL_S = 3_600


class Eraser:
    """Removes from Redis. Each call raises Busy when the queue does not answer."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def take_back(self, job_id: str, retract: Retract) -> Retract:
        """Deletes from a job's stream the text that is taken back, and gives the retraction that now is to follow.

        An entry that is kept in part goes as a whole, and its kept part becomes the replacement: who read the stream
        before and who reads it now end with the same text.
        """
        key = keys.stream(job_id)
        with answering():
            entries = cast(list[Any], self._redis.xrange(key))
            length, gone, start, kept = 0, [], retract.offset, ""
            for entry_id, fields in entries:
                event = event_from_json(fields["e"])
                if isinstance(event, Retract):
                    length = event.offset + len(event.replacement)
                if not isinstance(event, Token):
                    continue
                if length + len(event.text) > retract.offset:
                    if length < retract.offset:
                        start, kept = length, event.text[: retract.offset - length]
                    gone.append(entry_id)
                length += len(event.text)
            if gone:
                self._redis.xdel(key, *gone)
        return Retract(start, retract.rule, kept + retract.replacement)

    def erase(self, jobs: Sequence[str], owners: Sequence[str], digests: Sequence[str]) -> None:
        """Deletes what is kept of jobs and owners, tells the workers which pictures to forget, and rewrites the
        server's file, in which deleted entries would stay readable."""
        with answering():
            names = [make(job) for job in jobs for make in (keys.stream, keys.job, keys.lease)]
            names += [make(job) for job in jobs for make in (keys.followed, keys.reader)]
            for name in [*names, *(keys.owner(owner) for owner in owners)]:
                self._redis.unlink(name)
            if jobs:
                self._redis.zrem(keys.LINE, *jobs)
            for job in jobs:  # one that is at work stops, and what it still says is read by nobody
                self._redis.set(keys.cancel(job), "1", ex=_CANCEL_S)
            self.forget(digests)
            self._rewrite()

    def forget(self, digests: Sequence[str]) -> None:
        """Tells the workers which pictures to forget."""
        with answering():
            for digest in digests:
                self._redis.xadd(_FORGET, {"d": digest}, maxlen=_FORGET_ENTRIES, approximate=True)

    def to_forget(self, after: str) -> tuple[str, list[str]]:
        """Digests that were erased since entry `after`, and the entry to ask from next."""
        with answering():
            entries = cast(list[Any], self._redis.xrange(_FORGET, min=f"({after}"))
        return (entries[-1][0] if entries else after), [fields["d"] for _, fields in entries]

    def _rewrite(self) -> None:
        try:
            self._redis.bgrewriteaof()
        except redis.ResponseError:  # another's server may not allow it, or is at it
            return
        until = time.monotonic() + _REWRITE_S
        while time.monotonic() < until:
            state = self._redis.info("persistence")
            if not state.get("aof_rewrite_in_progress") and not state.get("aof_rewrite_scheduled"):
                return
            time.sleep(0.05)
