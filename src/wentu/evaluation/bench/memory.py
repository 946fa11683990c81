"""The most memory that this process has held."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def peak_mb() -> float | None:
    """Peak resident memory in MB (10^6 bytes); None where the system does not tell."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count what the process was before it became this program
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text("utf-8", "replace"), re.M)
        return round(int(found[1]) * 1024 / 1e6, 1) if found else None
    if sys.platform == "darwin":
        import resource

        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1)  # bytes there
    return None
