"""The worker's process: `python -m wentu.worker`, started by `wentu serve` or `wentu worker`."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Protocol

from celery.platforms import SecurityWarning
from celery.signals import worker_ready, worker_shutting_down

from wentu.bootstrap import READER, assemble
from wentu.core.config import Settings, load_settings
from wentu.core.errors import Busy, StorageUnreachable, WentuError
from wentu.core.logs import set_up_logs
from wentu.core.process import beat_file, keep_for_good
from wentu.queue import Queue
from wentu.queue.celery_app import QUEUE, TASK
from wentu.store.aliases import AliasStore
from wentu.store.batches import Batches
from wentu.store.database import Database
from wentu.store.jobs import Jobs
from wentu.store.places import picture_files
from wentu.store.recordings import Recordings
from wentu.worker.ahead import ReadAhead
from wentu.worker.beat import Beat
from wentu.worker.engine_health import EngineHealth
from wentu.worker.feeder import Feeder
from wentu.worker.forgetting import Forgetting
from wentu.worker.gauge import Gauge
from wentu.worker.identity import Identity
from wentu.worker.leases import Leases
from wentu.worker.reaper import Reaper
from wentu.worker.relay import Relay
from wentu.worker.shadow import Shadow, busy
from wentu.worker.versions import Versions

log = logging.getLogger(__name__)


def main() -> int:
    """Answers questions until SIGTERM; then ends what it can in a few seconds and gives back the rest."""
    try:
        settings = load_settings()
        set_up_logs(settings.log_level, settings.log_format)
        run(settings)
    except WentuError as exc:
        print(f"wentu worker: {exc.message}\n{exc.hint}", file=sys.stderr)
        return 1
    return 0


def run(settings: Settings) -> None:
    database = Database(settings.database)
    database.upgrade()
    queue, jobs, who = Queue(settings), Jobs(database), Identity.mine()
    leases = Leases(queue)
    feeder = Feeder(Batches(database), queue, window=2 * settings.queue.concurrency)
    with assemble(settings) as service:
        service.rollout.set(service.rollout.versions, READER, starting=True)
        for load in (service.ocr.load, service.safety.load):
            threading.Thread(target=_warm_up, args=(load,), daemon=True).start()
        occupied = partial(busy, queue)
        gauge = Gauge(lambda: service.fleet.hosts, occupied, settings.data_dir / "speeds.json", settings.engine.threads)
        shadow = Shadow(service.answer, AliasStore(database).read, occupied, Recordings(database))
        relay = Relay(
            shadow.answer,
            jobs,
            queue,
            settings.engine.deadline_s,
            pick=lambda query: service.rollout.pick(query).version,
            leases=leases,
            who=who,
        )
        parts: list[Part] = [
            Beat(
                beat_file(settings.data_dir, who.pid),
                relay,
                queue,
                places=settings.queue.concurrency,
                stuck_s=settings.queue.stuck_s,
            ),
            Versions(service, queue, who.id, gauge.speed),
            leases,
            Reaper(jobs, queue, who, max_wait_s=settings.queue.max_wait_s, feeder=feeder, leases=leases),
            shadow,
            gauge,
            EngineHealth(service.fleet, settings.engine, occupied, queue.tallies),
            Forgetting(service, queue),
        ]
        if settings.ocr.ahead:
            parts.append(ReadAhead(service, queue, occupied, picture_files(settings).__contains__))
        try:
            with at_work(parts):
                _consume(queue, relay, settings)
        finally:
            with contextlib.suppress(Busy):
                queue.forget_worker(who.id)
                queue.pace.forget(who.id, settings.queue.concurrency)
            database.close()


class Part(Protocol):
    """Something that works beside the answers, in threads of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@contextlib.contextmanager
def at_work(parts: Iterable[Part]) -> Iterator[None]:
    """Starts them in their order, and stops them in the opposite one."""
    with contextlib.ExitStack() as stack:
        for part in parts:
            part.start()
            stack.callback(part.stop)
        yield


def _consume(queue: Queue, relay: Relay, settings: Settings) -> None:
    # Celery warns root of messages that are pickled; ours are JSON and nothing else is accepted.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = queue.celery

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def answer() -> None:
        try:
            relay.serve()
        except (Busy, StorageUnreachable) as exc:
            log.warning("%s; the reaper sees to the question", exc.message)

    @worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def ready(**_: object) -> None:
        keep_for_good()
        relay.listens()

    @worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
    def stop(**_: object) -> None:
        relay.stop()

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


def _warm_up(load: Any) -> None:
    try:
        load()
    except WentuError as exc:
        log.error("%s", exc.message)


if __name__ == "__main__":
    sys.exit(main())
