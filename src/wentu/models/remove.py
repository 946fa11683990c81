"""`wentu models remove`: take a model off the disk."""

from __future__ import annotations

import shutil

from wentu.core.config import Settings
from wentu.models.disk import disk_errors
from wentu.models.folders import lock, slug
from wentu.models.installed import InstalledModel, find_model
from wentu.models.manifest import MANIFEST


def remove(settings: Settings, name: str) -> InstalledModel:
    """Deletes the model called `name` and returns what it was. Raises UnknownVersion, PullRunning.

    The manifest goes first, so that a removal that is cut short never leaves a model that looks complete.
    """
    model = find_model(settings, name)
    with disk_errors(), lock(settings.models_dir, slug(model.repo) if model.repo else name):
        (model.dir / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(model.dir)
    return model
