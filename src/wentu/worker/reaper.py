"""Finds jobs that nobody is at, whatever killed whom, and sees to it that each still ends exactly once.

The database is the truth: a job that is open there and neither waits nor runs under a lease is put back. One worker
at a time reaps; every worker can.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping

from wentu.core.errors import Cancelled, EngineTimeout, UnknownJob, WentuError
from wentu.core.types import Failed
from wentu.queue import Queue
from wentu.store.jobs import Job, Jobs
from wentu.worker.feeder import Feeder
from wentu.worker.identity import Identity
from wentu.worker.leases import Leases
from wentu.worker.lost import Lost
from wentu.worker.writing import RETURN_S

log = logging.getLogger(__name__)

EVERY_S = 1.0
_RECONCILE_S = 5.0
# A job's row is written a moment before it stands in the line: younger ones may still be on their way.
_SETTLED_S = 5.0


class Reaper:
    """`start` and `stop` its thread; `round` is one look."""

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        who: Identity,
        *,
        max_wait_s: float,
        feeder: Feeder | None = None,
        leases: Leases | None = None,
    ) -> None:
        """`leases` are this worker's own: after a queue that was away they are held again before any is judged."""
        self._jobs = jobs
        self._queue = queue
        self._who = who
        self._max_wait_s = max_wait_s
        self._feeder = feeder
        self._leases = leases
        self._lost = Lost(jobs, queue)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reaper", daemon=True)
        self._reconciled = 0.0
        self._away = -math.inf
        self._unheard: set[str] = set()
        self._too_few_tickets = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(EVERY_S * 3)

    def round(self) -> None:
        """Raises Busy."""
        if not self._queue.reaps(self._who.id):
            return
        self._end_lapsed()
        self._look_at_waiting()
        self._send_missing_tickets()
        if time.monotonic() - self._reconciled >= _RECONCILE_S:
            self._reconciled = time.monotonic()
            self.reconcile()
        if self._feeder is not None:
            self._feeder.round()

    def _end_lapsed(self) -> None:
        """Running jobs whose lease has run out, or whose worker was on this machine and is dead."""
        if self._leases is not None:
            self._leases.renew()
        running = self._queue.line.running()
        unheard = self._unheard_of(running)
        for job_id, (token, held) in running.items():
            if held and job_id not in unheard and not self._who.knows_dead(token):
                continue
            job = self._load(job_id)
            if job is None or job.state != "running":
                # Ended, deleted, or taken by a worker that died before it could say so.
                self._queue.line.drop(job_id, token)
                if job is not None and job.state == "queued":
                    self._lost.put_back(job_id, job.priority)
                continue
            self._lost.end(job, token, text=self._queue.streams.text(job_id))

    def _unheard_of(self, running: Mapping[str, tuple[str, bool]]) -> set[str]:
        """Jobs that this worker took without hearing of it, since the reply was lost: so at two looks in a row."""
        if self._leases is None:
            return set()
        mine = f"{self._who.id}#"
        now = {job for job, (token, _) in running.items()
               if token.startswith(mine) and not self._leases.holds(job, token)}  # fmt: skip
        before, self._unheard = self._unheard, now
        return now & before

    def _look_at_waiting(self) -> None:
        """Waiting jobs that nobody wants any more, and those that have waited for too long."""
        for job_id in self._queue.line.waiting():
            wish = self._queue.wish(job_id)
            if wish == "go on":
                continue
            job = self._load(job_id)
            left = wish == "left"
            if job is None or (left and (job.priority != "interactive" or self._just_back)):
                continue
            self._end_waiting(job, Cancelled("the question was stopped").as_event())

    @property
    def _just_back(self) -> bool:
        """Whether the queue was away a moment ago, so that readers may be there and could not say so."""
        return time.monotonic() - self._away < RETURN_S

    def _end_waiting(self, job: Job, failed: Failed) -> None:
        if self._queue.line.leave(job.id) and self._jobs.fail(job.id, failed, text=self._queue.streams.text(job.id)):
            self._queue.publish(job.id, [failed])

    def _send_missing_tickets(self) -> None:
        """Tickets die with the worker that held them. A lack that lasts for two looks is no ticket on its way."""
        missing = len(self._queue.line.waiting()) - self._queue.tickets()
        self._too_few_tickets = self._too_few_tickets + 1 if missing > 0 else 0
        if self._too_few_tickets >= 2:
            self._too_few_tickets = 0
            self._queue.call_worker(times=missing)

    def reconcile(self) -> None:
        """Jobs that are open in the database and unknown to the queue, and the other way round. Raises Busy."""
        waiting, running = set(self._queue.line.waiting()), self._queue.line.running()
        now = time.time()
        for job_id in self._jobs.unfinished():
            job = self._load(job_id)
            if job is None or job.finished or now - job.created_at < _SETTLED_S:
                continue
            if job_id in waiting:
                if now - job.created_at > self._max_wait_s and job.priority == "interactive":
                    waited = f"the question waited longer than {self._max_wait_s:g} s"
                    self._end_waiting(job, EngineTimeout(waited).as_event())
            elif job_id not in running and not self._again(job_id):
                continue
            elif job_id not in running:
                log.warning("job %s was unknown to the queue", job_id)
                if job.state == "running":
                    self._lost.end(job, "", text=self._queue.streams.text(job_id))
                else:
                    self._lost.put_back(job_id, job.priority)
        for job_id in waiting:
            if (job := self._load(job_id)) is None or job.finished:
                self._queue.line.leave(job_id)

    def _again(self, job_id: str) -> bool:
        """Still unknown at a second look: the first may have come between two steps of a worker."""
        job = self._load(job_id)
        known = job is None or job.finished
        return not known and job_id not in self._queue.line.running() and self._queue.line.place(job_id) is None

    def _load(self, job_id: str) -> Job | None:
        try:
            return self._jobs.load(job_id)
        except UnknownJob:
            return None

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.round()
            except WentuError as error:  # the queue or the database is away, or their disk is full
                self._away = time.monotonic()
                log.warning("lost jobs are looked for again soon: %s", error.code)
            except Exception:
                log.exception("lost jobs could not be looked for")
            self._stopped.wait(EVERY_S)
