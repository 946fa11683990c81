"""Keeps the versions on this machine current: files that arrive become a version, and take over once loaded."""

from __future__ import annotations

import logging
import threading

from wentu.bootstrap import READER, Choice, Service, choose, engines_for_weights
from wentu.core.errors import Busy, WentuError
from wentu.models import installed
from wentu.queue import ModelState, Queue, VersionState, WorkerState
from wentu.worker.weights import Weights

log = logging.getLogger(__name__)
EVERY_S = 2.0


class Versions:
    """Looks every 2 s and says to the queue what it found. The old version answers until the new one is loaded."""

    def __init__(self, service: Service, queue: Queue, worker: str = "worker") -> None:
        self._service = service
        self._queue = queue
        self._worker = worker
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="versions", daemon=True)
        self._loader: threading.Thread | None = None
        self._failed: set[str] = set()
        self._weights = Weights(service.settings)

    def start(self) -> None:
        """Begins with the reader at work, so that the first question never waits for weights."""
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._weights.stop()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                chosen = choose(self._service.settings)
                self._follow(chosen)
                self._queue.publish_worker(self._state(chosen))
                self._queue.pace.register(self._worker, self._service.settings.queue.concurrency)
            except Busy:
                log.warning("the queue does not answer; it is told of the versions when it does")
            except Exception:
                log.exception("the versions could not be looked at")
            self._stopped.wait(EVERY_S)

    def _follow(self, chosen: Choice) -> None:
        names = {version.name for version in chosen.versions}
        current = self._service.rollout.stable
        if names != {version.name for version in self._service.rollout.versions}:
            self._service.fleet.set(chosen.versions)
            self._service.rollout.set(chosen.versions, current if current in names else READER)
        if chosen.stable in (self._service.rollout.stable, *self._failed) or self._loading:
            return
        self._loader = threading.Thread(target=self._load, args=(chosen,), name="loader", daemon=True)
        self._loader.start()

    @property
    def _loading(self) -> bool:
        return self._loader is not None and self._loader.is_alive()

    def _load(self, chosen: Choice) -> None:
        try:
            self._service.fleet.get(chosen.stable).start()
        except WentuError as exc:
            self._failed.add(chosen.stable)
            log.error("version %s could not be loaded: %s", chosen.stable, exc.message)
            return
        self._service.rollout.set(chosen.versions, chosen.stable)
        log.info("version %s answers from now on", chosen.stable)

    def _state(self, chosen: Choice) -> WorkerState:
        stable = self._service.rollout.stable
        versions = tuple(
            VersionState(host.spec.name, host.spec.engine, host.capabilities.sees, host.state, host.error,
                         host.spec.name == stable, host.memory_bytes)
            for host in self._service.fleet.hosts
        )  # fmt: skip
        return WorkerState(versions, self._model(versions, chosen))

    def _model(self, versions: tuple[VersionState, ...], chosen: Choice) -> ModelState:
        """How far the vision model is; begins its download where nothing else sees."""
        settings = self._service.settings
        repo = settings.models.repo
        if any(version.stable and version.sees for version in versions):
            return ModelState("ready", repo)
        target = next((version for version in versions if version.name == chosen.stable and version.sees), None)
        if target is not None:
            return ModelState("failed" if target.state == "failed" else "ready", repo, message=target.error)
        if settings.engine.name != "auto":
            return ModelState("absent", repo)
        if not engines_for_weights(settings) or any(model.complete for model in installed(settings)):
            return ModelState("unsupported", repo)
        self._weights.start()
        return self._weights.state
