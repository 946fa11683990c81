"""Published weights to a runtime's own files, once: whole or not at all, beside a manifest that says what made them."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wentu.core.errors import DiskFull
from wentu.engines.loop.checkpoint import Checkpoint

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"

_HASH_BYTES = 8 << 20
_ABANDONED_S = 3_600  # a conversion takes under a minute; on a very slow disk some
_SAVE_SHARE = 0.1  # of the progress: writing the large file after its weights have been read

ReportProgress = Callable[[float], None]
Write = Callable[[Checkpoint, Path], None]
"""Writes a conversion of the checkpoint into a folder that is there and empty."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a conversion depends on besides the weights; any other value in `options` makes it anew.

    `format` is raised when the graphs change. `size_ratio`: size of the result over that of the weights, rounded up.
    """

    format: int
    options: Mapping[str, object]
    size_ratio: float


def converted_folder(root: Path, model_dir: Path, name: str) -> Path:
    """Where the conversion of `model_dir` belongs: two folders of the same name at different places don't collide."""
    place = hashlib.sha256(str(model_dir.resolve()).encode()).hexdigest()[:8]
    return root / f"{model_dir.name}-{place}-{name}"


def is_converted(folder: Path, checkpoint: Checkpoint, recipe: Recipe) -> bool:
    """Whether `folder` holds the conversion of these weights by this recipe, every file of it as it was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        same = manifest["format"] == recipe.format and manifest["options"] == recipe.options
        return bool(same) and _same_sources(manifest["sources"], checkpoint) and _same_files(manifest["files"], folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def convert_whole(
    checkpoint_dir: Path,
    recipe: Recipe,
    folder: Path,
    write: Write,
    report: ReportProgress = lambda fraction: None,
) -> None:
    """Lets `write` make the conversion, and puts it into `folder`, whole or not at all.

    `report` hears the finished fraction, 0 to 1. Raises WeightsMissing, DiskFull, and what `write` raises.
    """
    meter = _Meter(report)
    checkpoint = Checkpoint(checkpoint_dir, meter.read)
    meter.total = checkpoint.n_bytes
    folder.parent.mkdir(parents=True, exist_ok=True)
    _check_space(folder.parent, int(checkpoint.n_bytes * recipe.size_ratio))
    _remove_abandoned(folder)
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        with _disk_errors():
            write(checkpoint, partial)
            _write_manifest(checkpoint, recipe, partial)
            _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    report(1.0)


def _write_manifest(checkpoint: Checkpoint, recipe: Recipe, folder: Path) -> None:
    sources = [{**_stat(file), "sha256": _sha256(file)} for file in checkpoint.files]
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    manifest = {"format": recipe.format, "options": recipe.options, "sources": sources, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _remove_abandoned(folder: Path) -> None:
    """What conversions that were killed left behind; a running one is younger."""
    for left in folder.parent.glob(f"{folder.name}.*-*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(partial: Path, folder: Path) -> None:
    """A rename is all or nothing; an older conversion is moved aside first, since folders can't be replaced.

    Another process may do the same at the same time: whoever comes second leaves the other's result, which is equal.
    """
    old = folder.with_name(f"{folder.name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    try:
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    shutil.rmtree(old, ignore_errors=True)


def _same_sources(recorded: list[dict[str, Any]], checkpoint: Checkpoint) -> bool:
    """Whether the weights are those recorded: by size and time, and by content where only the time differs."""
    if [item["name"] for item in recorded] != [file.name for file in checkpoint.files]:
        return False
    for item, file in zip(recorded, checkpoint.files, strict=True):
        now = _stat(file)
        if now["bytes"] != item["bytes"]:
            return False
        if now["mtime_ns"] != item["mtime_ns"] and _sha256(file) != item["sha256"]:
            return False
    return True


def _same_files(recorded: dict[str, str], folder: Path) -> bool:
    """Whether the conversion's own files are those that were written. One that is not is named in the log, and the
    conversion is made anew from the published weights, which were checked."""
    for name, sha256 in recorded.items():
        if _sha256(folder / name) != sha256:
            log.warning("%s of %s is not what was converted: it is made anew", name, folder.name)
            return False
    return True


def _stat(file: Path) -> dict[str, object]:
    stat = file.stat()
    return {"name": file.name, "bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _check_space(folder: Path, needed_bytes: int) -> None:
    needed_mb = needed_bytes // 1_000_000 + 1
    free_mb = int(shutil.disk_usage(folder).free / 1e6)
    if free_mb < needed_mb:
        raise DiskFull(
            f"converting the weights needs {needed_mb} MB of disk and {free_mb} MB are free",
            needed_mb=needed_mb,
            free_mb=free_mb,
        )


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("the disk became full while the weights were being converted") from exc
        raise


class _Meter:
    """Turns bytes read into a fraction that keeps the last part for writing."""

    def __init__(self, report: ReportProgress) -> None:
        self.total = 0
        self._report = report
        self._read = 0

    def read(self, n_bytes: int) -> None:
        self._read += n_bytes
        self._report(min(1.0, self._read / max(self.total, 1)) * (1 - _SAVE_SHARE))
