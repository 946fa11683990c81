"""Counters and histograms that all processes share, so that any web process can show them to Prometheus.

They live in one hash of the queue's server: a worker has no port of its own, and one that dies takes no count along.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import redis

from wentu.queue import keys
from wentu.queue.link import answering

# Upper bounds in seconds: from a cached answer's first token to the deadline of a long one.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True, slots=True)
class Tally:
    """One more (or `value` more) of a counter; with `observed` a value of a histogram."""

    name: str
    labels: tuple[str, ...]
    value: float = 1.0
    observed: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """What has been counted under one name and its labels: `buckets` by upper bound, not cumulative."""

    name: str
    labels: tuple[str, ...]
    total: float
    count: int
    buckets: Mapping[float, int]

    def quantile(self, share: float) -> float | None:
        """The value below which `share` (0..1) of the observed ones lie, linear inside a bucket, as Prometheus'
        histogram_quantile has it; None without any. Above the last bound it is that bound."""
        wanted, below, lower = share * sum(self.buckets.values()), 0, 0.0
        if not wanted:
            return None
        for bound in BUCKETS:
            inside = self.buckets.get(bound, 0)
            if inside and below + inside >= wanted:
                return lower + (bound - lower) * (wanted - below) / inside
            below, lower = below + inside, bound
        return BUCKETS[-1]


class Tallies:
    """Adds and reads."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def add(self, tallies: Iterable[Tally]) -> None:
        """All in one round trip."""
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            for one in tallies:
                pipe.hincrbyfloat(keys.TALLIES, _field(one.name, one.labels, "sum"), one.value)
                pipe.hincrby(keys.TALLIES, _field(one.name, one.labels, "count"), 1)
                if one.observed:
                    bound = next((b for b in BUCKETS if one.value <= b), float("inf"))
                    pipe.hincrby(keys.TALLIES, _field(one.name, one.labels, str(bound)), 1)
            pipe.execute()

    def read(self) -> tuple[Sum, ...]:
        with answering():
            fields = cast(dict[str, str], self._redis.hgetall(keys.TALLIES))
        found: dict[tuple[str, tuple[str, ...]], dict[str, float]] = {}
        for field, value in fields.items():
            name, labels, part = cast(tuple[str, list[str], str], json.loads(field))
            found.setdefault((name, tuple(labels)), {})[part] = float(value)
        return tuple(_sum(name, labels, parts) for (name, labels), parts in sorted(found.items()))


def _field(name: str, labels: tuple[str, ...], part: str) -> str:
    return json.dumps([name, labels, part], ensure_ascii=False, separators=(",", ":"))


def _sum(name: str, labels: tuple[str, ...], parts: dict[str, Any]) -> Sum:
    total, count = parts.pop("sum", 0.0), int(parts.pop("count", 0))
    return Sum(name, labels, total, count, {float(bound): int(number) for bound, number in parts.items()})
