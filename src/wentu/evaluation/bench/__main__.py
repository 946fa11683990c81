"""The process that measures one of wentu's engines: `python -m wentu.evaluation.bench`, started by an `Arm`."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from wentu.core.codec import to_plain
from wentu.core.config import Settings, load_settings
from wentu.core.errors import EngineError, WentuError
from wentu.core.process import end_with_stdin
from wentu.core.registry import Registry
from wentu.core.types import VersionSpec
from wentu.engines.base import Engine
from wentu.evaluation.bench.measure import Report, measure
from wentu.evaluation.bench.memory import peak_mb

log = logging.getLogger("wentu.evaluation.bench")


def main() -> int:
    """Does what the orders say. Settings come from the environment, as everywhere."""
    orders: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    end_with_stdin()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not get between our lines

    def say(**message: object) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        settings = load_settings()
        job = _convert if orders["job"] == "convert" else _measure
        say(figures=job(orders, settings, lambda name: say(step=name)))
    except WentuError as exc:
        say(error=to_plain(exc.as_event()))
        return 1
    except Exception:
        log.exception("engine %s could not be measured", orders["engine"])
        say(error=to_plain(EngineError(f"engine '{orders['engine']}' could not be measured").as_event()))
        return 1
    return 0


def _convert(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, float | None]:
    """Seconds and peak of a conversion; nothing where it was there already."""
    from wentu.engines.openvino.assembly import prepare

    report("convert_s")
    fractions: list[float] = []
    start = time.perf_counter()
    prepare(Path(orders["model_dir"]), settings, fractions.append)
    if not fractions:
        return {}
    return {"convert_s": round(time.perf_counter() - start, 2), "convert_peak_mb": peak_mb()}


def _measure(orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, float | None]:
    name, model_dir = orders["engine"], orders["model_dir"]
    registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
    report("load_s")
    start = time.perf_counter()
    spec = VersionSpec("bench", name, Path(model_dir) if model_dir else None)
    with contextlib.closing(registry.load(name).load(spec, settings)) as engine:
        load_s = round(time.perf_counter() - start, 3)
        return {"load_s": load_s, **measure(engine, orders["runs"], report)}


if __name__ == "__main__":
    sys.exit(main())
