"""The process that converts for, or measures, OpenVINO GenAI: `python -m bench.engine.peers`, started by an `Arm`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from bench.engine.peers.genai import GenAiEngine, export

from wentu.core.config import Settings
from wentu.evaluation.bench.memory import peak_mb
from wentu.evaluation.bench.orders import Figure, Report, measured, serve


def _convert(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, Figure]:
    report("convert_s")
    start = time.perf_counter()
    export(Path(orders["model_dir"]), Path(orders["target"]))
    return {"convert_s": round(time.perf_counter() - start, 2), "convert_peak_mb": peak_mb()}


def _measure(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, Figure]:
    return measured(GenAiEngine.load, orders, settings, report)


if __name__ == "__main__":
    sys.exit(serve({"convert": _convert, "measure": _measure}))
