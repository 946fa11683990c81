"""A Valkey of somebody else's: on a port of loopback, started and stopped by the test."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from running import free_port
from wentu.queue.valkey import find_binary


@contextlib.contextmanager
def external_valkey(folder: Path) -> Iterator[int]:
    """Its port."""
    binary, port = find_binary(), free_port()
    assert binary is not None
    folder.mkdir(parents=True)
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "yes"}
    command = [str(binary), *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 10
        while not _answers(port):
            assert server.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.02)
        yield port
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    with contextlib.suppress(redis.RedisError), redis.Redis(port=port) as client:
        return bool(client.ping())
    return False
