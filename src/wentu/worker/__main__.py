"""The worker's process: `python -m wentu.worker`, started by `wentu serve` or `wentu worker`."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from typing import Any

from celery.platforms import SecurityWarning

from wentu.bootstrap import READER, assemble
from wentu.core.config import Settings, load_settings
from wentu.core.errors import EngineCrashed, WentuError
from wentu.core.logs import set_up_logs
from wentu.queue import Queue
from wentu.queue.celery_app import QUEUE, TASK
from wentu.store.database import Database
from wentu.store.jobs import Jobs
from wentu.worker.relay import Relay
from wentu.worker.versions import Versions

log = logging.getLogger(__name__)


def main() -> int:
    """Answers questions until SIGTERM; then finishes the running ones for a few seconds."""
    try:
        settings = load_settings()
        set_up_logs(settings.log_level)
        run(settings)
    except WentuError as exc:
        print(f"wentu worker: {exc.message}\n{exc.hint}", file=sys.stderr)
        return 1
    return 0


def run(settings: Settings) -> None:
    database = Database(settings.database)
    database.upgrade()
    queue, jobs = Queue(settings), Jobs(database)
    _end_lost_jobs(jobs, queue)
    with assemble(settings) as service:
        service.rollout.set(service.rollout.versions, READER)
        versions = Versions(service, queue)
        threading.Thread(target=_warm_up, args=(service.ocr.load,), daemon=True).start()
        versions.start()
        relay = Relay(service.answer, jobs, queue, settings.engine.deadline_s)
        try:
            _consume(queue, relay, settings)
        finally:
            versions.stop()
            queue.forget_worker()
            database.close()


def _consume(queue: Queue, relay: Relay, settings: Settings) -> None:
    # Celery warns root of messages that are pickled; ours are JSON and nothing else is accepted.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = queue.celery

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def answer(job_id: str) -> None:
        relay.run(job_id)

    worker: Any = app.Worker(
        pool="threads",
        concurrency=settings.queue.concurrency,
        queues=[QUEUE],
        loglevel=settings.log_level,
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()


def _end_lost_jobs(jobs: Jobs, queue: Queue) -> None:
    """Jobs that a killed worker had begun: said to be lost, so that nobody waits for them."""
    queue.forget_running()
    for job_id in jobs.unfinished():
        if jobs.load(job_id).state != "running":
            continue
        lost = EngineCrashed("the worker stopped in the middle of the answer", hint="Ask the same question again.")
        if jobs.fail(job_id, lost.as_event()):
            queue.publish(job_id, [lost.as_event()])


def _warm_up(load: Any) -> None:
    try:
        load()
    except WentuError as exc:
        log.error("%s", exc.message)


if __name__ == "__main__":
    sys.exit(main())
