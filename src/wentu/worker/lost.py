"""What becomes of a job whose attempt broke off: it is tried once more, and set aside when that is lost too."""

from __future__ import annotations

import logging

from wentu.core.errors import EngineCrashed
from wentu.core.types import Priority, Progress
from wentu.queue import Queue
from wentu.store.jobs import Job, Jobs

log = logging.getLogger(__name__)

# A question that ends the process that answers it would end every one that it is given to.
MAX_LOSSES = 2


class Lost:
    """Puts lost jobs back into the line. Each loss is counted in the database, so a count survives the queue."""

    def __init__(self, jobs: Jobs, queue: Queue) -> None:
        self._jobs = jobs
        self._queue = queue

    def end(self, job: Job, token: str, *, text: str = "") -> None:
        """The attempt that `job` was loaded in is over without an end; `text` is what readers have seen of it.

        Nothing happens when another attempt has begun or the job has ended. Raises Busy; then the reaper does it.
        """
        if job.losses + 1 >= MAX_LOSSES:
            self._quarantine(job, text)
            self._queue.line.drop(job.id, token)
            return
        if self._jobs.release(job.id, job.attempt, lost=True):
            log.warning("job %s: attempt %d was lost and is made again", job.id, job.attempt)
            self.put_back(job.id, job.priority, token)

    def put_back(self, job_id: str, priority: Priority, token: str = "") -> None:
        """The job waits again at its old place, and a worker is told. Raises Busy."""
        if self._queue.line.put_back(job_id, priority=priority, token=token):
            self._queue.publish(job_id, [self._queue.place(job_id) or Progress("queued")])
            self._queue.call_worker(priority)

    def _quarantine(self, job: Job, text: str) -> None:
        failed = EngineCrashed(
            f"the answer broke off {MAX_LOSSES} times, so the question is not tried again",
            hint="Ask in another way or with another picture; the server's log names the job.",
        ).as_event()
        if self._jobs.fail(job.id, failed, text=text, attempt=job.attempt):
            log.error("job %s: lost %d times and set aside", job.id, MAX_LOSSES)
            self._queue.publish(job.id, [failed])
