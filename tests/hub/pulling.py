"""What tests of downloads share: short patience, and the model that a run of reports ends with."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wentu.models import FilesProgress, InstalledModel
from wentu.models.net import Patience

Puller = Callable[..., InstalledModel]
QUICK = Patience(tries=4, first_wait_s=0.01)


def finish(reports: Iterable[FilesProgress]) -> InstalledModel:
    """Runs to the end and gives the model of the last report."""
    *_, report = reports
    assert report.stage == "done"
    assert report.model is not None
    return report.model
