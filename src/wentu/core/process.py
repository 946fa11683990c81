"""Children that die with their parent, and a folder for their sockets."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_MAX_SOCKET_PATH = 96  # sun_path holds 108 bytes on Linux and 104 on macOS; the rest is for the file's name


def spawn(
    command: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own: Ctrl-C reaches only us, and on Linux our death kills it.

    To be called from the main thread: the kernel ties a child to the thread that made it, not to the process.
    """
    return subprocess.Popen(
        list(command),
        env=None if environ is None else dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=os.name == "posix",
        preexec_fn=_die_with_parent(os.getpid()) if sys.platform == "linux" else None,
    )


def end_with_stdin() -> None:
    """Ends this process when its standard input closes, that is, when the parent that holds the other end is gone."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def stop(child: subprocess.Popen[bytes], *, patience_s: float) -> None:
    """Asks a child to end, waits, and kills it when it doesn't. Safe to call on one that has ended."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def socket_dir(data_dir: Path) -> Path:
    """A private folder for sockets: inside the data folder, or in the temporary one where that path is too long."""
    folder = data_dir / "run"
    if len(str(folder.absolute())) > _MAX_SOCKET_PATH - 16:
        name = hashlib.sha256(str(data_dir.absolute()).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"wentu-{name}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        status = folder.stat()
        if status.st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to another user")
        folder.chmod(0o700)
    return folder


def _die_with_parent(parent: int) -> Any:
    # Found before the fork: after it, in a threaded parent, only system calls are safe.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return prepare
