"""Many sessions, cancelled at random, in a cache that is too small: every finished answer is the one it gets alone.

WENTU_LOAD_S lengthens it (30 minutes before a release).
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integration.engines_openvino.parts import GREEDY, ask, load, same
from tiny import picture
from wentu.core.types import Chunk, Generation, Prompt, Turn
from wentu.engines.base import join
from wentu.engines.openvino import OpenVinoEngine

LOAD_S = float(os.environ.get("WENTU_LOAD_S", "8"))
PARAMS = replace(GREEDY, max_tokens=12, logprobs=0)


def conversations() -> list[Prompt]:
    """Prompts that share beginnings, pictures, both or nothing."""
    prompts = []
    for index in range(6):
        shown = picture(200 + 60 * (index % 3), 256, seed=index % 2)
        first = ask(shown, f"question {index % 4}")
        prompts.append(first)
        answered = (*first.turns, Turn("assistant", ("the cat",)))
        prompts.append(ask("and on the table", before=answered))
        prompts.append(
            ask(f"words only, number {index} " * 12, schema='{"enum": ["cat", "table"]}' if index % 2 else None)
        )
    return prompts


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.timeout(LOAD_S + 120)
def test_mixed_load_never_gives_a_wrong_answer_and_does_not_grow(folder: Path, tmp_path: Path) -> None:
    prompts = conversations()
    alone_engine = load(folder, tmp_path / "alone")
    alone = []
    for prompt in prompts:
        alone_engine.forget("")
        alone.append(alone_engine.generate(prompt, PARAMS))
    alone_engine.close()
    engine = load(folder, tmp_path / "shared", kv_cache_mb=1, picture_cache_mb=1)
    end = time.monotonic() + LOAD_S
    wrong: list[tuple[Generation, Generation]] = []
    counts = {"finished": 0, "cancelled": 0}
    threads = [
        threading.Thread(target=_user, args=(engine, prompts, alone, seed, end, wrong, counts)) for seed in range(6)
    ]
    for thread in threads:
        thread.start()
    time.sleep(LOAD_S / 3)
    early_mb = rss_mb()
    for thread in threads:
        thread.join()
    late_mb = rss_mb()
    assert wrong == []
    assert counts["finished"] > 20 and counts["cancelled"] > 5
    deadline = time.monotonic() + 30  # background work may still be on its way
    cache = engine._parts.cache
    while cache.n_available < cache.n_blocks and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cache.n_available == cache.n_blocks
    assert engine._parts.scheduler._reader.fraction == {}
    engine.close()
    assert late_mb - early_mb < 40


def _user(
    engine: OpenVinoEngine,
    prompts: list[Prompt],
    alone: list[Generation],
    seed: int,
    end: float,
    wrong: list[tuple[Generation, Generation]],
    counts: dict[str, int],
) -> None:
    """Asks at random until `end`; one question in four is broken off somewhere, some pictures are warmed up."""
    rng = random.Random(seed)
    warmings: deque[Iterator[Chunk]] = deque(maxlen=2)  # those that fall out are closed
    while time.monotonic() < end:
        index = rng.randrange(len(prompts))
        if rng.random() < 0.1:
            warming = engine.warm(prompts[index])
            next(warming)
            warmings.append(warming)
            if rng.random() < 0.5:
                warming.close()  # type: ignore[attr-defined]
        stream = engine.stream(prompts[index], PARAMS)
        if rng.random() < 0.25:
            for _ in range(rng.randrange(1, 6)):
                next(stream, None)
            stream.close()
            counts["cancelled"] += 1
            continue
        answer = join(stream)
        counts["finished"] += 1
        if not same(answer, alone[index]):
            wrong.append((answer, alone[index]))
