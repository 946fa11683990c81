"""What a version is made of, written down once: `versions/NAME.json` in the data folder, never changed after."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from wentu.core.errors import BadRequest, UnknownVersion, VersionTampered
from wentu.core.types import VersionSpec

NAME = re.compile(r"[A-Za-z0-9][\w.@-]{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file of the model folder: weights, tokenizer, chat template, and what describes them."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class VersionManifest:
    """Everything that answers under this name. `build` names the engine and its library's version; `options` are
    settings by dotted name, `prompts` system prompts by task (absent: wentu's own), `sampling` defaults by the names
    of SamplingParams, `policy` the digest of the guard policy in force when it was made.

    `origin` "installed" follows the model folder and the settings; "made" is fixed for good.
    """

    name: str
    engine: str
    build: str = ""
    model: str = ""
    revision: str = ""
    files: tuple[VersionFile, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    sampling: Mapping[str, float] = field(default_factory=dict)
    policy: str = ""
    origin: Literal["installed", "made"] = "installed"
    created_at: float = 0.0

    @property
    def digest(self) -> str:
        """sha256 (hex) of all that makes a difference to an answer, and of the name."""
        told = _JSON.dump_python(replace(self, origin="made", created_at=0.0), mode="json")
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def shares_engine(self, other: VersionManifest) -> bool:
        """Whether one process answers for both: they differ in prompts and sampling alone (`engines.host.fleet`)."""
        ours, theirs = ((one.engine, one.model, one.files, dict(one.options)) for one in (self, other))
        return ours == theirs

    def spec(self, models_dir: Path) -> VersionSpec:
        """What an engine needs of it."""
        return VersionSpec(
            self.name,
            self.engine,
            models_dir / self.model if self.model else None,
            tuple((file.path, file.sha256) for file in self.files),
            tuple(sorted(self.options.items())),
            tuple(sorted(self.prompts.items())),
            tuple(sorted(self.sampling.items())),
        )


_JSON = TypeAdapter(VersionManifest)


class Manifests:
    """The manifests of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> tuple[VersionManifest, ...]:
        """All that can be read, by name."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(self.read(path.stem))
            except (VersionTampered, UnknownVersion):
                continue
        return tuple(found)

    def read(self, name: str) -> VersionManifest:
        """Raises UnknownVersion, and VersionTampered when the manifest is not the one that was written."""
        try:
            tree: dict[str, Any] = json.loads(self._path(name).read_bytes())
            digest = tree.pop("digest")
            manifest = _JSON.validate_python(tree)
        except FileNotFoundError as exc:
            raise UnknownVersion(f"there is no version '{name}'", name=name) from exc
        except (OSError, ValueError, KeyError, AttributeError, ValidationError) as exc:
            raise VersionTampered(
                f"the manifest of version '{name}' can't be read", file=f"{name}.json", version=name
            ) from exc
        if manifest.digest != digest or manifest.name != name:
            raise VersionTampered(f"the manifest of version '{name}' was changed", file=f"{name}.json", version=name)
        return manifest

    def make(self, manifest: VersionManifest) -> VersionManifest:
        """Writes a new version, fixed for good. Raises BadRequest when the name is taken or is none."""
        if not NAME.fullmatch(manifest.name) or manifest.name in ("stable", "candidate", "previous"):
            raise BadRequest(f"'{manifest.name}' is no name for a version", hint="Use letters, digits, '-' and '.'.")
        made = replace(manifest, origin="made")
        if self._path(made.name).exists():
            raise BadRequest(
                f"there is a version '{made.name}' already, and a version never changes", hint="Choose another name."
            )
        self._write(made)
        return made

    def note(self, manifest: VersionManifest) -> None:
        """Writes down an installed version as it is now. One that is fixed is left as it is."""
        try:
            old = self.read(manifest.name)
        except (UnknownVersion, VersionTampered):
            old = None
        if old is None and self._path(manifest.name).exists():
            return  # changed by hand: for a person to look at, not for us to hide
        if old is None or (old.origin == "installed" and old.digest != manifest.digest):
            self._write(manifest)

    def fix(self, name: str) -> VersionManifest:
        """Makes an installed version fixed for good: before it is tried or promoted. Raises what `read` raises."""
        manifest = self.read(name)
        if manifest.origin == "installed":
            manifest = replace(manifest, origin="made")
            self._write(manifest)
        return manifest

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise UnknownVersion(f"there is no version '{name}'", name=name)
        return self._folder / f"{name}.json"

    def _write(self, manifest: VersionManifest) -> None:
        """In one step: after a crash there is the old manifest or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tree = {**_JSON.dump_python(manifest, mode="json"), "digest": manifest.digest}
        draft = self._folder / f".{manifest.name}.{secrets.token_hex(4)}.new"  # other machines write here too
        with draft.open("w", encoding="utf-8") as file:
            json.dump(tree, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._path(manifest.name))


def differences(one: VersionManifest, other: VersionManifest) -> dict[str, tuple[str, str]]:
    """What differs between two versions, by part (`engine`, `options.openvino.weights`, `files.model.safetensors`):
    the value in the one and in the other, "" where there is none."""
    first, second = _parts(one), _parts(other)
    return {
        part: (first.get(part, ""), second.get(part, ""))
        for part in sorted(first.keys() | second.keys())
        if first.get(part, "") != second.get(part, "")
    }


def _parts(manifest: VersionManifest) -> dict[str, str]:
    flat = {name: str(getattr(manifest, name)) for name in ("engine", "build", "model", "revision", "policy")}
    for name in ("options", "prompts", "sampling"):
        flat |= {f"{name}.{key}": str(value) for key, value in getattr(manifest, name).items()}
    return flat | {f"files.{file.path}": file.sha256 for file in manifest.files}
