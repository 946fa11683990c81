"""Holds the leases of the jobs that this worker is at, from a thread of its own.

A step of the pipeline may be silent for longer than a lease lasts (OCR of eight pages, a model that is loaded), so
the relay's own loop can't be trusted to renew in time. A job past its deadline is no longer renewed: whatever
holds it up, the lease runs out and the reaper ends it.
"""

from __future__ import annotations

import logging
import threading
import time

from wentu.core.errors import Busy
from wentu.queue import Queue

log = logging.getLogger(__name__)

RENEW_S = 3.0  # a lease lasts 15 s: four renewals may fail


class Leases:
    """Tokens by job; `start` and `stop` its thread."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(RENEW_S)

    def hold(self, job_id: str, token: str, *, at_most_s: float) -> None:
        with self._lock:
            self._held[job_id] = (token, time.monotonic() + at_most_s)

    def release(self, job_id: str, token: str) -> None:
        """Another attempt of this worker at the same job keeps its own."""
        with self._lock:
            if self._held.get(job_id, ("", 0.0))[0] == token:
                del self._held[job_id]

    def holds(self, job_id: str, token: str) -> bool:
        with self._lock:
            return self._held.get(job_id, ("", 0.0))[0] == token

    def renew(self) -> None:
        """Renews every lease whose job may still go on."""
        with self._lock:
            held = dict(self._held)
        for job_id, (token, until) in held.items():
            if time.monotonic() < until:
                self._queue.line.renew(job_id, token)

    def _run(self) -> None:
        while not self._stopped.wait(RENEW_S):
            try:
                self.renew()
            except Busy:
                log.warning("the queue does not answer; leases are renewed when it does")
