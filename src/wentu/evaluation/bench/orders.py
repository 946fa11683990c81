"""A measuring process's side of the protocol that `arm` speaks: orders in, steps and figures out."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wentu.core.codec import to_plain
from wentu.core.config import Settings, load_settings
from wentu.core.errors import EngineError, WentuError
from wentu.core.process import end_with_stdin
from wentu.core.types import VersionSpec
from wentu.engines.base import Engine
from wentu.evaluation.bench.measure import Report, measure

log = logging.getLogger("wentu.evaluation.bench")

Figure = float | None
Job = Callable[[dict[str, Any], Settings, Report], dict[str, Figure]]
Load = Callable[[VersionSpec, Settings], Engine]


def serve(jobs: Mapping[str, Job]) -> int:
    """Does the job that the orders name. Settings come from the environment, as everywhere."""
    orders: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    end_with_stdin()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not get between our lines

    def say(**message: object) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        say(figures=jobs[orders["job"]](orders, load_settings(), lambda name: say(step=name)))
    except WentuError as exc:
        say(error=to_plain(exc.as_event()))
        return 1
    except Exception:
        log.exception("engine %s could not be measured", orders["engine"])
        say(error=to_plain(EngineError(f"engine '{orders['engine']}' could not be measured").as_event()))
        return 1
    return 0


def measured(load: Load, orders: dict[str, Any], settings: Settings, report: Report) -> dict[str, Figure]:
    """The figures of the engine that `load` makes of the ordered folder."""
    model_dir = orders["model_dir"]
    report("load_s")
    start = time.perf_counter()
    spec = VersionSpec("bench", orders["engine"], Path(model_dir) if model_dir else None)
    with contextlib.closing(load(spec, settings)) as engine:
        load_s = round(time.perf_counter() - start, 3)
        return {"load_s": load_s, **measure(engine, orders["runs"], report, started=start)}
