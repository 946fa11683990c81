"""Everything a deployment can't make again, in one file: databases, pictures and whatever else lies in the data folder.

The file is a gzipped tar; its last member `backup.json` lists every other with its sha256, so a file that was cut off
is known by the list that it lacks.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from wentu import __version__
from wentu.core.errors import BadBackup

LIST = "backup.json"
# What a machine makes or fetches again, or what belongs to running processes alone.
_LEFT_OUT = frozenset({"models", "converted", "features", "queue", "run"})
_SIDE_FILES = ("-wal", "-shm", "-journal")
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Listing:
    """What a backup holds. `files` are sha256 (hex) by path inside the data folder; `created_at` is Unix seconds."""

    version: str
    created_at: float
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One file done, of `total`."""

    done: int
    total: int


def back_up(folder: Path, target: Path) -> Iterator[Step]:
    """Writes the backup of a data folder, which may be in use. `target` appears when it is whole.

    SQLite databases are copied by SQLite itself, at one moment each, before the pictures: a picture that is deleted
    meanwhile was about to go.
    """
    paths = sorted(_kept(folder), key=lambda path: (path.suffix != ".db", path))
    unfinished = target.with_name(f".{target.name}.part")
    listing = Listing(__version__, time.time())
    try:
        with tarfile.open(unfinished, "w:gz", compresslevel=1) as archive:
            for number, path in enumerate(paths, start=1):
                _add(archive, folder, path, listing)
                yield Step(number, len(paths))
            _put(archive, LIST, json.dumps(asdict(listing), indent=1).encode())
        unfinished.chmod(0o600)  # conversations and pictures of other people
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(source: Path, folder: Path) -> Iterator[Step]:
    """Puts a backup in the place of what the data folder holds; models stay. Nothing is touched unless all is right.

    What was there before is moved into `<folder>/replaced-<time>`. No service may run on the folder. Raises BadBackup.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as name:
        fresh = Path(name)
        yield from _unpack(source, fresh)
        _set_aside(folder, fresh)
        for path in list(fresh.iterdir()):
            path.replace(folder / path.name)


def _kept(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if Path(parent) == folder:
            folders[:] = [name for name in folders if not _left_out(name)]
        for name in names:
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink() and not name.endswith(_SIDE_FILES):
                yield path


def _left_out(name: str) -> bool:
    return name in _LEFT_OUT or name.startswith((".restore-", "replaced-"))


def _add(archive: tarfile.TarFile, folder: Path, path: Path, listing: Listing) -> None:
    name = path.relative_to(folder).as_posix()
    with contextlib.suppress(FileNotFoundError), _content(path) as file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size
        info.mode, info.mtime = 0o600, int(listing.created_at)
        listing.files[name] = _sha256(file)
        file.seek(0)
        archive.addfile(info, file)


@contextlib.contextmanager
def _content(path: Path) -> Iterator[BinaryIO]:
    """The file; of an SQLite database a copy that no writer changes meanwhile."""
    if path.suffix != ".db":
        with path.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryDirectory(prefix="wentu-backup-") as name:
        copied = Path(name) / path.name
        with contextlib.closing(sqlite3.connect(path)) as live, contextlib.closing(sqlite3.connect(copied)) as copy:
            live.backup(copy)
        with copied.open("rb") as file:
            yield file


def _sha256(file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while part := file.read(_PART):
        hashed.update(part)
    return hashed.hexdigest()


def _put(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _unpack(source: Path, fresh: Path) -> Iterator[Step]:
    """Every file of the backup under `fresh`, each with the sha256 that the list names."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            members = archive.getmembers()
            listing = _listing(archive, members)
            found = {member.name: member for member in members if member.name != LIST}
            if found.keys() != listing.files.keys():
                raise BadBackup(f"{source.name} is not complete", name=source.name)
            for number, (name, digest) in enumerate(listing.files.items(), start=1):
                _write(archive, found[name], fresh, digest)
                yield Step(number, len(found))
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as exc:
        raise BadBackup(f"{source.name} is damaged or not a backup", name=source.name) from exc


def _listing(archive: tarfile.TarFile, members: list[tarfile.TarInfo]) -> Listing:
    last = members[-1] if members else None
    content = archive.extractfile(last) if last is not None and last.name == LIST and last.isreg() else None
    if content is None:
        raise BadBackup("the backup's list of files is missing: it was cut off, or is not a backup")
    try:
        return TypeAdapter(Listing).validate_json(content.read())
    except ValidationError as exc:
        raise BadBackup("the backup's list of files can't be read") from exc


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, fresh: Path, digest: str) -> None:
    """Only plain files below `fresh`: an archive from elsewhere must not reach other places."""
    path = PurePosixPath(member.name)
    if not member.isreg() or path.is_absolute() or ".." in path.parts:
        raise BadBackup("the backup holds something that is no plain file", name=member.name)
    target = fresh / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None  # a plain file
    hashed = hashlib.sha256()
    with target.open("xb") as file:
        while part := content.read(_PART):
            hashed.update(part)
            file.write(part)
    target.chmod(0o600)
    if hashed.hexdigest() != digest:
        raise BadBackup(f"{member.name} is damaged in this backup", name=member.name)


def _set_aside(folder: Path, fresh: Path) -> None:
    """What the folder holds now, apart from what no backup has, kept under one name."""
    old = [path for path in folder.iterdir() if not _left_out(path.name) and path != fresh]
    if not old:
        return
    aside = folder / time.strftime("replaced-%Y%m%d-%H%M%S")
    aside.mkdir(mode=0o700)
    for path in old:
        shutil.move(path, aside / path.name)
