"""What a measuring command leaves for the page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wentu.cli.machine import read_machine
from wentu.core.config import Settings
from wentu.store.reports import ReportKind, keep_report


def leave_report(settings: Settings, kind: ReportKind, found: Mapping[str, Any]) -> None:
    """Keeps what was found, with the machine it was found on. To be called after it was printed: a data folder that
    cannot be written is said and no more, for whoever measures may be another user than the one who serves."""
    try:
        keep_report(settings.data_dir, kind, asdict(read_machine()), found)
    except OSError as exc:
        print(f"the page will not show this: {settings.data_dir} cannot be written ({exc.strerror})", file=sys.stderr)
