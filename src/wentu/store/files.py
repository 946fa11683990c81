"""Clean picture files on disk, named by the sha256 of their content and shared by every row that has this picture."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from wentu.core.errors import DiskFull, UnknownPicture

_UNFINISHED = ".new-"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class PictureFiles:
    """A folder of files `ab/cd/abcd...`; whole or absent, never half written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, digest: str) -> None:
        """Keeps `data` under `digest`, unless it is there. Raises DiskFull."""
        path = self._path(digest)
        if path.is_file():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, data)
        except OSError as exc:
            if exc.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull("there is no room on the disk for this picture") from exc
            raise

    def read(self, digest: str) -> bytes:
        """The file's bytes. Raises UnknownPicture."""
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError as exc:
            raise UnknownPicture("the picture is no longer kept") from exc

    def __contains__(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def delete_unless(self, digest: str, wanted: Callable[[], bool]) -> bool:
        """Deletes the file unless `wanted()`; true if it is gone.

        Another process may take in the same picture at this moment: it writes its row first and its file second.
        So the file is set aside before `wanted` looks for rows: whoever wrote a row before that look gets the file
        back, and whoever writes one after it finds no file and puts its own.
        """
        path = self._path(digest)
        aside = path.with_suffix(".gone")
        try:
            os.replace(path, aside)
        except FileNotFoundError:
            aside.unlink(missing_ok=True)  # left by a process that was killed right here
            return True
        if wanted():
            os.replace(aside, path)
            return False
        aside.unlink(missing_ok=True)
        return True

    def digests(self, *, before: float) -> Iterator[str]:
        """Every kept digest whose file was written before `before` (Unix seconds), set-aside ones too."""
        for path in self.folder.glob("??/??/*"):
            if _DIGEST.fullmatch(path.stem):
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        yield path.stem

    def delete_unfinished(self, *, before: float) -> None:
        """Deletes half-written files that a killed process left before `before` (Unix seconds)."""
        for path in self.folder.glob(f"??/??/{_UNFINISHED}*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def _path(self, digest: str) -> Path:
        # A digest may come from a stored query; anything else than a digest must not become a path.
        if not _DIGEST.fullmatch(digest):
            raise UnknownPicture("the picture is no longer kept")
        return self.folder / digest[:2] / digest[2:4] / digest


def _write(path: Path, data: bytes) -> None:
    """Writes beside the goal and renames, so that a crash leaves no half file under a digest."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
