"""Starts the processes of one machine, keeps them running, and leaves none behind."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Iterator
from types import FrameType

from wentu.cli.child import LOOK_S, Child
from wentu.core.config import Settings
from wentu.core.errors import BadSetting, WentuError
from wentu.core.health import web_answers
from wentu.core.process import clear_leftovers
from wentu.queue.valkey import EmbeddedValkey

log = logging.getLogger(__name__)

_READY_S = 60.0
_QUEUE_PAUSE_S = 1.0
# gunicorn's graceful timeout and a worker's soft shutdown are 5 s each.
_PATIENCE_S = 8.0


class Supervisor:
    """Web and worker as children, beside the queue. `run` returns when a signal came or a process kept dying."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        folder, web = settings.data_dir, settings.web
        self._children = [
            Child("worker", "wentu.worker", folder, silent_s=settings.queue.stuck_s),
            Child("web", "wentu.api", folder),  # gunicorn watches its own worker
        ]
        self._environ = {"WENTU_WEB__HOST": web.host, "WENTU_WEB__PORT": str(web.port)}
        self._valkey = None if settings.broker_url else EmbeddedValkey(settings)
        self._signal = 0

    def run(self) -> int:
        """The exit code: 0 after Ctrl-C or SIGTERM, 1 when the service could not be kept up."""
        with only_one(self._settings):
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._note)
            clear_leftovers(self._settings.data_dir)
            try:
                if self._valkey is not None:
                    self._valkey.start()
                for child in self._children:
                    child.start(self._environ)
                return self._watch()
            finally:
                self._stop()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number

    def _watch(self) -> int:
        announced, started = False, time.monotonic()
        while not self._signal:
            time.sleep(LOOK_S)
            if self._valkey is not None and not self._valkey.alive:
                self._start_again(self._valkey)
            for child in self._children:
                if not child.keep(self._environ):
                    return 1
            if not announced:
                announced = self._announce(started)
        return 0

    def _start_again(self, valkey: EmbeddedValkey) -> None:
        """A queue that can't be started now (a full disk, say) is tried again: the rest waits for it and goes on."""
        log.error("the queue ended and is started again")
        try:
            valkey.start()
        except (WentuError, OSError) as exc:
            log.error(
                "the queue could not be started: %s", exc.message if isinstance(exc, WentuError) else exc.strerror
            )
            time.sleep(_QUEUE_PAUSE_S)

    def _announce(self, started: float) -> bool:
        """Prints the address once the page answers."""
        web = self._settings.web
        if web_answers(web.host, web.port):
            host = f"[{web.host}]" if ":" in web.host else web.host
            print(f"wentu is ready: http://{host}:{web.port}  (Ctrl-C stops it)", flush=True)
            return True
        if time.monotonic() - started > _READY_S:
            log.error("the page does not answer yet; see the messages above")
            return True
        return False

    def _stop(self) -> None:
        """Web first, so that nothing new comes in; the queue last, so that the worker can say goodbye."""
        for child in reversed(self._children):
            child.stop(_PATIENCE_S)
        if self._valkey is not None:
            self._valkey.stop()


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Holds the data folder's lock, which the kernel lets go when the process dies. Raises BadSetting."""
    settings.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.run_dir / "serve.lock").open("w") as file:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                raise BadSetting(
                    f"another 'wentu serve' runs on {settings.data_dir}",
                    hint="Stop it first, or choose another folder with WENTU_DATA_DIR.",
                ) from exc
        yield
