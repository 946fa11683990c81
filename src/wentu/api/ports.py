"""What the web process needs of the queue, as a shape: `wentu.queue.Queue` has it, and so has a fake in tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from wentu.core.types import Event
from wentu.queue.state import Depth, WorkerState


class QueuePort(Protocol):
    """The way to the workers and back. Each call raises Busy when the queue does not answer."""

    def submit(self, job_id: str, *, owner: str) -> None:
        """Raises Busy when the queue is full."""

    def cancel(self, job_id: str) -> None: ...

    def events(self, job_id: str, *, after: str = "0", silence_s: float) -> Iterator[tuple[str, Event] | None]:
        """(entry id, event) pairs up to Done or Failed; None after each `silence_s` without an event."""

    def depth(self) -> Depth: ...

    def worker(self) -> WorkerState | None:
        """None when no worker is alive."""

    def allow(self, owner: str, per_minute: int) -> None:
        """Raises RateLimited."""
