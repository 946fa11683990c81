"""`wentu models remove`: take a model off the disk."""

from __future__ import annotations

import shutil
from collections.abc import Set

from wentu.core.config import Settings
from wentu.core.errors import VersionInUse
from wentu.models.disk import disk_errors
from wentu.models.folders import lock, slug
from wentu.models.installed import InstalledModel, find_model
from wentu.models.manifest import MANIFEST


def remove(settings: Settings, name: str, *, kept: Set[str] = frozenset()) -> InstalledModel:
    """Deletes the model called `name` and returns what it was. Raises UnknownVersion, PullRunning, and
    VersionInUse for one of `kept`.

    The manifest goes first, so that a removal that is cut short never leaves a model that looks complete.
    """
    model = find_model(settings, name)
    if name in kept:
        raise VersionInUse(f"{name} is the model of a version in use (stable, candidate or previous)", name=name)
    with disk_errors(), lock(settings.models_dir, slug(model.repo) if model.repo else name):
        (model.dir / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(model.dir)
    return model
