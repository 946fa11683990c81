"""Starts the processes of one machine, keeps them running, and leaves none behind."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from wentu.core.config import Settings
from wentu.core.errors import BadSetting
from wentu.core.process import spawn, stop
from wentu.queue.valkey import EmbeddedValkey

log = logging.getLogger(__name__)

_READY_S = 60.0
_LOOK_S = 0.2
_STEADY_S = 60.0  # a process that ran this long starts again without a pause
_MAX_QUICK_DEATHS = 5
# gunicorn's graceful timeout and a worker's soft shutdown are 5 s each.
_PATIENCE_S = 8.0


@dataclass(slots=True)
class Child:
    """One process with the count of its early deaths."""

    name: str
    module: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0


class Supervisor:
    """Web and worker as children, beside the queue. `run` returns when a signal came or a process kept dying."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children = [Child("worker", "wentu.worker"), Child("web", "wentu.api")]
        self._valkey = None if settings.broker_url else EmbeddedValkey(settings)
        self._signal = 0

    def run(self) -> int:
        """The exit code: 0 after Ctrl-C or SIGTERM, 1 when the service could not be kept up."""
        with only_one(self._settings):
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._note)
            try:
                if self._valkey is not None:
                    self._valkey.start()
                for child in self._children:
                    self._start(child)
                return self._watch()
            finally:
                self._stop()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number

    def _watch(self) -> int:
        announced, started = False, time.monotonic()
        while not self._signal:
            time.sleep(_LOOK_S)
            if self._valkey is not None and not self._valkey.alive:
                log.error("the queue ended and is started again")
                self._valkey.start()
            for child in self._children:
                if not self._keep(child):
                    return 1
            if not announced:
                announced = self._announce(started)
        return 0

    def _announce(self, started: float) -> bool:
        """Prints the address once the page answers."""
        web = self._settings.web
        if _answers(web.host, web.port):
            host = f"[{web.host}]" if ":" in web.host else web.host
            print(f"wentu is ready: http://{host}:{web.port}  (Ctrl-C stops it)", flush=True)
            return True
        if time.monotonic() - started > _READY_S:
            log.error("the page does not answer yet; see the messages above")
            return True
        return False

    def _keep(self, child: Child) -> bool:
        """Starts a child again that has ended; false when it keeps dying."""
        if child.process is None:
            if time.monotonic() >= child.not_before:
                self._start(child)
            return True
        code = child.process.poll()
        if code is None:
            return True
        child.process = None
        steady = time.monotonic() - child.started > _STEADY_S
        child.deaths = 1 if steady else child.deaths + 1
        if child.deaths > _MAX_QUICK_DEATHS:
            log.error("%s ended %d times at its start (code %s): giving up", child.name, child.deaths, code)
            return False
        child.not_before = time.monotonic() + (0.0 if steady else 0.5 * 2 ** (child.deaths - 1))
        log.error("%s ended with code %s and is started again", child.name, code)
        return True

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        web = self._settings.web
        environ = {**os.environ, "WENTU_WEB__HOST": web.host, "WENTU_WEB__PORT": str(web.port)}
        child.process = spawn([sys.executable, "-m", child.module], environ=environ)

    def _stop(self) -> None:
        """Web first, so that nothing new comes in; the queue last, so that the worker can say goodbye."""
        for child in reversed(self._children):
            if child.process is not None:
                stop(child.process, patience_s=_PATIENCE_S)
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


def _answers(host: str, port: int) -> bool:
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(address, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
