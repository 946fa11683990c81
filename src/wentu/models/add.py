"""`wentu models add`: take in a folder of files that were brought by hand."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from wentu.core.config import Settings
from wentu.core.errors import BadRequest, IncompleteModel
from wentu.models.checkpoint import folder_problems
from wentu.models.disk import check_room, disk_errors
from wentu.models.folders import lock, slug
from wentu.models.hubs import needed
from wentu.models.installed import inspect
from wentu.models.manifest import (
    CHUNK_BYTES,
    MANIFEST,
    OWN_FILES,
    FileEntry,
    FileHasher,
    Manifest,
    content_revision,
    hash_file,
    write_manifest,
)
from wentu.models.progress import FilesProgress


def add(
    settings: Settings, source: Path, *, name: str = "", copy: bool = False
) -> Generator[FilesProgress, None, None]:
    """Makes a model of the files in `source`, reporting while it copies and hashes; the last report has the model.

    Files are linked where the file system allows it and `copy` is not set, else copied. A folder that lies in the
    models folder already is taken where it is. Closing the iterator leaves nothing behind.
    Raises IncompleteModel that says what is missing and for what, BadRequest, DiskFull.
    """
    source = source.expanduser().resolve()
    if not source.is_dir():
        raise BadRequest(f"{source} is not a folder", hint="Name the folder that holds config.json and the weights.")
    with disk_errors():
        if problems := folder_problems(source):
            raise IncompleteModel(
                f"the folder is not a complete model: {'; '.join(problems)}",
                hint="Copy the missing files from the model's page on Hugging Face or ModelScope, then add it again.",
                problems="; ".join(problems),
            )
        in_place = source.parent == settings.models_dir.resolve()
        name = source.name if in_place else slug(name or source.name)
        target = settings.models_dir / name
        with lock(settings.models_dir, name):
            if (target / MANIFEST).exists():
                raise BadRequest(
                    f"a model called {name} is here already",
                    hint="Choose another name with --name; 'wentu models verify' checks the one that is here.",
                    name=name,
                )
            yield from _register(target) if in_place else _bring(source, target, copy)
        model = inspect(target)
        yield FilesProgress("done", model.size_bytes, model.size_bytes, model=model)


def _register(folder: Path) -> Iterator[FilesProgress]:
    """Writes the manifest of a folder that lies in its place."""
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    entries = [FileEntry(path.name, path.stat().st_size) for path in files if path.name not in OWN_FILES]
    done_bytes, total = 0, _total(entries)
    done = []
    for entry in entries:
        hasher = FileHasher(entry)
        for n_bytes in hash_file(folder / entry.path, hasher):
            done_bytes += n_bytes
            yield FilesProgress("hashing", done_bytes, total, entry.path)
        done.append(replace(entry, sha256=hasher.sha256))
    _write(folder, tuple(done))


def _bring(source: Path, target: Path, copy: bool) -> Iterator[FilesProgress]:
    """Builds the folder beside its place and moves it there in one step; a half download there gives way."""
    staging = target.parent / f".adding-{target.name}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        entries = _entries(source)
        if copy or not all(_link(source / entry.path, staging / entry.path) for entry in entries):
            check_room(staging, _total(entries))
            yield from _copy(source, staging, entries)
        yield from _register(staging)
        if target.exists():
            shutil.rmtree(target)
        os.replace(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _copy(source: Path, staging: Path, entries: tuple[FileEntry, ...]) -> Iterator[FilesProgress]:
    done_bytes, total = 0, _total(entries)
    for entry in entries:
        (staging / entry.path).unlink(missing_ok=True)
        with (source / entry.path).open("rb") as reading, (staging / entry.path).open("wb") as writing:
            while data := reading.read(CHUNK_BYTES):
                writing.write(data)
                done_bytes += len(data)
                yield FilesProgress("copying", done_bytes, total, entry.path)
            writing.flush()
            os.fsync(writing.fileno())


def _link(source: Path, target: Path) -> bool:
    try:
        os.link(source.resolve(), target)  # a hub's cache holds symbolic links: take the file itself
    except OSError:
        return False
    return True


def _entries(folder: Path) -> tuple[FileEntry, ...]:
    """The files of `folder` that a download would have brought."""
    return needed(tuple(FileEntry(path.name, path.stat().st_size) for path in folder.iterdir() if path.is_file()))


def _total(entries: Iterable[FileEntry]) -> int:
    return sum(entry.size_bytes for entry in entries)


def _write(folder: Path, entries: tuple[FileEntry, ...]) -> None:
    ordered = tuple(sorted(entries, key=lambda entry: entry.path))
    write_manifest(folder, Manifest("", "folder", content_revision(ordered), "folder", time.time(), ordered))
