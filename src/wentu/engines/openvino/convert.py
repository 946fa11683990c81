"""Published weights to the runtime's own files, once: quantised graphs beside a manifest that says what made them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openvino as ov

from wentu.core.errors import DiskFull
from wentu.engines.openvino.checkpoint import Checkpoint
from wentu.engines.openvino.config import ModelConfig
from wentu.engines.openvino.formats import Precision
from wentu.engines.openvino.graph_text import build_text
from wentu.engines.openvino.graph_vision import build_vision, plan_stages
from wentu.engines.openvino.runtime import openvino_errors

FORMAT = 1  # raised when the graphs change, so that older conversions are made again
MANIFEST = "manifest.json"

# Size of the result over the size of bfloat16 weights, rounded up; measured on Qwen3-VL-2B's shapes.
_SIZE_RATIO = {"int4": 0.45, "int4-g64": 0.47, "int4-head4": 0.42, "int8": 0.6, "bfloat16": 1.1, "float32": 2.1}
_HASH_BYTES = 8 << 20
_ABANDONED_S = 3_600  # a conversion takes under a minute; on a very slow disk some
_SAVE_SHARE = 0.1  # of the progress: writing the large file after its weights have been read

ReportProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a conversion depends on besides the weights."""

    precision: Precision
    fast_attention: bool

    def as_json(self) -> dict[str, object]:
        return {
            "precision": self.precision.name,
            "fast_attention": self.fast_attention,
            "openvino": ov.get_version().split("-")[0],
        }


@dataclass(frozen=True, slots=True)
class Converted:
    """A finished conversion: one graph file for the language model, one for each vision stage."""

    folder: Path
    text: Path
    vision: tuple[Path, ...]


def converted_folder(root: Path, model_dir: Path, precision: Precision) -> Path:
    """Where the conversion of `model_dir` belongs: two folders of the same name at different places don't collide."""
    place = hashlib.sha256(str(model_dir.resolve()).encode()).hexdigest()[:8]
    return root / f"{model_dir.name}-{place}-{precision.name}"


def find_converted(folder: Path, checkpoint: Checkpoint, config: ModelConfig, options: Options) -> Converted | None:
    """The conversion in `folder`, or None where there is none, or one of other weights, options or openvino."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        same = manifest["format"] == FORMAT and manifest["options"] == options.as_json()
        if not same or not _same_sources(manifest["sources"], checkpoint):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found = _paths(folder, config)
    return found if all(path.is_file() for path in (found.text, *found.vision)) else None


def convert(
    checkpoint_dir: Path,
    config: ModelConfig,
    options: Options,
    folder: Path,
    report: ReportProgress = lambda fraction: None,
) -> Converted:
    """Writes the conversion into `folder`, whole or not at all; `report` hears the finished fraction, 0 to 1.

    At most one graph's weights are in memory: about 1.1 GB for Qwen3-VL-2B in int4. Raises WeightsMissing,
    DiskFull, EngineError, OutOfMemory.
    """
    meter = _Meter(report)
    checkpoint = Checkpoint(checkpoint_dir, meter.read)
    meter.total = checkpoint.n_bytes
    folder.parent.mkdir(parents=True, exist_ok=True)
    _check_space(folder.parent, checkpoint, options.precision)
    _remove_abandoned(folder)
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        with openvino_errors("converting the weights"), _disk_errors():
            _write(checkpoint, config, options, partial)
            _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    report(1.0)
    return _paths(folder, config)


def _write(checkpoint: Checkpoint, config: ModelConfig, options: Options, folder: Path) -> None:
    files = _paths(folder, config)
    graphs = build_vision(checkpoint, config, options.precision, fast_attention=options.fast_attention)
    for path, graph in zip(files.vision, graphs, strict=True):
        ov.save_model(graph, path, compress_to_fp16=False)
    ov.save_model(build_text(checkpoint, config, options.precision), files.text, compress_to_fp16=False)
    sources = [{**_stat(file), "sha256": _sha256(file)} for file in checkpoint.files]
    manifest = {"format": FORMAT, "options": options.as_json(), "sources": sources}
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


def _paths(folder: Path, config: ModelConfig) -> Converted:
    vision = tuple(folder / f"vision-{stage.index}.xml" for stage in plan_stages(config.vision))
    return Converted(folder, folder / "text.xml", vision)


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


def _stat(file: Path) -> dict[str, object]:
    stat = file.stat()
    return {"name": file.name, "bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _check_space(folder: Path, checkpoint: Checkpoint, precision: Precision) -> None:
    needed_mb = int(checkpoint.n_bytes * _SIZE_RATIO[precision.name] / 1e6) + 1
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
