"""What the child may use of the machine, set by the child itself before it looks at a foreign byte."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def bound_process(*, memory_mb: int, cpu_s: float) -> None:
    """Caps address space, CPU time, open files and core dumps; without `resource` (Windows) nothing is capped.

    The parent's wall-clock limit holds everywhere. macOS refuses RLIMIT_AS; the other limits still hold there.
    """
    if sys.platform == "win32":
        return
    import resource

    cpu = int(cpu_s) + 1
    for limit, value in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            # A second between soft and hard CPU limit: the first sends SIGXCPU, which tells the parent why we ended.
            hard = value + 1 if limit == resource.RLIMIT_CPU else value
            resource.setrlimit(limit, (value, hard))


def die_with_parent(parent_pid: int) -> None:
    """Asks Linux to kill this process when its parent dies; leaves at once if the parent is gone already."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)
