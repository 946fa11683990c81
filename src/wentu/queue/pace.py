"""How fast questions are answered: measured, so that a wait can be told and a Retry-After is not a guess."""

from __future__ import annotations

import math
import time

import redis

from wentu.queue import keys
from wentu.queue.link import answering

_LAST = 32  # answers that the mean is taken over: a change of load or of the engine shows within minutes
_WORKER_TTL_S = 10
_UNMEASURED_S = 5.0
_LONGEST_S = 120.0
_RECENT_S = 0.5  # every question and every refusal asks, and the mean of 32 answers does not change that fast


class Pace:
    """Seconds an answer, over the last 32, and how many are answered at once."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._looked: tuple[float, float | None] = (-math.inf, None)  # when, and what `seconds_each` was

    def served(self, seconds: float) -> None:
        """Notes that an answer took so long from its start to its end."""
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.lpush(keys.PACE, f"{seconds:.3f}")
            pipe.ltrim(keys.PACE, 0, _LAST - 1)
            pipe.execute()

    def register(self, worker: str, slots: int) -> None:
        """A worker's word that it is alive and answers `slots` questions at once; good for 10 s."""
        now = time.time()
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.zadd(keys.WORKERS, {f"{worker}|{slots}": now + _WORKER_TTL_S})
            pipe.zremrangebyscore(keys.WORKERS, "-inf", now)
            pipe.execute()

    def forget(self, worker: str, slots: int) -> None:
        with answering():
            self._redis.zrem(keys.WORKERS, f"{worker}|{slots}")

    def workers(self) -> int:
        """How many workers are alive."""
        with answering():
            return int(self._redis.zcount(keys.WORKERS, time.time(), "+inf"))

    def seconds_each(self) -> float | None:
        """Mean seconds from one end of an answer to the next while all are at work; None before the first."""
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.lrange(keys.PACE, 0, -1)
            pipe.zrangebyscore(keys.WORKERS, time.time(), "+inf")
            taken, workers = pipe.execute()
        if not taken:
            return None
        slots = sum(int(one.rpartition("|")[2]) for one in workers)
        return sum(map(float, taken)) / len(taken) / max(slots, 1)

    def wait_s(self, place: int) -> float | None:
        """Expected seconds until the job at this place begins; None while nothing has been measured."""
        each = self._recent()
        return None if each is None else round(each * place, 1)

    def retry_after_s(self, bound: int) -> float:
        """When an eighth of the places is free again: sooner, everybody who was turned away would come for one."""
        each = self._recent()
        return _UNMEASURED_S if each is None else min(max(each * -(-bound // 8), 1.0), _LONGEST_S)

    def _recent(self) -> float | None:
        """`seconds_each`, at most half a second old once it is known."""
        at, each = self._looked
        if each is None or time.monotonic() - at > _RECENT_S:
            each = self.seconds_each()
            self._looked = (time.monotonic(), each)
        return each
