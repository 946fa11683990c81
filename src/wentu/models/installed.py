"""The models on this machine, with what is wrong with each: sizes only, so it is quick enough to ask often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wentu.core.config import Settings
from wentu.core.errors import IncompleteModel, UnknownVersion
from wentu.models.manifest import PLAN, Manifest, read_manifest, size_text


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One model folder. `complete` means: a manifest, and every file in it with its size ('verify' hashes them).

    `size_bytes` is what the folder takes on disk; `pulled_at` is in Unix seconds, 0 where it is not known.
    """

    name: str
    dir: Path
    repo: str = ""
    hub: str = ""
    revision: str = ""
    size_bytes: int = 0
    complete: bool = False
    problems: tuple[str, ...] = ()
    pulled_at: float = 0.0


def installed(settings: Settings) -> tuple[InstalledModel, ...]:
    """Every model folder: complete ones first, the newest of them first."""
    if not settings.models_dir.is_dir():
        return ()
    folders = [path for path in settings.models_dir.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return tuple(
        sorted(map(_inspect_safely, folders), key=lambda model: (not model.complete, -model.pulled_at, model.name))
    )


def find_model(settings: Settings, name: str) -> InstalledModel:
    """The model called `name`. Raises UnknownVersion that lists the names that are here."""
    models = installed(settings)
    for model in models:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in models) or "none"
    raise UnknownVersion(
        f"there is no model called '{name}'; here: {known}", hint="'wentu models list' shows them.", name=name
    )


def _inspect_safely(folder: Path) -> InstalledModel:
    """One bad folder (no permission, deleted this moment) must not hide the others."""
    try:
        return inspect(folder)
    except OSError as exc:
        reason = (exc.strerror or "unknown reason").lower()
        return InstalledModel(folder.name, folder, problems=(f"the folder can't be read: {reason}",))


def inspect(folder: Path) -> InstalledModel:
    """One folder as it is now."""
    on_disk = sum(size_of(path) for path in folder.iterdir())
    try:
        manifest, plan = read_manifest(folder), read_manifest(folder, PLAN)
    except IncompleteModel as exc:
        return InstalledModel(folder.name, folder, size_bytes=on_disk, problems=(exc.message,))
    if manifest is not None:
        return _described(folder, manifest, on_disk, _missing(folder, manifest))
    if plan is not None:
        done = f"the download is not finished: {size_text(on_disk)} of {size_text(plan.size_bytes)}"
        return _described(folder, plan, on_disk, (done,))
    nothing = "it has no manifest: 'wentu models add' with this folder checks the files and writes one"
    return InstalledModel(folder.name, folder, size_bytes=on_disk, problems=(nothing,))


def size_of(path: Path) -> int:
    """Bytes of a file, 0 for anything else: a running download may rename the file while we look."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0


def _described(folder: Path, manifest: Manifest, on_disk: int, problems: tuple[str, ...]) -> InstalledModel:
    return InstalledModel(
        name=folder.name,
        dir=folder,
        repo=manifest.repo,
        hub=manifest.hub,
        revision=manifest.revision,
        size_bytes=on_disk,
        complete=not problems,
        problems=problems,
        pulled_at=manifest.pulled_at,
    )


def _missing(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    problems = []
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file():
            problems.append(f"{entry.path} is missing")
        elif (size := path.stat().st_size) != entry.size_bytes:
            problems.append(f"{entry.path} has {size} bytes in place of {entry.size_bytes}")
    return tuple(problems)
