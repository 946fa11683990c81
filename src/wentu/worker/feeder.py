"""Lets the jobs of batches into the queue a few at a time, so that questions never wait behind a thousand pictures."""

from __future__ import annotations

from wentu.core.errors import Busy
from wentu.queue import Queue
from wentu.store.batches import Batches


class Feeder:
    """`round` is one look; the reaper calls it, so one worker at a time feeds."""

    def __init__(self, batches: Batches, queue: Queue, *, window: int) -> None:
        self._batches = batches
        self._queue = queue
        self._window = window

    def round(self) -> None:
        """Fills the window of waiting batch jobs. Raises Busy.

        A worker that dies between the two steps leaves jobs that are queued in the database alone: those the
        reaper puts into the line.
        """
        room = self._window - self._queue.line.waiting_of("batch")
        if room <= 0:
            return
        for job_id, owner in self._batches.release(room):
            try:
                self._queue.submit(job_id, owner=owner, priority="batch")
            except Busy:
                self._batches.hold(job_id)
                raise
