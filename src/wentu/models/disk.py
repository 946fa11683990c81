"""Room on the disk: asked for before a download, and told plainly when it runs out in the middle."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wentu.core.errors import DiskFull, ModelFilesError
from wentu.models.manifest import size_text

# Left for the database, logs and the file system's own needs after a download.
RESERVE_BYTES = 200_000_000
_FULL = {errno.ENOSPC, errno.EDQUOT}


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raises DiskFull that says how much is missing, unless `needed_bytes` and a reserve fit."""
    if needed_bytes <= 0:
        return
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + RESERVE_BYTES:
        raise DiskFull(
            f"the model needs {size_text(needed_bytes + RESERVE_BYTES)} of disk, {size_text(free)} are free",
            needed_bytes=needed_bytes + RESERVE_BYTES,
            free_bytes=free,
        )


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turns the system's errors about files into ours. Raises DiskFull or ModelFilesError."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise DiskFull("the disk became full; what has arrived is kept") from exc
        if exc.errno == errno.EFBIG:
            raise DiskFull(
                "this disk can't hold a file as large as the weights",
                hint="FAT32 ends at 4 GiB a file: move the data folder (WENTU_DATA_DIR) to another file system.",
            ) from exc
        reason = (exc.strerror or "unknown reason").lower()
        raise ModelFilesError(
            f"the model's files can't be read or written: {reason}",
            hint="Check the rights of the data folder (WENTU_DATA_DIR) and of the folder that you add.",
        ) from exc
