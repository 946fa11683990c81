"""What a batch has done so far, on disk after every document, so that it can be stopped at any moment."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from wentu.core.errors import BadInput, DiskFull
from wentu.core.extracted import jsonl_line


class Journal:
    """Finished documents by id, kept beside the goal as JSON lines until the goal is written.

    For a .jsonl goal the journal is the goal itself, whose lines carry the label of what AI made. A line that a crash
    cut off is dropped and its document read again; documents that failed are tried again too. Other options (`terms`)
    begin anew.
    """

    def __init__(self, out: Path, terms: str) -> None:
        self._out = out
        self._direct = out.suffix.lower() == ".jsonl"
        self._path = out if self._direct else out.with_name(out.name + ".part")
        self._terms_path = out.with_name(f".{out.name}.terms")
        self._terms = terms
        self._line: Callable[[Mapping[str, Any]], str] = jsonl_line if self._direct else _line
        self._lock = FileLock(out.with_name(f".{out.name}.lock"))
        self.objects: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as exc:
            raise BadInput(f"another wentu is writing {self._out}", hint="Wait for it, or name another file.") from exc
        with _disk_errors():
            same = self._terms_path.is_file() and self._terms_path.read_text("utf-8") == self._terms
            lines = self._path.read_bytes().split(b"\n") if same and self._path.is_file() else []
            self.objects = {one["id"]: one for one in map(_load, lines) if one is not None and "error" not in one}
            self._terms_path.write_text(self._terms, "utf-8")
            _replace(self._path, "".join(map(self._line, self.objects.values())).encode("utf-8"))
            self._file = self._path.open("ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def __contains__(self, document_id: str) -> bool:
        return document_id in self.objects

    def add(self, one: dict[str, Any]) -> None:
        """Keeps a document; it is on the disk when this returns. Raises DiskFull."""
        self.objects[one["id"]] = one
        with _disk_errors():
            self._file.write(self._line(one).encode("utf-8"))
            self._file.flush()
            os.fsync(self._file.fileno())

    def finish(self, data: bytes | None) -> None:
        """Puts the goal in its place, whole, and forgets the journal. None: the journal is the goal."""
        with _disk_errors():
            if data is not None:
                _replace(self._out, data)
                self._path.unlink(missing_ok=True)
                self._terms_path.unlink(missing_ok=True)


def _line(one: Mapping[str, Any]) -> str:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n"


def _load(line: bytes) -> dict[str, Any] | None:
    try:
        one = json.loads(line)
    except ValueError:
        return None
    return one if isinstance(one, dict) and isinstance(one.get("id"), str) else None


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    os.replace(new, path)


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("the disk is full; the documents that are done are kept") from exc
        reason = (exc.strerror or "unknown reason").lower()
        raise BadInput(f"the results can't be written: {reason}", hint="Name another file with --out.") from exc
