"""What was erased, out of this worker's memory: text lines, scores and features of pictures."""

from __future__ import annotations

import logging
import threading

from wentu.bootstrap import Service
from wentu.core.errors import WentuError
from wentu.queue import Queue

log = logging.getLogger(__name__)
EVERY_S = 2.0


class Forgetting:
    """Looks every 2 s whether a picture was erased. Starts with all that were erased lately: engines keep a cache on
    disk, which may be older than this process."""

    def __init__(self, service: Service, queue: Queue) -> None:
        self._service = service
        self._queue = queue
        self._after = "0"
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="forgetting", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def look(self) -> None:
        """Forgets what was erased since the last look. Raises Busy."""
        self._after, digests = self._queue.eraser.to_forget(self._after)
        for digest in digests:
            self._service.ocr.forget(digest)
            self._service.fleet.forget(digest)
        if digests:
            self._service.safety.forget()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.look()
            except WentuError as error:
                log.warning("erased pictures could not be forgotten yet: %s", error.code)
            self._stopped.wait(EVERY_S)
