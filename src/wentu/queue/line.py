"""Who waits and who is being answered: bounded admission, order, leases. Safe for many threads and machines.

Celery's messages are tickets: each says "somebody waits". Which job is next is decided here, at the moment that a
worker is free, so the place that a user is told is the true one, and a lost or doubled message changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import redis

from wentu.core.config import QueueSettings
from wentu.core.errors import Busy
from wentu.core.types import Priority
from wentu.queue import keys, scripts
from wentu.queue.link import answering
from wentu.queue.pace import Pace

LEASE_MS = 15_000
# Classes are this far apart in the line's scores, milliseconds; Unix time is below it until the year 2286.
_CLASS = 10**13
_CLASSES: Mapping[Priority, int] = {"interactive": 0, "batch": 1, "background": 2}
_KEEP_S = 86_400
_FULL_S = 0.02  # a place that comes free meanwhile waits so long for the next question; an answer takes seconds


class Line:
    """Jobs in the order in which they will be answered: by class, then by the time of their admission."""

    def __init__(self, client: redis.Redis, settings: QueueSettings, pace: Pace) -> None:
        self._redis = client
        self._settings = settings
        self._pace = pace
        self._full: dict[Priority, float] = {}  # until when a class is taken for full
        self._admit = client.register_script(scripts.ADMIT)
        self._take = client.register_script(scripts.TAKE)
        self._leave = client.register_script(scripts.LEAVE)
        self._drop = client.register_script(scripts.DROP)
        self._return = client.register_script(scripts.RETURN)
        self._renew = client.register_script(scripts.RENEW)

    def admit(self, job_id: str, *, owner: str, priority: Priority) -> int:
        """The job's place in the line, from 1. Raises Busy when the class or the owner has too many waiting."""
        low = _CLASSES[priority] * _CLASS
        bound, owner_bound = self._bounds(priority)
        score = low + int(time.time() * 1_000)
        args: list[str | int] = [job_id, score, low, low + _CLASS - 1, bound, owner_bound, owner, _KEEP_S]
        with answering():
            refused, number = cast(
                list[int], self._admit(keys=[keys.LINE, keys.owner(owner), keys.job(job_id)], args=args)
            )
        if refused:
            raise self._busy(int(number), bound if refused == 1 else owner_bound, of_key=refused == 2)
        return int(number) + 1

    def check_room(self, *, owner: str, priority: Priority) -> None:
        """What `admit` would refuse now, said before anything has been kept. Raises Busy.

        Under overload nearly every question ends here, so it is one round trip and nothing else; a class that was found
        full is taken for full for 20 ms more, in which a burst costs none.
        """
        low = _CLASSES[priority] * _CLASS
        bound, owner_bound = self._bounds(priority)
        if time.monotonic() < self._full.get(priority, 0.0):
            raise self._busy(bound, bound)
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.zcount(keys.LINE, low, low + _CLASS - 1)
            pipe.scard(keys.owner(owner))
            waiting, mine = pipe.execute()
        if waiting >= bound:
            self._full[priority] = time.monotonic() + _FULL_S
            raise self._busy(int(waiting), bound)
        if mine >= owner_bound:
            raise self._busy(int(mine), owner_bound, of_key=True)

    def _busy(self, number: int, bound: int, *, of_key: bool = False) -> Busy:
        whose = " of this key" if of_key else ""
        return Busy(
            f"{number} questions{whose} are waiting already",
            retry_after_s=self._pace.retry_after_s(bound),
            waiting=number,
        )

    def _bounds(self, priority: Priority) -> tuple[int, int]:
        """Most waiting jobs of the class, and of one owner."""
        if priority == "interactive":
            return self._settings.max_waiting, self._settings.max_waiting_per_key
        bound = self._settings.max_waiting_batch
        return bound, max(bound, self._settings.max_waiting_per_key)

    def leave(self, job_id: str) -> bool:
        """Takes a waiting job out; false if it did not wait."""
        with answering():
            return bool(self._leave(keys=[keys.LINE, keys.job(job_id)], args=[job_id, keys.owner("")]))

    def take(self, token: str) -> str | None:
        """The next job, leased to `token`; None when nobody waits."""
        args: list[str | int] = [token, LEASE_MS, keys.lease(""), keys.job(""), keys.owner("")]
        with answering():
            return cast(str | None, self._take(keys=[keys.LINE, keys.RUNNING, keys.took(token)], args=args))

    def renew(self, job_id: str, token: str) -> bool:
        """Holds the lease for the full time again; false when another attempt has it, or the job was put back."""
        with answering():
            return bool(self._renew(keys=[keys.lease(job_id), keys.RUNNING], args=[token, LEASE_MS, job_id]))

    def drop(self, job_id: str, token: str) -> None:
        """The job has ended, as far as this token is concerned."""
        with answering():
            self._drop(keys=[keys.RUNNING, keys.lease(job_id)], args=[job_id, token])

    def put_back(self, job_id: str, *, priority: Priority, token: str = "") -> bool:
        """The job waits again, at the place that it had; false when `token` no longer has it, or it waits."""
        score = _CLASSES[priority] * _CLASS + int(time.time() * 1_000)
        found = [keys.LINE, keys.RUNNING, keys.lease(job_id), keys.job(job_id)]
        with answering():
            return bool(self._return(keys=found, args=[job_id, token, score]))

    def pin(self, job_id: str, version: str) -> None:
        """Notes which version a job's first attempt asks, for the next one."""
        with answering():
            self._redis.hset(keys.job(job_id), "version", version)

    def pinned(self, job_id: str) -> str | None:
        with answering():
            return cast(str | None, self._redis.hget(keys.job(job_id), "version"))

    def waiting(self) -> tuple[str, ...]:
        """Everybody in the line, the next one first."""
        with answering():
            return tuple(cast(list[str], self._redis.zrange(keys.LINE, 0, -1)))

    def waiting_of(self, priority: Priority) -> int:
        low = _CLASSES[priority] * _CLASS
        with answering():
            return int(self._redis.zcount(keys.LINE, low, low + _CLASS - 1))

    def running(self) -> dict[str, tuple[str, bool]]:
        """Every running job with its token, and whether the lease still holds."""
        with answering():
            held = cast(dict[str, str], self._redis.hgetall(keys.RUNNING))
            if not held:
                return {}
            leases = cast(list[Any], self._redis.mget([keys.lease(job) for job in held]))
        return {job: (token, lease == token) for (job, token), lease in zip(held.items(), leases, strict=True)}

    def place(self, job_id: str) -> int | None:
        """From 1; None for a job that does not wait."""
        with answering():
            rank = cast(int | None, self._redis.zrank(keys.LINE, job_id))
        return None if rank is None else int(rank) + 1
