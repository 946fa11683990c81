"""kill -9 of any process at any moment: every accepted question ends exactly once, and nobody reads a wrong text."""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reliability import KILLS, SEED, SOAK
from reliability.clients import Crowd, Outcome
from reliability.conftest import Note
from running import Running, serving, wait_for_version
from wentu.core.config import Settings
from wentu.core.types import Answer
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
    until = time.monotonic() + 90
    while not (found := victims(running, VICTIMS[name])):
        assert time.monotonic() < until, f"no {name} to kill"
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(dice.choice(found), signal.SIGKILL)
    return time.monotonic()


@pytest.mark.timeout(180 + 60 * KILLS)
def test_every_accepted_question_ends_once_whatever_is_killed(tmp_path: Path, note: Note) -> None:
    dice = random.Random(SEED)
    names = [*VICTIMS, *(dice.choice([*VICTIMS]) for _ in range(max(KILLS - len(VICTIMS), 0)))]
    recoveries: dict[str, list[float]] = collections.defaultdict(list)
    with serving(tmp_path / "data", ready_s=300 if SOAK else 60, **SETTINGS) as running:
        wait_for_version(running, "fake", within_s=180)
        crowd, ledger = Crowd(running.url, size=4, drop=0.02), Ledger(running.data_dir)
        crowd.start()
        for number, name in enumerate(names, 1):
            time.sleep(dice.uniform(0.0, 2.5))
            moment = kill(running, name, dice)
            if SOAK and number % 5 == 0 and number < len(names):  # the next one dies before this one is back
                continue
            seconds = crowd.answered_after(moment, within_s=180)
            recoveries["two at once" if SOAK and number % 5 == 1 and number > 1 else name].append(seconds)
            ledger.settle(crowd.outcomes)
            if number % 10 == 1:
                note("kills", figures(number, crowd, ledger, recoveries))
        crowd.stop(within_s=60)
        assert crowd.waiting == []
        time.sleep(1.0)
        ledger.settle(crowd.outcomes)
        unfinished = ledger.unfinished()
    found = figures(len(names), crowd, ledger, recoveries)
    note("kills", found)
    print(f"\n{len(names)} kills (seed {SEED}), {found['questions']} questions accepted, ends: {found['ends']}")
    print(f"{ledger.by_reader} were answered by the built-in reader, while the engine was being loaded")
    print(f"resumed {found['resumed']} times, refused {crowd.refused}")
    for name, times in recoveries.items():
        print(f"  {name}: all answered {statistics.median(times):.1f} s after (worst {max(times):.1f} s)")
    assert ledger.wrong == [] and unfinished == ()
    assert set(found["ends"]) <= {"done", "engine_crashed"} and found["ends"]["done"] >= 0.9 * len(crowd.outcomes)
    assert max(max(times) for name, times in recoveries.items() if name in VICTIMS) < RECOVERY_S


def figures(kills: int, crowd: Crowd, ledger: Ledger, recoveries: Mapping[str, list[float]]) -> dict[str, Any]:
    """What is kept of the long form; `lost` are jobs that did not end exactly once with one and the same text."""
    return {
        "seed": SEED,
        "kills": kills,
        "questions": len(crowd.outcomes),
        "lost": len(ledger.wrong),
        "ends": dict(collections.Counter(one.ends[0] for one in crowd.outcomes if one.ends)),
        "by_reader": ledger.by_reader,
        "resumed": sum(one.resumed for one in crowd.outcomes),
        "refused": dict(crowd.refused),
        "answered_after_s": {
            name: {"n": len(times), "median": round(statistics.median(times), 2), "worst": round(max(times), 2)}
            for name, times in recoveries.items()
        },
    }


class Ledger:
    """Compares what readers saw with what the database has, as it goes: ended jobs are kept for an hour alone."""

    def __init__(self, data_dir: Path) -> None:
        self._settings = Settings(data_dir=data_dir)
        self._settled: set[str] = set()
        self.wrong: list[str] = []
        self.by_reader = 0

    def settle(self, outcomes: list[Outcome]) -> None:
        """Notes the jobs that did not end exactly once, for their reader and in the database, with the same text."""
        with contextlib.closing(open_store(self._settings)) as store:
            for one in [one for one in outcomes if one.ends and one.job not in self._settled]:
                job = store.jobs.load(one.job)
                if len(one.ends) != 1 or not job.finished or not self._same(one, job.answer):
                    self.wrong.append(f"{one}: {job.state} {job.error}")
                self._settled.add(one.job)

    def _same(self, one: Outcome, answer: Answer | None) -> bool:
        """Whether reader and database have the same text, and the one that the engine says.

        Until a new worker has loaded the engine, the built-in reader answers what comes then, and says so.
        """
        if answer is None:
            return one.ends != ["done"]
        self.by_reader += answer.engine == "reader"
        return answer.text == one.text and (answer.engine == "reader" or one.text == TEXT)

    def unfinished(self) -> tuple[str, ...]:
        """Jobs that are open although nobody waits: accepted by a web process that died before it could say so."""
        until = time.monotonic() + 30
        with contextlib.closing(open_store(self._settings)) as store:
            while (found := store.jobs.unfinished()) and time.monotonic() < until:
                time.sleep(0.5)
        return found
