"""The versions on this machine and their manifests: between the model folders, the settings and the rollout."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from wentu import __version__
from wentu.core.config import Settings
from wentu.core.types import VersionSpec
from wentu.models.manifest import read_manifest
from wentu.rollout.manifest import Manifests, VersionFile, VersionManifest

# The library behind an engine: its version is part of the build.
_LIBRARIES = {"openvino": "openvino", "transformers": "transformers", "llamacpp": "xllamacpp"}
# Settings that change what an engine computes; those of threads and caches only change how fast.
_OPTIONS = {
    "openvino": ("engine.max_pixels", "openvino.weights", "openvino.kv_precision"),
    "transformers": ("engine.max_pixels", "engine.dtype"),
    "llamacpp": ("engine.max_pixels",),
    "remote": ("remote.url", "remote.model"),
}


def listed_files(model_dir: Path | None) -> tuple[tuple[str, str], ...]:
    """(name, sha256) of every file that the model folder's manifest lists; none where there is no manifest."""
    manifest = read_manifest(model_dir) if model_dir is not None else None
    return tuple((file.path, file.sha256) for file in manifest.files if file.sha256) if manifest else ()


def made_versions(settings: Settings, engines: Iterable[str]) -> dict[str, VersionSpec]:
    """The versions that were fixed for good and whose engine and model folder are here, by name."""
    usable = set(engines)
    found = {}
    for manifest in Manifests(settings.versions_dir).list():
        spec = manifest.spec(settings.models_dir)
        if manifest.origin == "made" and (
            spec.model_dir is None or (manifest.engine in usable and spec.model_dir.is_dir())
        ):
            found[manifest.name] = spec
    return found


def note_versions(settings: Settings, specs: Iterable[VersionSpec]) -> None:
    """Writes down what the installed versions are made of now; the fixed ones stay as they are."""
    manifests = Manifests(settings.versions_dir)
    for spec in specs:
        manifests.note(describe(settings, spec))


def describe(settings: Settings, spec: VersionSpec) -> VersionManifest:
    """The manifest of an installed version under the settings of now."""
    source = read_manifest(spec.model_dir) if spec.model_dir is not None else None
    wanted = settings.over(spec.options)
    return VersionManifest(
        name=spec.name,
        engine=spec.engine,
        build=_build(spec.engine),
        model=spec.model_dir.name if spec.model_dir else "",
        revision=source.revision if source else "",
        files=tuple(VersionFile(file.path, file.size_bytes, file.sha256) for file in source.files) if source else (),
        options={name: _value(wanted, name) for name in _OPTIONS.get(spec.engine, ())},
        prompts=dict(spec.prompts),
        sampling=dict(spec.sampling),
        policy=policy_digest(settings),
        created_at=time.time(),
    )


def policy_digest(settings: Settings) -> str:
    """sha256 (hex) of the guard policy in force: its settings, and the content of every file that they name."""
    told = hashlib.sha256(settings.safety.model_dump_json().encode())
    for value in settings.safety.model_dump().values():
        if isinstance(value, Path) and value.is_file():
            told.update(value.read_bytes())
    return told.hexdigest()


def _build(engine: str) -> str:
    try:
        library = f" {_LIBRARIES[engine]} {version(_LIBRARIES[engine])}" if engine in _LIBRARIES else ""
    except PackageNotFoundError:
        library = ""
    return f"wentu {__version__}{library}"


def _value(settings: Settings, name: str) -> str:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return str(value)
