"""Keeps the versions on this machine current: files that arrive become a version, and take over once loaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from wentu.bootstrap import READER, Choice, Service, choose, engines_for_weights
from wentu.core.detail import Speed
from wentu.core.errors import Busy, StorageUnreachable, WentuError
from wentu.core.types import VersionSpec
from wentu.models import installed
from wentu.queue import ModelState, Queue, VersionState, WorkerState
from wentu.rollout import moves
from wentu.rollout.memory import free_mb, needed_mb
from wentu.store.aliases import Aliases, AliasStore
from wentu.store.exposures import Exposures
from wentu.versions import describe, note_versions
from wentu.worker.guardians import guardians
from wentu.worker.weights import Weights

log = logging.getLogger(__name__)
EVERY_S = 2.0
GUARD_EVERY_S = 0.5


class Versions:
    """Looks every 2 s and says to the queue what it found. The old version answers until the new one is loaded."""

    def __init__(
        self,
        service: Service,
        queue: Queue,
        worker: str = "worker",
        speed: Callable[[VersionSpec], Speed | None] = lambda spec: None,
    ) -> None:
        """`speed`: what is known of how fast a version is here."""
        self._service = service
        self._queue = queue
        self._worker = worker
        self._speed = speed
        self._aliases = AliasStore(service.database)
        self._guardians = guardians(service.settings, self._aliases, Exposures(service.database), self._problem)
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name="versions", daemon=True),
            threading.Thread(target=self._guard, name="guardian", daemon=True),
        ]
        self._loader: threading.Thread | None = None
        self._failed: dict[tuple[str, VersionSpec], str] = {}  # by the comparison in which it was tried
        self._noted: frozenset[VersionSpec] = frozenset()
        self._weights = Weights(service.settings)

    def start(self) -> None:
        """Begins with the reader at work, so that the first question never waits for weights."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._weights.stop()
        for thread in self._threads:
            thread.join(5.0)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                chosen = choose(self._service.settings)
                self._note(chosen)
                self._follow(chosen, self._aliases.read())
                self._queue.publish_worker(self._state(chosen), self._worker)
                self._queue.pace.register(self._worker, self._service.settings.queue.concurrency)
            except (Busy, StorageUnreachable) as exc:
                log.warning("%s; the versions are looked at when it does", exc.message)
            except Exception:
                log.exception("the versions could not be looked at")
            self._stopped.wait(EVERY_S)

    def _guard(self) -> None:
        while not self._stopped.wait(GUARD_EVERY_S):
            try:
                for guardian in self._guardians:
                    guardian.look()
            except StorageUnreachable as exc:
                log.warning("%s; the canary is looked at when it does", exc.message)
            except Exception:
                log.exception("the canary could not be looked at")

    def _note(self, chosen: Choice) -> None:
        if self._noted != (specs := frozenset(chosen.versions)):
            note_versions(self._service.settings, chosen.versions)
            self._noted = specs

    def _follow(self, chosen: Choice, names: Aliases) -> None:
        by_name = {version.name: version for version in chosen.versions}
        local = self._service.rollout.stable
        if set(chosen.versions) != set(self._service.rollout.versions):
            self._service.fleet.set(chosen.versions)
            self._service.rollout.set(chosen.versions, local if local in by_name else READER)
        if not self._loading and (wanted := self._next(by_name, self._service.rollout.pinned, chosen, names)):
            self._loader = threading.Thread(target=self._load, args=(wanted, chosen), name="loader", daemon=True)
            self._loader.start()

    def _next(self, by_name: dict[str, VersionSpec], pinned: str, chosen: Choice, names: Aliases) -> VersionSpec | None:
        """What to load now: the stable version, then the one that is tried, then the way back if there is room."""
        stable = by_name[pinned or chosen.stable]
        if stable.name != self._service.rollout.stable and (names.run, stable) not in self._failed:
            return stable
        for name in (names.candidate, names.previous):
            spec = by_name.get(name)
            if spec is None or (names.run, spec) in self._failed or self._service.fleet.get(name).state != "cold":
                continue
            if name == names.candidate or self._room_for(spec):
                return spec
        return None

    def _room_for(self, spec: VersionSpec) -> bool:
        settings, free = self._service.settings, free_mb()
        needed = needed_mb(describe(settings, spec), settings) + settings.rollout.min_free_mb
        return free is None or needed <= free

    @property
    def _loading(self) -> bool:
        return self._loader is not None and self._loader.is_alive()

    def _load(self, spec: VersionSpec, chosen: Choice) -> None:
        names = self._aliases.read()
        try:
            self._service.fleet.get(spec.name).start()
        except WentuError as exc:
            self._failed[names.run, spec] = exc.message
            log.error("version %s could not be loaded: %s", spec.name, exc.message)
            return
        if spec.name not in (self._service.rollout.pinned or chosen.stable,):
            return
        self._service.rollout.set(chosen.versions, spec.name)
        log.info("version %s answers from now on", spec.name)
        settings = self._service.settings.engine
        if not names.stable and spec.model_dir and (settings.name, settings.model) == ("auto", ""):
            # From now on a newer model is something to try, and no longer something that takes over.
            self._aliases.change(lambda now: moves.adopt(now, stable=spec.name))

    def _problem(self, version: str, run: str) -> str:
        """Why this version could not be loaded in this comparison; "" when it could."""
        for (tried_in, spec), message in list(self._failed.items()):
            if (tried_in, spec.name) == (run, version):
                return message
        return ""

    def _state(self, chosen: Choice) -> WorkerState:
        stable, hosts = self._service.rollout.current, self._service.fleet.by_version
        memory = {host: host.memory_bytes for host in hosts.values()}  # versions that share a process take it once
        versions = tuple(
            VersionState(name, host.spec.engine, host.capabilities.sees, host.state, host.error,
                         name == stable, memory.pop(host, 0), self._speed(host.spec))
            for name, host in hosts.items()
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
