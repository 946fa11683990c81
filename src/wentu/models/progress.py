"""How far a download, an addition or a verification has come: one type for the command line and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wentu.models.installed import InstalledModel

FileStage = Literal["listing", "downloading", "copying", "hashing", "done"]


@dataclass(frozen=True, slots=True)
class FilesProgress:
    """One report of work on a model's files; the last one has stage "done" and the `model`.

    Bytes are zero while the total is not known yet ("listing"). `retry_in_s` is set while a lost connection
    waits for its next try. `problems` are what a verification found wrong, one sentence each.
    """

    stage: FileStage
    done_bytes: int = 0
    total_bytes: int = 0
    file: str = ""
    retry_in_s: float | None = None
    model: InstalledModel | None = None
    problems: tuple[str, ...] = ()
