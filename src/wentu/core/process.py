"""Children that die with their parent, the folder of their sockets and signs of life, pauses that need not be."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_ENGINE, _BEAT = "e-", "beat-"
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


def keep_for_good() -> None:
    """To be called when a process has started: what it has made so far stays, and the garbage collector looks at it no
    more. Walking the 160,000 objects of a web process stops every request for 0.1 s, a few times a minute under load.
    """
    gc.freeze()


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


def die_with(parent: int) -> None:
    """From now on the end of this process' parent, whose id that is, ends this process too (Linux alone has that)."""
    if sys.platform == "linux":
        _die_with_parent(parent)()


def engine_socket(data_dir: Path, name: str) -> Path:
    """Where an engine's process listens."""
    return socket_dir(data_dir) / f"{_ENGINE}{name}"


def beat_file(data_dir: Path, pid: int) -> Path:
    """What a worker touches while it is well."""
    return data_dir / "run" / f"{_BEAT}{pid}"


def clear_leftovers(data_dir: Path) -> None:
    """Removes what killed processes left in the folder of sockets; what still answers stays."""
    if os.name != "posix":
        return
    for path in socket_dir(data_dir).glob(f"{_ENGINE}*"):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == errno.ECONNREFUSED:
                path.unlink(missing_ok=True)
    for path in (data_dir / "run").glob(f"{_BEAT}*"):
        if not alive(path.name.removeprefix(_BEAT)):
            path.unlink(missing_ok=True)


def alive(pid: str | int) -> bool:
    """Whether a process of this number runs; true where the system has no harmless question (Windows)."""
    if os.name != "posix":
        return True
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def _die_with_parent(parent: int) -> Any:
    # Found before the fork: after it, in a threaded parent, only system calls are safe.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return prepare
