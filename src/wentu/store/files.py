"""Clean picture files, named by the sha256 of their content and shared by every row that has this picture."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

from wentu.core.errors import UnknownPicture

ASIDE = ".gone"  # ends the name of a file that is set aside
_DIGEST = re.compile(r"[0-9a-f]{64}")


class PictureFiles(ABC):
    """Files `ab/cd/abcd...` in one place; whole or absent, never half written. Safe for threads, processes, machines.

    Another process may take in the same picture while it is deleted here. It writes its row first and its file second,
    so `delete_unless` sets the file aside before it looks for rows: whoever wrote a row before that look gets the file
    back, and whoever writes one after it finds no file and puts its own.
    """

    @abstractmethod
    def put(self, data: bytes, digest: str) -> None:
        """Keeps `data` under `digest`, unless it is there. Raises DiskFull, StorageUnreachable."""

    @abstractmethod
    def read(self, digest: str) -> bytes:
        """The file's bytes. Raises UnknownPicture, StorageUnreachable."""

    @abstractmethod
    def __contains__(self, digest: str) -> bool: ...

    @abstractmethod
    def delete_unless(self, digest: str, wanted: Callable[[], bool]) -> bool:
        """Deletes the file unless `wanted()`; true if it is gone."""

    @abstractmethod
    def digests(self, *, before: float) -> Iterator[str]:
        """Every kept digest whose file was written before `before` (Unix seconds)."""

    @abstractmethod
    def delete_unfinished(self, *, before: float) -> None:
        """Deletes what a killed process left before `before` (Unix seconds): files half written or set aside."""


def place_of(digest: str) -> str:
    """`ab/cd/abcd...`. Raises UnknownPicture for anything that is no digest: it may come from a stored query, and must
    not become a path."""
    if not is_digest(digest):
        raise UnknownPicture("the picture is no longer kept")
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def is_digest(name: str) -> bool:
    return _DIGEST.fullmatch(name) is not None
