"""A version's files are what its manifest says, or they are not loaded."""

from __future__ import annotations

import hashlib

from wentu.core.errors import VersionTampered
from wentu.core.types import VersionSpec


def check_files(spec: VersionSpec) -> None:
    """Hashes every file that the version lists. Raises VersionTampered that names the first that is not itself."""
    if spec.model_dir is None:
        return
    for name, sha256 in spec.files:
        try:
            with (spec.model_dir / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as exc:
            raise VersionTampered(
                f"{name} of version '{spec.name}' can't be read", file=name, version=spec.name
            ) from exc
        if found != sha256:
            raise VersionTampered(
                f"{name} of version '{spec.name}' is not what its manifest says: another sha256",
                file=name,
                version=spec.name,
            )
