"""The worker's side of an engine host: starts the process, asks it, starts it again when it dies."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import secrets
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any, Literal, Self

from wentu.core.codec import adapter
from wentu.core.config import Settings
from wentu.core.errors import EngineCrashed, EngineError, EngineTimeout, WentuError, error_from_event
from wentu.core.process import engine_socket, stop
from wentu.core.types import Chunk, Failed, Progress, Prompt, SamplingParams, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.engines.host.gate import Gate
from wentu.engines.host.pulse import PULSE_S, pulsing
from wentu.engines.host.wire import Ask, Forget, Request, Warm, receive_chunk, send_request

log = logging.getLogger(__name__)

# Time before a host that died is started again: doubled from one death to the next, forgotten after a good answer.
BACK_OFF_S, MAX_BACK_OFF_S = 0.5, 30.0

HostState = Literal["cold", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a host process is told at its start. `address` is a socket path, None for a named pipe on Windows."""

    spec: VersionSpec
    settings: Settings
    address: str
    key: bytes = field(repr=False)


class Host(Engine):
    """An engine in a process of its own. Starts at `start` or at the first question; safe for many threads."""

    def __init__(self, spec: VersionSpec, settings: Settings, capabilities: Capabilities) -> None:
        self.spec = spec
        self.capabilities = capabilities
        self._settings = settings
        self._lock = threading.Lock()
        self._gate = Gate()
        self._child: subprocess.Popen[bytes] | None = None
        self._orders: Orders | None = None
        self._deaths = 0
        self._not_before = 0.0
        self._loading = False
        self._closed = False
        self.error = ""

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        raise EngineError("a host is made by the fleet, not by name")

    @property
    def state(self) -> HostState:
        """ "cold" until the first question; "failed" when it couldn't be loaded or died (`error` says why)."""
        if self._loading:
            return "loading"
        if self._alive:
            return "ready"
        return "failed" if self.error else "cold"

    @property
    def memory_bytes(self) -> int:
        """Resident memory of the process; 0 when none runs, and where the system does not say."""
        child = self._child
        if child is None or child.poll() is not None:
            return 0
        try:
            pages = int(Path(f"/proc/{child.pid}/statm").read_text("ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def start(self) -> None:
        """Starts the process and waits until the engine is loaded. Does nothing when it runs.

        Raises the engine's own error when it can't load, EngineTimeout, or EngineCrashed while the pause
        after a crash lasts.
        """
        with self._lock:
            if self._closed:
                raise EngineCrashed("the engine is being shut down")
            if self._alive:
                return
            self._clean()
            if time.monotonic() < self._not_before:
                raise EngineCrashed("the engine crashed and is about to be started again")
            self._load()

    def renew(self, *, within_s: float) -> bool:
        """Starts the process anew once the answers under way have ended; whoever comes meanwhile waits for the new one.

        False, and nothing has changed, when they had not ended within `within_s`. Raises what `start` raises.
        """
        try:
            if not self._gate.close(within_s):
                return False
            self._replace()
        finally:
            self._gate.open()
        return True

    def replace(self) -> None:
        """Kills the process, which answers nobody, and starts it anew. Raises what `start` raises."""
        try:
            self._gate.close(0.0)
            self._replace()
        finally:
            self._gate.open()

    def stream(self, prompt: Prompt, params: SamplingParams) -> Generator[Chunk]:
        yield from self._inside()
        try:
            yield from self._ask(Ask(prompt, params))
        finally:
            self._gate.leave()
        self._deaths = 0

    def warm(self, prompt: Prompt) -> Generator[Chunk]:
        """As the engine does. One that is not loaded is not loaded for it: reading ahead is worth no start."""
        yield from self._ask(Warm(prompt)) if self.state == "ready" else super().warm(prompt)

    def forget(self, digest: str) -> None:
        """What a process that is not running knew is gone already; one that dies takes it along."""
        if self._alive:
            with contextlib.suppress(EngineCrashed):
                for _ in self._ask(Forget(digest)):
                    pass

    def _ask(self, request: Request) -> Generator[Chunk]:
        """What the process says to one request. Raises EngineCrashed, and the engine's own errors."""
        try:
            # A process that hangs takes the connection and says nothing.
            connection = yield from pulsing(self._connect, Chunk())
        except (OSError, EOFError) as exc:
            self._died()
            raise EngineCrashed("the engine does not answer") from exc
        with connection:
            try:
                send_request(connection, request)
                yield from _receive(connection)
            except (OSError, EOFError) as exc:
                self._died()
                raise EngineCrashed("the engine crashed in the middle of an answer") from exc

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._clean()

    def _replace(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._loading = True
            self._clean()
            self._load()

    def _load(self) -> None:
        """With the lock held and no process there."""
        self._loading = True
        started = time.monotonic()
        try:
            self._start()
        except WentuError as exc:
            self.error = exc.message
            raise
        finally:
            self._loading = False
        self.error = ""
        log.info("the engine of version %s was loaded in %.2f s", self.spec.name, time.monotonic() - started)

    @property
    def _alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _inside(self) -> Iterator[Chunk]:
        """Waits for the engine and for a place in it, which is to be left; a process that is renewed has none."""
        while True:
            yield from self._started()
            if self._gate.enter():
                return
            yield Chunk(progress=Progress("loading_model"))
            time.sleep(PULSE_S)

    def _started(self) -> Iterator[Chunk]:
        """Waits for the engine with a pulse of progress, the pause after a crash included. Raises what `start` raises.

        A question that finds the engine in its pause did not cause the crash, and need not pay for it.
        """
        if self._alive and not self._loading:
            return
        while not self._closed and not self._alive and time.monotonic() < self._not_before:
            yield Chunk(progress=Progress("loading_model"))
            time.sleep(PULSE_S)
        yield from pulsing(self.start, Chunk(progress=Progress("loading_model")))

    def _connect(self) -> Connection:
        orders = self._orders
        if orders is None:
            raise OSError("not started")
        return Client(orders.address, authkey=orders.key)

    def _start(self) -> None:
        address = str(engine_socket(self._settings.data_dir, secrets.token_hex(6)))
        orders = Orders(self.spec, self._settings, address, secrets.token_bytes(32))
        self._orders = orders
        self._child = subprocess.Popen(
            [sys.executable, "-m", "wentu.engines.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(pickle.dumps(orders))
            self._child.stdin.flush()
            report = _read_report(self._child, self._settings.engine.start_timeout_s)
        except (OSError, EOFError, TimeoutError) as exc:
            self._wait_longer()
            self._clean()
            if isinstance(exc, TimeoutError):
                raise EngineTimeout(
                    "the engine took too long to load", hint="Raise WENTU_ENGINE__START_TIMEOUT_S."
                ) from exc
            raise EngineCrashed("the engine's process ended while it was loading") from exc
        if "error" in report:
            self._wait_longer()
            self._clean()
            raise _as_engine_error(error_from_event(adapter(Failed).validate_python(report["error"])))
        self.capabilities = adapter(Capabilities).validate_python(report["ready"])

    def _died(self) -> None:
        with self._lock:
            if self._child is not None:
                # A closed socket comes a moment before the process is seen to be gone.
                try:
                    self._child.wait(1.0)
                except subprocess.TimeoutExpired:
                    return
                self.error = "the engine's process ended"
                self._wait_longer()

    def _wait_longer(self) -> None:
        self._deaths += 1
        self._not_before = time.monotonic() + min(BACK_OFF_S * 2 ** (self._deaths - 1), MAX_BACK_OFF_S)

    def _clean(self) -> None:
        """Ends the process if there is one and removes its socket."""
        if self._child is not None:
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            stop(self._child, patience_s=3.0)
            self._child = None
        if self._orders is not None:
            Path(self._orders.address).unlink(missing_ok=True)
            self._orders = None


def _receive(connection: Connection) -> Iterator[Chunk]:
    while True:
        if not connection.poll(PULSE_S):
            yield Chunk()
            continue
        chunk = receive_chunk(connection)
        yield chunk
        if chunk.finish_reason is not None:
            return


def _read_report(child: subprocess.Popen[bytes], timeout_s: float) -> dict[str, Any]:
    """The one line that a host prints. Raises TimeoutError, or EOFError when the process ended without a word."""
    assert child.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        if not selector.select(timeout_s):
            raise TimeoutError
    line = child.stdout.readline()
    if not line:
        raise EOFError
    report: dict[str, Any] = json.loads(line)
    return report


def _as_engine_error(error: WentuError) -> WentuError:
    return error if isinstance(error, EngineError) else EngineError(error.message, hint=error.hint)
