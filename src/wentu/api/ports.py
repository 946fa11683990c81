"""What the web process needs of the queue, as a shape: `wentu.queue.Queue` has it, and so has a fake in tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from wentu.core.types import Event, Priority, Progress
from wentu.queue.state import Depth, WorkerState
from wentu.queue.tallies import Tallies


class QueuePort(Protocol):
    """The way to the workers and back. Each call raises Busy when the queue does not answer."""

    def check_room(self, *, owner: str, priority: Priority = "interactive") -> None:
        """Raises Busy when `submit` would."""

    def submit(self, job_id: str, *, owner: str, priority: Priority = "interactive") -> None:
        """Raises Busy when the queue is full."""

    def cancel(self, job_id: str) -> bool:
        """True when the job waited and now does not; otherwise its worker stops it at the next token."""

    def left(self, job_id: str) -> None:
        """A reader left in the middle: the job is cancelled unless one is there again within the grace time."""

    def publish(self, job_id: str, events: Sequence[Event]) -> bool: ...

    def expect(self, digest: str) -> None:
        """A picture has come that is likely to be asked about."""

    def drop_picture(self, digest: str) -> None:
        """A picture has been dropped: workers forget what they know of it."""

    def place(self, job_id: str) -> Progress | None:
        """Where a waiting job stands; None for one that does not wait."""

    def events(self, job_id: str, *, after: str = "0", silence_s: float) -> Iterator[tuple[str, Event] | None]:
        """(entry id, event) pairs up to Done or Failed; None after each `silence_s` without an event.

        What is no entry of the stream (a place in the line that changed) has the id "". Raises UnknownJob.
        """

    def expected_wait_s(self) -> float | None:
        """Seconds that a question put in now would wait; None while nothing has been measured."""

    def depth(self) -> Depth: ...

    def workers(self) -> int:
        """How many workers are alive."""

    @property
    def tallies(self) -> Tallies:
        """What all processes counted."""

    def worker(self) -> WorkerState | None:
        """None when no worker is alive."""

    def allow(self, owner: str, per_minute: int) -> None:
        """Raises RateLimited."""
