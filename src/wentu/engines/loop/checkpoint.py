"""Published safetensors files as memory-mapped arrays: no torch, and no copy of what is not asked for."""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wentu.core.errors import WeightsMissing

Float32 = NDArray[np.float32]

# safetensors' names of element types -> how numpy can hold them (bfloat16 as its raw 16 bits)
_STORED: dict[str, type[np.generic]] = {"BF16": np.uint16, "F16": np.float16, "F32": np.float32}
_MAX_HEADER_BYTES = 100_000_000  # the format's own limit (safetensors README, "Format")


class Matrix(Protocol):
    """Rows of float32 numbers, in memory or on disk."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, rows: slice) -> Float32: ...


@dataclass(frozen=True, slots=True)
class StoredMatrix:
    """A matrix on disk: `matrix[a:b]` reads rows a to b (not included) as float32."""

    shape: tuple[int, ...]
    _read: Callable[[slice], Float32]

    def __getitem__(self, rows: slice) -> Float32:
        return self._read(rows)


@dataclass(frozen=True, slots=True)
class _Entry:
    file: Path
    dtype: str
    shape: tuple[int, ...]
    offset: int

    @property
    def n_bytes(self) -> int:
        return math.prod(self.shape) * np.dtype(_STORED[self.dtype]).itemsize


class Checkpoint:
    """All tensors of a folder of safetensors files by name.

    Raises WeightsMissing where the folder has none, and for a file that is cut off, damaged, or lacks a tensor.
    """

    def __init__(self, model_dir: Path, on_read: Callable[[int], None] = lambda n_bytes: None) -> None:
        """`on_read` hears of what is read, in bytes."""
        self.model_dir = model_dir
        self._on_read = on_read
        self.files = sorted(model_dir.glob("*.safetensors"))
        if not self.files:
            raise WeightsMissing(f"there are no safetensors files in '{model_dir.name}'", model=model_dir.name)
        self._maps: dict[Path, mmap.mmap] = {}
        self._entries: dict[str, _Entry] = {}
        for file in self.files:
            self._entries.update(self._read_header(file))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def shape(self, name: str) -> tuple[int, ...]:
        return self._entry(name).shape

    def float32(self, name: str) -> Float32:
        """The whole tensor converted to float32 (a copy)."""
        return self._part(name, slice(None))

    def matrix(self, name: str) -> StoredMatrix:
        """A matrix that is read a few rows at a time."""
        return StoredMatrix(self.shape(name), lambda rows: self._part(name, rows))

    def rows(self, name: str, indices: Sequence[int] | NDArray[np.int64]) -> Float32:
        """Some rows of a matrix as float32 (len(indices), width): only these rows are read from disk."""
        return _as_float32(self._stored(name)[np.asarray(indices, np.int64)], self._entry(name).dtype)

    @property
    def n_bytes(self) -> int:
        """Size of all tensors."""
        return sum(entry.n_bytes for entry in self._entries.values())

    def _part(self, name: str, rows: slice) -> Float32:
        """Some rows as float32, whose pages of the file are then given back: each is needed once in a conversion."""
        stored, entry = self._stored(name)[rows], self._entry(name)
        values = _as_float32(stored, entry.dtype)
        self._on_read(stored.nbytes)
        if hasattr(mmap, "MADV_DONTNEED"):
            start = entry.offset + (rows.start or 0) * (entry.n_bytes // max(entry.shape[0], 1))
            aligned = start - start % mmap.PAGESIZE
            self._map(entry.file).madvise(mmap.MADV_DONTNEED, aligned, start - aligned + stored.nbytes)
        return values

    def _entry(self, name: str) -> _Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise WeightsMissing(
                f"the weights '{name}' are missing from '{self.model_dir.name}'", model=self.model_dir.name
            ) from None

    def _stored(self, name: str) -> NDArray[Any]:
        entry = self._entry(name)
        count = math.prod(entry.shape)
        return np.frombuffer(self._map(entry.file), _STORED[entry.dtype], count, entry.offset).reshape(entry.shape)

    def _map(self, file: Path) -> mmap.mmap:
        if file not in self._maps:
            with file.open("rb") as stream:
                self._maps[file] = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return self._maps[file]

    def _read_header(self, file: Path) -> dict[str, _Entry]:
        try:
            return _parse_header(file)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as exc:
            raise WeightsMissing(f"'{file.name}' is damaged or incomplete", file=file.name) from exc


def _parse_header(file: Path) -> dict[str, _Entry]:
    """The table at the head of a safetensors file; every tensor is checked to lie inside the file."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        if length > min(_MAX_HEADER_BYTES, size):
            raise ValueError("header longer than the file")
        header = json.loads(stream.read(length))
    entries = {}
    for name, item in header.items():
        if name == "__metadata__" or item["dtype"] not in _STORED:
            continue
        start, end = item["data_offsets"]
        shape = tuple(int(n) for n in item["shape"])
        offset = 8 + length + start
        if end - start != math.prod(shape) * np.dtype(_STORED[item["dtype"]]).itemsize or 8 + length + end > size:
            raise ValueError(f"{name} lies outside the file")
        entries[name] = _Entry(file, item["dtype"], shape, offset)
    return entries


def _as_float32(stored: NDArray[Any], dtype: str) -> Float32:
    if dtype == "BF16":  # bfloat16 is the upper half of a float32
        wide = stored.astype(np.uint32)
        wide <<= np.uint32(16)
        return wide.view(np.float32)
    return stored.astype(np.float32)
