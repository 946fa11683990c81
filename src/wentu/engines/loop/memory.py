"""Gives memory back to the system that the process holds but does not use. Does nothing where that is not possible."""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path


def trim_heap() -> None:
    """Returns freed heap pages: glibc keeps hundreds of MB after large weights were converted."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "malloc_trim"):
            libc.malloc_trim(0)


def drop_mapped_pages(folder: Path) -> int:
    """Gives back the pages of read-only mapped files in `folder`; returns how many bytes were mapped.

    The runtime packs weights into its own layout at first use and keeps the file mapped, so without this they are
    in memory twice. A page that is needed after all is read from the file again.
    """
    maps = Path("/proc/self/maps")
    if not maps.is_file() or not hasattr(mmap, "MADV_DONTNEED"):
        return 0
    libc, place, total = ctypes.CDLL(None), f"{folder.resolve()}/", 0
    for line in maps.read_text("utf-8", "replace").splitlines():
        addresses, permissions, *rest = line.split(maxsplit=5)
        # Only what can't have been written to: dropping a changed private page would undo the change.
        if permissions.startswith("r--") and rest[-1].startswith(place):
            start, end = (int(address, 16) for address in addresses.split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), mmap.MADV_DONTNEED)
            total += end - start
    return total
