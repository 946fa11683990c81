"""The process that measures one of wentu's engines: `python -m wentu.evaluation.bench`, started by an `Arm`."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from typing import Any

from wentu.core.config import Settings
from wentu.core.registry import Registry
from wentu.engines.base import Engine
from wentu.evaluation.bench.measure import Report
from wentu.evaluation.bench.memory import peak_mb
from wentu.evaluation.bench.orders import Figure, measured, serve


def _convert(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, Figure]:
    """Seconds and peak of a conversion; nothing where it was there already."""
    prepare = importlib.import_module(f"wentu.engines.{orders['engine']}.assembly").prepare
    report("convert_s")
    fractions: list[float] = []
    start = time.perf_counter()
    prepare(Path(orders["model_dir"]), settings, fractions.append)
    if not fractions:
        return {}
    return {"convert_s": round(time.perf_counter() - start, 2), "convert_peak_mb": peak_mb()}


def _measure(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, Figure]:
    registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
    return measured(registry.load(orders["engine"]).load, orders, settings, report)


if __name__ == "__main__":
    sys.exit(serve({"convert": _convert, "measure": _measure}))
