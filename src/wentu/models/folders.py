"""Names of model folders, and the lock that keeps two commands off the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from wentu.core.errors import BadRequest, PullRunning

MAX_NAME = 80
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def slug(text: str) -> str:
    """A folder name that is safe on every system: `Qwen/Qwen3-VL-2B-Instruct` -> `qwen3-vl-2b-instruct`."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.rsplit("/", 1)[-1].lower())
    name = re.sub(r"\.{2,}", ".", name).strip("-._")[:MAX_NAME].strip("-._")
    if not name:
        raise BadRequest(f"no folder name can be made from '{text}'", hint="Give one with --name.", name=text)
    return f"model-{name}" if _RESERVED.fullmatch(name) else name


def check_repo(repo: str) -> str:
    """The repository's name, if it has the form owner/model. Raises BadRequest."""
    if not _REPO.fullmatch(repo) or ".." in repo:
        raise BadRequest(
            f"'{repo}' is not the name of a model on a hub", hint="Write owner/model, as in Qwen/Qwen3-VL-2B-Instruct."
        )
    return repo


@contextmanager
def lock(models_dir: Path, name: str) -> Iterator[None]:
    """Holds the model called `name` for one command; the system frees it when the process dies. Raises PullRunning."""
    locks = models_dir / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    held = FileLock(locks / f"{name}.lock", timeout=0)
    try:
        held.acquire()
    except Timeout as exc:
        raise PullRunning(f"another command is working on {name}", name=name) from exc
    try:
        yield
    finally:
        held.release()
