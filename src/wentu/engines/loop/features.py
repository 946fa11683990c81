"""Pictures that the vision model has read before: their features in memory, and on disk where allowed."""

from __future__ import annotations

import hashlib
import os
import time
from collections import OrderedDict
from pathlib import Path

import numpy as np

from wentu.engines.loop.positions import Float32

SUFFIX = ".npy"


class FeatureCache:
    """Features by name (a picture's digest and size), the least recently used forgotten first.

    `memory_bytes` bounds what is in memory, `disk_bytes` what is in `folder`; 0 switches that part off. What is on
    disk can show what a picture showed: it is readable by this user alone, kept `max_age_s` at most, and `forget`
    removes it at once. `model` names the conversion whose features these are. To be used from one thread.
    """

    def __init__(self, memory_bytes: int, folder: Path, disk_bytes: int, max_age_s: float, model: str) -> None:
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._max_age_s = max_age_s
        self._folder = folder / hashlib.sha256(model.encode()).hexdigest()[:16]
        self._kept: OrderedDict[str, Float32] = OrderedDict()
        if disk_bytes:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._prune()

    def get(self, name: str) -> Float32 | None:
        """The features (1 + n_deepstack, tokens, hidden) of a picture read before, else None."""
        found = self._kept.get(name)
        if found is None:
            found = self._read(name)
            if found is not None:
                self._keep(name, found)
        else:
            self._kept.move_to_end(name)
        return found

    def put(self, name: str, features: Float32) -> None:
        self._keep(name, features)
        if features.nbytes <= self._disk_bytes:
            self._write(name, features)
            self._prune()

    def forget(self, digest: str) -> None:
        """Removes every size of one picture."""
        for name in [name for name in self._kept if name.startswith(digest)]:
            del self._kept[name]
        if self._disk_bytes:
            for file in self._folder.glob(f"{digest}*{SUFFIX}"):
                file.unlink(missing_ok=True)

    def _keep(self, name: str, features: Float32) -> None:
        self._kept[name] = features
        self._kept.move_to_end(name)
        total = sum(kept.nbytes for kept in self._kept.values())
        while self._kept and total > self._memory_bytes:
            total -= self._kept.popitem(last=False)[1].nbytes

    def _path(self, name: str) -> Path:
        return self._folder / (name + SUFFIX)

    def _read(self, name: str) -> Float32 | None:
        if not self._disk_bytes:
            return None
        path = self._path(name)
        try:
            if time.time() - path.stat().st_mtime > self._max_age_s:
                path.unlink(missing_ok=True)
                return None
            return np.asarray(np.load(path, allow_pickle=False), np.float32)
        except (OSError, ValueError, EOFError):  # missing, or cut off: the picture is read again
            return None

    def _write(self, name: str, features: Float32) -> None:
        """Whole or not at all. A disk that refuses costs time and no answer."""
        partial = self._folder / f"{name}.{os.getpid()}.partial"
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                np.save(stream, features, allow_pickle=False)
            partial.replace(self._path(name))
        except OSError:
            partial.unlink(missing_ok=True)

    def _prune(self) -> None:
        """Removes what is too old, then the oldest until the rest fits."""
        files = sorted(((file.stat().st_mtime, file) for file in self._folder.glob(f"*{SUFFIX}")), reverse=True)
        total = 0
        for written, file in files:
            total += file.stat().st_size
            if total > self._disk_bytes or time.time() - written > self._max_age_s:
                file.unlink(missing_ok=True)
