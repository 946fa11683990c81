"""The real web process under gunicorn with a real queue; the test itself plays the worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from wentu.core.config import Settings
from wentu.queue import ModelState, Queue, VersionState, WorkerState
from wentu.queue.valkey import EmbeddedValkey

START_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_process(data_dir: Path, **variables: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`python -m wentu.api` on a free port: its address and process; killed at the end if it is still there."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WENTU_")}
    environ |= {
        "WENTU_DATA_DIR": str(data_dir),
        "WENTU_WEB__PORT": str(port),
        "WENTU_WEB__PING_S": "0.2",
        "WENTU_QUEUE__GRACE_S": "0.2",
        **variables,
    }
    process = subprocess.Popen([sys.executable, "-m", "wentu.api"], env=environ, stderr=subprocess.PIPE)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def queue(data_dir: Path) -> Iterator[Queue]:
    """A queue whose worker says that it is there."""
    settings = Settings(data_dir=data_dir)
    valkey = EmbeddedValkey(settings)
    valkey.start()
    made = Queue(settings)
    version = VersionState("reader-1", "reader", False, "ready", "", True)
    made.publish_worker(WorkerState((version,), ModelState("absent", "r")))
    yield made
    made.close() if hasattr(made, "close") else None
    valkey.stop()


@pytest.fixture(scope="module")
def address(data_dir: Path, queue: Queue) -> Iterator[str]:
    with web_process(data_dir) as (found, _):
        yield found


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        try:
            httpx.get(url, timeout=1)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the web process did not answer")
