"""This worker's sign of life, for whoever started it: a file that is touched while all is well.

Two ways to be stuck. A process that hangs as a whole no longer touches the file, and the supervisor kills it. A
consumer that lost the queue without noticing (Celery issue 8030 and its kin) leaves people waiting beside free places:
that is seen here, and the worker ends itself, to be started again by a supervisor or by a container's rule alike.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from wentu.core.errors import Busy
from wentu.queue import Queue
from wentu.worker.relay import Relay

log = logging.getLogger(__name__)

EVERY_S = 1.0
_BOOT_S = 300.0  # for a worker that does not listen yet: on a busy machine the start alone may take a minute
_GOODBYE_S = 5.0  # what is being answered is given back within that time
STUCK = 70  # exit code: EX_SOFTWARE of sysexits.h


class Beat:
    """`start` and `stop` its thread; `look` is one look at the line and, where all is well, one beat."""

    def __init__(
        self,
        file: Path,
        relay: Relay,
        queue: Queue,
        *,
        places: int,
        stuck_s: float,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        """`places`: how many jobs this worker answers at once."""
        self._file = file
        self._relay = relay
        self._queue = queue
        self._places = places
        self._stuck_s = stuck_s
        self._end = end
        self._since = time.monotonic()  # from when on somebody waits although this worker could take him
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(EVERY_S)
        self._file.unlink(missing_ok=True)

    def look(self) -> None:
        now, looked = time.monotonic(), self._relay.looked
        if not self._waits() or self._relay.running >= self._places or (looked is not None and looked >= self._since):
            self._since = now
        if now - self._since > (self._stuck_s if looked is not None else max(self._stuck_s, _BOOT_S)):
            self._give_up()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file.touch()

    def _waits(self) -> bool:
        try:
            return self._queue.depth().waiting > 0
        except Busy:
            return False  # a queue that is away is no fault of this worker's

    def _give_up(self) -> None:
        """Ends the process; what it was answering goes back into the line, or the next worker finds it there."""
        log.error("somebody waits, there is room, and for %g s nobody was taken: this worker ends", self._stuck_s)
        self._relay.stop()
        until = time.monotonic() + _GOODBYE_S
        while self._relay.running and time.monotonic() < until:
            time.sleep(0.1)
        self._file.unlink(missing_ok=True)
        self._end(STUCK)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.look()
            except OSError as exc:  # a full disk: a file that is there can still be touched
                log.warning("no sign of life could be given: %s", exc.strerror)
            self._stopped.wait(EVERY_S)
