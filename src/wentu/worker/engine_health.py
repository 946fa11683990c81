"""Looks after the engines' processes: one that answers nobody is replaced, one that has grown too large is renewed.

A process that lives proves nothing: a deadlock in native code answers pings and no questions. So it is asked something.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable

from wentu.core.config import EngineSettings
from wentu.core.errors import Busy, EngineCrashed, WentuError
from wentu.core.types import Prompt, SamplingParams, Turn
from wentu.engines.host import Fleet, Host
from wentu.queue.tallies import Tallies, Tally

log = logging.getLogger(__name__)

EVERY_S = 2.0
_LOOK_S = 1.0
# Newcomers wait at most so long for the answers under way to end; then they go in, and it is tried again later.
_GAP_S, _AGAIN_S = 30.0, 60.0
# Tiny, and answered by the version's own engine with its first token; nobody sees it.
QUESTION = Prompt((Turn("user", ("1+1=?",)),))
PARAMS = SamplingParams(max_tokens=1, temperature=0.0)
_MB = 1_000_000


class EngineHealth:
    """`start` and `stop` its thread; `look` is one look at every engine that is loaded."""

    def __init__(self, fleet: Fleet, settings: EngineSettings, busy: Callable[[], bool], tallies: Tallies) -> None:
        """`busy` says whether any question waits or is being answered: then the engines are being asked anyway."""
        self._fleet = fleet
        self._settings = settings
        self._busy = busy
        self._tallies = tallies
        self._asked: dict[Host, float] = {}
        self._weigh_from: dict[Host, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(_LOOK_S)

    def look(self) -> None:
        hosts = [host for host in self._fleet.hosts if host.state == "ready"]
        for host in hosts:
            self._weigh(host)
            self._probe(host)
        for known in (self._asked, self._weigh_from):
            for gone in known.keys() - {*self._fleet.hosts}:
                del known[gone]

    def _weigh(self, host: Host) -> None:
        """Renews a process that holds more memory than it may, between two answers."""
        limit = self._settings.max_memory_mb * _MB
        held = host.memory_bytes
        if not limit or held <= limit or time.monotonic() < self._weigh_from.get(host, 0.0):
            return
        name = host.spec.name
        self._weigh_from[host] = time.monotonic() + _AGAIN_S
        if not host.renew(within_s=_GAP_S):
            log.warning("version %s holds %d MB, and there was no gap between its answers", name, held // _MB)
            return
        log.warning(
            "version %s held %d MB, more than %d MB: its process was renewed and holds %d MB",
            name, held // _MB, limit // _MB, host.memory_bytes // _MB,
        )  # fmt: skip
        self._count(name, "memory")
        if host.memory_bytes > limit:
            self._weigh_from[host] = math.inf
            log.error("version %s needs more than WENTU_ENGINE__MAX_MEMORY_MB to be loaded: not limited", name)

    def _probe(self, host: Host) -> None:
        """Replaces a process that does not answer a tiny question."""
        now = time.monotonic()
        if not self._settings.probe_s or now - self._asked.setdefault(host, now) < self._settings.probe_s:
            return
        if self._busy():
            return
        self._asked[host] = now
        if self._answers(host):
            return
        log.error("version %s did not answer within %g s and is started anew", host.spec.name, self._timeout_s)
        self._count(host.spec.name, "silent")
        host.replace()

    @property
    def _timeout_s(self) -> float:
        return self._settings.probe_timeout_s

    def _answers(self, host: Host) -> bool:
        """True too when a question came in between: then it is that one's answer that shows how the engine is."""
        looked = time.monotonic()
        until = looked + self._timeout_s
        chunks = host.stream(QUESTION, PARAMS)
        try:
            for chunk in chunks:
                now = time.monotonic()
                if chunk.finish_reason is not None or self._stopped.is_set():
                    return True
                if now - looked > _LOOK_S:
                    looked = now
                    if self._busy():
                        return True
                if now > until:
                    return False
        except EngineCrashed:
            return True  # the next question starts it again
        except WentuError as error:
            log.info("version %s answers with an error: %s", host.spec.name, error.code)
        finally:
            chunks.close()
        return True

    def _count(self, version: str, why: str) -> None:
        try:
            self._tallies.add([Tally("engine_restarts", (version, why))])
        except Busy:
            log.warning("a restart of %s could not be counted", version)

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_S):
            try:
                self.look()
            except WentuError as error:
                log.error("an engine could not be started anew: %s", error.message)
            except Exception:
                log.exception("the engines could not be looked after")
