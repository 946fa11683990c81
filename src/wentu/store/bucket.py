"""Picture files in a bucket: S3 or whatever speaks its protocol, through fsspec."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from wentu.core.errors import StorageUnreachable, UnknownPicture, WentuError
from wentu.store.files import ASIDE, PictureFiles, is_digest, place_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)


class BucketFiles(PictureFiles):
    """Objects below `root` (`bucket/prefix/...`) of a file system of fsspec. An object is whole or absent by itself.

    `connect` is called at first use: in the process that uses it, never before a fork.
    """

    def __init__(self, connect: Callable[[], AbstractFileSystem], root: str) -> None:
        self._connect = connect
        self._root = root.strip("/")
        self._connected: AbstractFileSystem | None = None

    @property
    def _files(self) -> AbstractFileSystem:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def put(self, data: bytes, digest: str) -> None:
        path = self._path(digest)
        with _answering():
            try:
                if not self._files.exists(path):
                    self._files.pipe_file(path, data)
            except FileNotFoundError as exc:
                raise StorageUnreachable("there is no such bucket for pictures") from exc

    def read(self, digest: str) -> bytes:
        path = self._path(digest)
        with _answering():
            try:
                return bytes(self._files.cat_file(path))
            except FileNotFoundError as exc:
                raise UnknownPicture("the picture is no longer kept") from exc

    def __contains__(self, digest: str) -> bool:
        path = self._path(digest)
        with _answering():
            return bool(self._files.exists(path))

    def delete_unless(self, digest: str, wanted: Callable[[], bool]) -> bool:
        path = self._path(digest)
        try:
            with _answering():
                self._files.cp_file(path, path + ASIDE)
                self._files.rm_file(path)
        except FileNotFoundError:
            return True
        kept = wanted()
        with _answering():
            if kept:
                self._files.cp_file(path + ASIDE, path)
            self._files.rm_file(path + ASIDE)
        return not kept

    def digests(self, *, before: float) -> Iterator[str]:
        return (name for name in self._names(before) if is_digest(name))

    def delete_unfinished(self, *, before: float) -> None:
        for name in self._names(before):
            if name.endswith(ASIDE) and is_digest(digest := name.removesuffix(ASIDE)):
                with _answering(), contextlib.suppress(FileNotFoundError):
                    self._files.rm_file(self._path(digest) + ASIDE)

    def _names(self, before: float) -> list[str]:
        """The last parts of the names of everything that was written before `before`."""
        with _answering():
            try:
                found: dict[str, Any] = self._files.find(self._root, detail=True)
            except FileNotFoundError:
                return []
        return [path.rpartition("/")[2] for path, about in found.items() if _written_at(about) < before]

    def _path(self, digest: str) -> str:
        return f"{self._root}/{place_of(digest)}"


def _written_at(about: dict[str, Any]) -> float:
    """Unix seconds; S3 says LastModified, fsspec's own file systems `created`. What says neither is as good as new."""
    at = about.get("LastModified") or about.get("created")
    return at.timestamp() if isinstance(at, datetime) else float(at or "inf")


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Turns whatever the libraries raise into StorageUnreachable, apart from FileNotFoundError and our own errors."""
    try:
        yield
    except (FileNotFoundError, WentuError):
        raise
    except PermissionError as exc:
        _unreachable(exc, "the bucket for pictures refuses this key")
    except Exception as exc:
        _unreachable(exc, "the bucket for pictures does not answer")


def _unreachable(exc: Exception, what: str) -> NoReturn:
    # The library's own text may hold addresses and keys; its class is enough to look for.
    log.warning("%s: %s", what, type(exc).__name__)
    raise StorageUnreachable(what) from exc
