"""kill -9 of any process at any moment: every accepted question ends exactly once, and nobody reads a wrong text."""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import statistics
import time
from pathlib import Path

import pytest

from reliability import KILLS
from reliability.clients import Crowd
from running import Running, serving, wait_for_version
from wentu.core.config import Settings
from wentu.store import open_store

TEXT = "".join(chr(0x4E00 + n) for n in range(40))
SETTINGS = {
    "WENTU_ENGINE__NAME": "fake",
    "FAKE_ENGINE_TOKEN_S": "0.02",
    "FAKE_ENGINE_TEXT": TEXT,
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
    "WENTU_OCR__THREADS": "1",
}
VICTIMS = {
    "worker": b"wentu.worker",
    "engine": b"wentu.engines.host",
    "web": b"wentu.api",
    "queue": b"valkey-server",
}
RECOVERY_S = 20.0


def victims(running: Running, word: bytes) -> list[int]:
    found = []
    for pid in running.processes():
        with contextlib.suppress(OSError):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def kill(running: Running, name: str, dice: random.Random) -> float:
    """Kills one process of that name, as soon as there is one; the moment of it."""
    until = time.monotonic() + 30
    while not (found := victims(running, VICTIMS[name])):
        assert time.monotonic() < until, f"no {name} to kill"
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(dice.choice(found), signal.SIGKILL)
    return time.monotonic()


def answered_after(crowd: Crowd, moment: float) -> float:
    """Seconds until everything that was being answered at that moment has ended."""
    open_then = [one for one in crowd.outcomes if one.asked < moment and not (one.ends and one.ended < moment)]
    until = time.monotonic() + 90
    while any(not one.ends for one in open_then):
        assert time.monotonic() < until, [one for one in open_then if not one.ends]
        time.sleep(0.05)
    return max((one.ended - moment for one in open_then), default=0.0)


@pytest.mark.timeout(120 + 60 * KILLS)
def test_every_accepted_question_ends_once_whatever_is_killed(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    order = [*VICTIMS, *(dice.choice([*VICTIMS]) for _ in range(max(KILLS - len(VICTIMS), 0)))]
    recoveries: dict[str, list[float]] = collections.defaultdict(list)
    with serving(tmp_path / "data", **SETTINGS) as running:
        wait_for_version(running, "fake")
        crowd = Crowd(running.url, size=4, drop=0.02)
        crowd.start()
        for name in order:
            time.sleep(dice.uniform(0.5, 2.0))
            recoveries[name].append(answered_after(crowd, kill(running, name, dice)))
        crowd.stop(within_s=60)
        assert crowd.waiting == []
        time.sleep(1.0)
        store = open_store(Settings(data_dir=running.data_dir))
        try:
            kept = {one.job: store.jobs.load(one.job) for one in crowd.outcomes}
        finally:
            store.close()
    ends = collections.Counter(one.ends[0] for one in crowd.outcomes)
    print(f"\n{len(order)} kills, {len(crowd.outcomes)} questions accepted, ends: {dict(ends)}")
    print(f"resumed {sum(one.resumed for one in crowd.outcomes)} times, refused {crowd.refused}")
    for name, seconds in recoveries.items():
        print(f"  {name}: all answered {statistics.median(seconds):.1f} s after (worst {max(seconds):.1f} s)")
    assert all(len(one.ends) == 1 and kept[one.job].finished for one in crowd.outcomes)
    assert {one.text for one in crowd.outcomes if one.ends == ["done"]} == {TEXT}
    assert all(answer.text == TEXT for job in kept.values() if (answer := job.answer) is not None)
    assert set(ends) <= {"done", "engine_crashed"} and ends["done"] >= 0.9 * len(crowd.outcomes)
    assert max(max(seconds) for seconds in recoveries.values()) < RECOVERY_S
