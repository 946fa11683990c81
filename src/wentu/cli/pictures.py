"""Picture files that are named on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from wentu.core.errors import UnreadableImage
from wentu.core.types import Raw


def read_picture(path: str, max_bytes: int) -> Raw:
    """The file's bytes; one byte more than allowed at most, so that a huge file is refused and not loaded."""
    if path == "-":
        return Raw(sys.stdin.buffer.read(max_bytes + 1), "stdin")
    try:
        with Path(path).open("rb") as file:
            return Raw(file.read(max_bytes + 1), Path(path).name)
    except OSError as exc:
        raise UnreadableImage(f"{path} can't be opened", hint="Check the name and the file's permissions.") from exc
