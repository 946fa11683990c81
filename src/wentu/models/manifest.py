"""What a model folder holds: `manifest.json` of a complete one, `pull.json` of a download under way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from wentu.core.errors import IncompleteModel

MANIFEST = "manifest.json"
PLAN = "pull.json"
OWN_FILES = frozenset({MANIFEST, PLAN})
CHUNK_BYTES = 1 << 20

Hub = Literal["huggingface", "modelscope", "folder"]
Source = Literal["official", "mirror", "folder"]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file, by its path inside the model folder, with the digests that are known (lower-case hex or "").

    A size of -1 is not known yet. `git_sha1` is git's blob id: all that Hugging Face lists for files that are not in
    large-file storage.
    """

    path: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Where a folder's files come from and what they must be.

    `revision` is the commit on the hub (for a folder brought by hand: the digest of its digests). `source` says
    whether the publisher's own hub or a mirror sent them, never which host. `pulled_at` is in Unix seconds.
    In `manifest.json` every file has its sha256; in `pull.json` it may still be unknown.
    """

    repo: str
    hub: Hub
    revision: str
    source: Source
    pulled_at: float
    files: tuple[FileEntry, ...]
    schema_version: Literal[1] = 1

    @property
    def size_bytes(self) -> int:
        return sum(max(entry.size_bytes, 0) for entry in self.files)


_JSON = TypeAdapter(Manifest)


def read_manifest(folder: Path, name: str = MANIFEST) -> Manifest | None:
    """The manifest of `folder`, or None where there is none. Raises IncompleteModel when it can't be understood."""
    try:
        return _JSON.validate_json((folder / name).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as exc:
        raise IncompleteModel(
            f"{folder.name}/{name} can't be read", hint=f"Run 'wentu models remove {folder.name}', then bring it again."
        ) from exc


def write_manifest(folder: Path, manifest: Manifest, name: str = MANIFEST) -> None:
    """Puts the manifest into place in one step: after a crash there is the old file or the new one, never half."""
    draft = folder / f".{name}.new"
    with draft.open("wb") as file:
        file.write(_JSON.dump_json(manifest, indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / name)
    if os.name == "posix":
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def content_revision(files: tuple[FileEntry, ...]) -> str:
    """A revision made from what the files are, for sources that name no commit."""
    lines = sorted(f"{entry.path} {entry.size_bytes} {entry.sha256 or entry.git_sha1}\n" for entry in files)
    return "content-" + hashlib.sha256("".join(lines).encode()).hexdigest()[:32]


class FileHasher:
    """The digests of one file while its bytes go by."""

    def __init__(self, entry: FileEntry) -> None:
        self._entry = entry
        self._sha256 = hashlib.sha256()
        # git hashes "blob <size>\0<content>": https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
        self._git = hashlib.sha1(b"blob %d\0" % entry.size_bytes, usedforsecurity=False)

    def update(self, data: bytes) -> None:
        self._sha256.update(data)
        if not self._entry.sha256:
            self._git.update(data)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def matches(self) -> bool:
        """Whether the bytes are those that were listed; never true where no digest was listed."""
        if self._entry.sha256:
            return self.sha256 == self._entry.sha256
        return bool(self._entry.git_sha1) and self._git.hexdigest() == self._entry.git_sha1


def hash_file(path: Path, hasher: FileHasher, check: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Feeds a file to `hasher` and yields the number of bytes of each piece; `check` may raise to stop it."""
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            check()
            hasher.update(data)
            yield len(data)


def size_text(n_bytes: float) -> str:
    """A size for people, in decimal units as disks are sold: "4.26 GB"."""
    for unit in ("B", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.2f} GB"
