"""Files of results, each run with the machine, the versions and the load that it was measured under."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wentu import __version__
from wentu.cli.machine import read_machine

RESULTS = Path(__file__).parent / "results"


def record(name: str, run: str, figures: Mapping[str, Any], packages: Sequence[str] = ()) -> Path:
    """Writes `figures` as the run `run` of results/`name`.json; the file's other runs stay. Gives the file.

    `load` is the mean number of processes that wanted a core in the last 1, 5 and 15 minutes, this run's included.
    """
    path = RESULTS / f"{name}.json"
    tree = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    versions = {"wentu": __version__, **{package: version(package) for package in packages}}
    tree[run] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": asdict(read_machine()),
        "load": [round(one, 1) for one in os.getloadavg()],
        "versions": versions,
        "figures": dict(figures),
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The best, the median, the 90th and 99th percentile and the worst, milliseconds."""
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)

    places = {"best_ms": 0.0, "median_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "worst_ms": 1.0}
    return {"n": len(ordered), **{name: at(share) for name, share in places.items()}}
