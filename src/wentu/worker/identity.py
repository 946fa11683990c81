"""Who this worker is, so that its successor on the same machine knows at once which jobs were its own."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from wentu.core.process import alive


@dataclass(frozen=True, slots=True)
class Identity:
    """A worker process. `where` names a machine, by more than its name, which two may share, and its numbering of
    processes (two containers have one each)."""

    where: str
    pid: int
    start: str

    @classmethod
    def mine(cls) -> Identity:
        return cls(f"{socket.gethostname()}/{_boot()}/{_process_numbering()}", os.getpid(), secrets.token_hex(4))

    @property
    def id(self) -> str:
        return f"{self.where}:{self.pid}:{self.start}"

    def token(self) -> str:
        """A new fencing token: one attempt at one job."""
        return f"{self.id}#{secrets.token_hex(6)}"

    def knows_dead(self, token: str) -> bool:
        """True when the worker that made this token ran here and is surely gone."""
        worker, _, _ = token.partition("#")
        where, _, rest = worker.partition(":")
        pid, _, start = rest.partition(":")
        if where != self.where or not pid.isdigit() or start == self.start:
            return False
        return int(pid) == self.pid or not alive(pid)


def _boot() -> str:
    """Linux: drawn by the kernel at its start, so another machine has another one; elsewhere the name must do."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
    except OSError:
        return "-"


def _process_numbering() -> str:
    """Linux: the namespace that process ids are valid in; elsewhere a machine has one."""
    try:
        return os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return "-"
