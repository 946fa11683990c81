"""The real service for tests: `wentu serve` on a free port with a data folder of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

WENTU = str(Path(sys.executable).parent / "wentu")


@dataclass
class Running:
    """One `wentu serve`."""

    process: subprocess.Popen[bytes]
    url: str
    data_dir: Path
    log: Path
    environ: dict[str, str]
    seconds_to_page: float

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 40.0) -> int:
        """Sends a signal and waits; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout_s)

    def processes(self) -> list[int]:
        """Ids of all processes that belong to this service, itself included."""
        return processes_of(self.data_dir)


def environ_for(data_dir: Path, **settings: str) -> dict[str, str]:
    """A clean environment: no WENTU_* of the caller's, and no hub asked for weights unless a test wants it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENTU_")}
    return {
        **kept,
        "WENTU_DATA_DIR": str(data_dir),
        "PYTHONUNBUFFERED": "1",
        "WENTU_MODELS__AUTO_PULL": "false",
        **settings,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(data_dir: Path) -> list[int]:
    """Living processes that were given this data folder, in their environment or their arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            what = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if str(data_dir).encode() in what and state != "Z" and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def serving(data_dir: Path, *, ready_s: float = 60.0, program: str = WENTU, **settings: str) -> Iterator[Running]:
    """A service whose worker is ready; stopped at the end of the block. `program`: another installation's `wentu`."""
    port = free_port()
    environ = environ_for(data_dir, **settings)
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir.parent / f"{data_dir.name}-{port}.log"
    started = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "serve", "--port", str(port)], env=environ, stdout=out, stderr=subprocess.STDOUT, cwd=data_dir
        )
    try:
        url = f"http://127.0.0.1:{port}"
        to_page = _wait_for(f"{url}/healthz", started, ready_s, process, log)
        _wait_for(f"{url}/readyz", started, ready_s, process, log)
        yield Running(process, url, data_dir, log, environ, to_page)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_version(running: Running, version: str, within_s: float = 90.0) -> dict[str, Any]:
    """The status once this version answers by default."""
    deadline = time.monotonic() + within_s
    while True:
        status: dict[str, Any] = httpx.get(f"{running.url}/v1/status").json()
        if status["version"] == version:
            return status
        assert time.monotonic() < deadline, f"{status}\n{running.log.read_text()}"
        time.sleep(0.1)


def _wait_for(url: str, started: float, limit_s: float, process: subprocess.Popen[bytes], log: Path) -> float:
    """Seconds from `started` until the address answers 200."""
    while time.monotonic() - started < limit_s:
        if process.poll() is not None:
            raise AssertionError(f"wentu serve ended with {process.returncode}:\n{log.read_text()}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).status_code == 200:
                return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {limit_s} s:\n{log.read_text()}")


def run_wentu(*arguments: str, environ: Mapping[str, str], timeout_s: float = 90.0) -> subprocess.CompletedProcess[str]:
    """The command line, as a user runs it."""
    return subprocess.run(
        [WENTU, *arguments], env=dict(environ), capture_output=True, text=True, timeout=timeout_s, check=False
    )
