"""Engine processes that hang or grow: found by asking and by weighing, and started anew."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from running import processes_of
from wentu.core.config import EngineSettings, Settings
from wentu.core.types import Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.host import Fleet, Host
from wentu.queue.tallies import Tallies, Tally
from wentu.worker.engine_health import EngineHealth

PARAMS = SamplingParams()


class Counted(Tallies):
    def __init__(self) -> None:
        self.found: list[Tally] = []

    def add(self, tallies: Iterable[Tally]) -> None:
        self.found += tallies


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path))  # marks the children as this test's
    monkeypatch.setenv("FAKE_ENGINE_TOKEN_S", "0.02")
    made = Fleet(Settings(data_dir=tmp_path))
    made.set([VersionSpec("fake", "fake")])
    made.get("fake").start()
    yield made
    made.close()
    assert processes_of(tmp_path) == []


def say(host: Host, text: str) -> str:
    return host.generate(Prompt((Turn("user", (text,)),)), PARAMS).text


def pid_of(folder: Path) -> int:
    (pid,) = processes_of(folder)
    return pid


def health(fleet: Fleet, *, busy: bool = False, **settings: float) -> tuple[EngineHealth, list[Tally]]:
    counted = Counted()
    return EngineHealth(fleet, EngineSettings(**settings), lambda: busy, counted), counted.found  # type: ignore[arg-type]


def test_a_process_that_answers_is_left_alone_and_one_that_hangs_is_replaced(fleet: Fleet, tmp_path: Path) -> None:
    care, counted = health(fleet, probe_s=0.01, probe_timeout_s=1.0)
    before = pid_of(tmp_path)
    care.look()
    time.sleep(0.02)
    care.look()
    assert pid_of(tmp_path) == before and counted == []
    os.kill(before, signal.SIGSTOP)  # takes connections and says nothing, as in a deadlock
    time.sleep(0.02)
    care.look()
    assert pid_of(tmp_path) != before and counted == [Tally("engine_restarts", ("fake", "silent"))]
    assert say(fleet.get("fake"), "again") == "again"


def test_while_others_ask_nothing_is_asked(fleet: Fleet, tmp_path: Path) -> None:
    care, counted = health(fleet, busy=True, probe_s=0.01, probe_timeout_s=0.2)
    before = pid_of(tmp_path)
    os.kill(before, signal.SIGSTOP)
    for _ in range(3):
        time.sleep(0.02)
        care.look()
    os.kill(before, signal.SIGCONT)
    assert pid_of(tmp_path) == before and counted == []


def test_a_process_that_has_grown_is_renewed_between_two_answers(fleet: Fleet, tmp_path: Path) -> None:
    host, said = fleet.get("fake"), {}
    before = pid_of(tmp_path)
    long, late = "字" * 60, "late"

    def ask(name: str) -> None:
        said[name] = say(host, name)

    first, second = (threading.Thread(target=ask, args=(name,)) for name in (long, late))
    care, counted = health(fleet, probe_s=0, max_memory_mb=1)
    first.start()
    time.sleep(0.3)
    weighing = threading.Thread(target=care.look)
    weighing.start()
    time.sleep(0.1)
    second.start()  # waits for the new process
    time.sleep(0.1)
    assert pid_of(tmp_path) == before and said == {}
    for thread in (first, weighing, second):
        thread.join(20)
    assert said == {long: long, late: late} and pid_of(tmp_path) != before
    assert counted == [Tally("engine_restarts", ("fake", "memory"))]
    after = pid_of(tmp_path)
    care.look()  # no process fits into 1 MB: it is said once, and not tried for ever
    assert pid_of(tmp_path) == after and len(counted) == 1


def test_an_answer_that_goes_on_for_too_long_is_not_cut(fleet: Fleet, tmp_path: Path) -> None:
    host, said = fleet.get("fake"), []
    before = pid_of(tmp_path)
    asking = threading.Thread(target=lambda: said.append(say(host, "字" * 40)))
    asking.start()
    time.sleep(0.2)
    assert host.renew(within_s=0.1) is False
    asking.join(10)
    assert said == ["字" * 40] and pid_of(tmp_path) == before
    assert say(host, "open") == "open"
