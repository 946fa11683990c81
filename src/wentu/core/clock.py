"""Seconds by stage of one question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """`seconds` by the name of a stage, rounded to 0.1 ms; a stage measured twice adds up."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures the block as stage `name`, also when it ends with an error."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 4)

    def mark(self, name: str) -> None:
        """Notes once how long after the clock's start something first happened."""
        self.seconds.setdefault(name, round(time.perf_counter() - self._started, 4))
