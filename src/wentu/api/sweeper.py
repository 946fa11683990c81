"""Forgets, every few minutes, what has outlived its time: a promise about personal data that needs no cron."""

from __future__ import annotations

import logging
import threading

from wentu.core.errors import StorageUnreachable
from wentu.store import Store

log = logging.getLogger(__name__)

EVERY_S = 300.0


class Sweeper(threading.Thread):
    """Calls `store.sweep` at once and then every `every_s`, until `stop`."""

    def __init__(self, store: Store, *, every_s: float = EVERY_S) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._store = store
        self._every_s = every_s
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._store.sweep()
            except StorageUnreachable as exc:
                log.warning("%s; old pictures and jobs are deleted when it does", exc.message)
            except Exception:  # a full disk or a locked database passes; the next round tries again
                log.exception("old pictures and jobs could not be deleted")
            self._stopped.wait(self._every_s)

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=5)
