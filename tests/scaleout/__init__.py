"""Several machines played on one: web and worker processes with a data folder each, and what they share.

`test_machines` is the short form, in `make test`; `make test-scaleout` runs all.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from running import environ_for, free_port

READY_S = 180.0  # both workers load the text reader at once


@dataclass
class Part:
    """One process of one machine."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


@dataclass
class Machines:
    """Everything that was started; `shared` are the settings that all of it has."""

    folder: Path
    shared: dict[str, str]
    parts: list[Part] = field(default_factory=list)

    def environ(self, machine: str, **more: str) -> dict[str, str]:
        return environ_for(self.folder / machine, **{**self.shared, **more})

    def web(self, machine: str) -> Part:
        port = free_port()
        part = self._start(machine, [sys.executable, "-m", "wentu.api"], WENTU_WEB__PORT=str(port))
        part.url = f"http://127.0.0.1:{port}"
        return part

    def worker(self, machine: str, *, own_processes: bool = False) -> Part:
        """With `own_processes` it numbers its processes itself, as a container does: nobody else sees whether it
        lives."""
        alone = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] if own_processes else []
        return self._start(machine, [*alone, sys.executable, "-m", "wentu.worker"])

    def _start(self, machine: str, command: list[str], **more: str) -> Part:
        log = self.folder / f"{machine}-{len(self.parts)}.log"
        with log.open("wb") as out:
            environ = self.environ(machine, **more)
            process = subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.STDOUT, cwd=self.folder)
        part = Part(machine, process, log)
        self.parts.append(part)
        return part

    def wait_until_ready(self, *webs: Part, n_workers: int, version: str) -> None:
        """Every web answers, and so many workers have this version at work."""
        for web in webs:
            self.wait_for(lambda web=web: self._stands(web, n_workers, version), web)  # type: ignore[misc]

    def _stands(self, web: Part, n_workers: int, version: str) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            status = httpx.get(f"{web.url}/v1/status", timeout=5).json()
            counted = f"\nwentu_workers {n_workers}.0" in httpx.get(f"{web.url}/metrics", timeout=5).text
            return bool(status.get("version") == version and counted)
        return False

    def wait_for(self, done: object, about: Part, within_s: float = READY_S) -> None:
        until = time.monotonic() + within_s
        while not done():  # type: ignore[operator]
            assert time.monotonic() < until, f"{about.name}:\n{about.log.read_text()}"
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(f"--- {part.log.name}\n{part.log.read_text()}" for part in self.parts)


@contextlib.contextmanager
def machines(folder: Path, **shared: str) -> Iterator[Machines]:
    """Stops everything at the end of the block."""
    made = Machines(folder, shared)
    try:
        yield made
    finally:
        for part in made.parts:
            if part.process.poll() is None:
                part.process.terminate()
        for part in made.parts:
            part.stop()
