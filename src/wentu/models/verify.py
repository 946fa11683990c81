"""`wentu models verify`: hash every file again and say which one is not what it was."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

from wentu.core.config import Settings
from wentu.core.errors import IncompleteModel
from wentu.models.disk import disk_errors
from wentu.models.installed import find_model
from wentu.models.manifest import OWN_FILES, FileEntry, FileHasher, hash_file, read_manifest
from wentu.models.progress import FilesProgress


def verify(settings: Settings, name: str) -> Generator[FilesProgress, None, None]:
    """Reports while it hashes; the last report has the problems, none when every file is what it was.

    A file that is not in the manifest is a problem too: an added index can turn a loader to other weights.
    Raises UnknownVersion, IncompleteModel when the model has no manifest to compare with.
    """
    model = find_model(settings, name)
    manifest = read_manifest(model.dir)
    if manifest is None:
        raise IncompleteModel(f"{name} can't be verified: {'; '.join(model.problems)}", name=name)
    problems, done_bytes = [], 0
    with disk_errors():
        for entry in manifest.files:
            yield FilesProgress("hashing", done_bytes, manifest.size_bytes, entry.path)
            problem = _quick_problem(model.dir / entry.path, entry)
            if not problem:
                hasher = FileHasher(entry)
                for n_bytes in hash_file(model.dir / entry.path, hasher):
                    done_bytes += n_bytes
                    yield FilesProgress("hashing", done_bytes, manifest.size_bytes, entry.path)
                problem = "" if hasher.matches() else f"{entry.path} has changed: its sha256 is another one"
            if problem:
                problems.append(problem)
    problems.extend(_strangers(model.dir, {entry.path for entry in manifest.files}))
    yield FilesProgress("done", done_bytes, manifest.size_bytes, model=model, problems=tuple(problems))


def _quick_problem(path: Path, entry: FileEntry) -> str:
    if not path.is_file():
        return f"{entry.path} is missing"
    if (size := path.stat().st_size) != entry.size_bytes:
        return f"{entry.path} has changed: {size} bytes in place of {entry.size_bytes}"
    return ""


def _strangers(folder: Path, listed: set[str]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in listed | OWN_FILES and not path.name.startswith("."):
            yield f"{path.name} is not in the manifest: somebody added it"
