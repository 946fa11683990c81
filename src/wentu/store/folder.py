"""Picture files in a folder: of this machine, or on a file system that several machines share."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from wentu.core.errors import DiskFull, UnknownPicture
from wentu.store.files import ASIDE, PictureFiles, is_digest, place_of
from wentu.store.whole import UNFINISHED, write_whole


class FolderFiles(PictureFiles):
    """Files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, digest: str) -> None:
        path = self._path(digest)
        if path.is_file():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, data)
        except OSError as exc:
            if exc.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull("there is no room on the disk for this picture") from exc
            raise

    def read(self, digest: str) -> bytes:
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError as exc:
            raise UnknownPicture("the picture is no longer kept") from exc

    def __contains__(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def delete_unless(self, digest: str, wanted: Callable[[], bool]) -> bool:
        path = self._path(digest)
        aside = path.with_name(path.name + ASIDE)
        try:
            os.replace(path, aside)
        except FileNotFoundError:
            return True  # another one's file that is set aside is another one's to decide on
        if wanted():
            os.replace(aside, path)
            return False
        aside.unlink(missing_ok=True)
        return True

    def digests(self, *, before: float) -> Iterator[str]:
        for path in self.folder.glob("??/??/*"):
            if is_digest(path.name):
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        yield path.name

    def delete_unfinished(self, *, before: float) -> None:
        for pattern in (f"{UNFINISHED}*", f"*{ASIDE}"):
            for path in self.folder.glob(f"??/??/{pattern}"):
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_ctime < before:  # unlike mtime, changed by the renaming too
                        path.unlink()

    def _path(self, digest: str) -> Path:
        return self.folder / place_of(digest)
