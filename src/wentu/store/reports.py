"""What was measured on this machine, for the page: the last report of each kind, a JSON file in the data folder."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from wentu import __version__
from wentu.store.whole import write_whole

# Written by `wentu bench`, `wentu selftest`, `wentu eval charts`, `wentu eval support`.
ReportKind = Literal["bench", "documents", "charts", "support"]

_FOLDER = "reports"


def keep_report(data_dir: Path, kind: ReportKind, machine: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Puts a report in the place of the last one of its kind. Raises OSError."""
    folder = data_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tree = {"made_at": time.time(), "release": __version__, "machine": machine, "found": found}
    write_whole(folder / f"{kind}.json", json.dumps(tree, ensure_ascii=False).encode())


def read_report(data_dir: Path, kind: ReportKind) -> dict[str, Any] | None:
    """`{"made_at": unix seconds, "release", "machine", "found"}`; None where there is none that can be read."""
    try:
        tree = json.loads((data_dir / _FOLDER / f"{kind}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return tree if isinstance(tree, dict) else None
