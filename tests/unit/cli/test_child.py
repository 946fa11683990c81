from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from wentu.cli import child as module
from wentu.cli.child import LOOK_S, Child
from wentu.core.process import beat_file, clear_leftovers


class Process:
    """What `spawn` gives: ends when the test says so."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.pid = os.getpid()
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.code = -9


class Clock:
    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    processes: list[Process] = []

    def spawn(*_: Any, **__: Any) -> Process:
        processes.append(Process())
        return processes[-1]

    monkeypatch.setattr(module, "spawn", spawn)
    return processes


def end(child: Child, processes: list[Process], code: int, clock: Clock, after_s: float) -> bool:
    """The process ends after so long; whether the child goes on. It is started again where it may be."""
    clock.now += after_s
    processes[-1].code = code
    goes_on = child.keep()
    clock.now += 10.0
    return goes_on and child.keep()


def test_one_that_fails_at_its_start_is_given_up(tmp_path: Path, clock: Clock, started: list[Process]) -> None:
    child = Child("worker", "m", tmp_path)
    child.start()
    assert [end(child, started, 1, clock, 1.0) for _ in range(6)] == [True] * 5 + [False]


def test_one_that_is_killed_is_started_again_however_often(
    tmp_path: Path, clock: Clock, started: list[Process]
) -> None:
    child = Child("web", "m", tmp_path)
    child.start()
    assert all(end(child, started, -9, clock, 3.0) for _ in range(50)) and len(started) == 51


def test_one_that_ran_for_a_while_starts_at_once_and_a_quick_end_has_a_pause(
    tmp_path: Path, clock: Clock, started: list[Process]
) -> None:
    child = Child("web", "m", tmp_path)
    child.start()
    clock.now += 30.0
    started[-1].code = 1
    assert child.keep() and child.keep() and len(started) == 2
    clock.now += 1.0
    started[-1].code = 1
    assert child.keep() and child.keep() and len(started) == 2
    clock.now += 0.6
    assert child.keep() and len(started) == 3


def test_one_whose_sign_of_life_stops_is_killed(tmp_path: Path, clock: Clock, started: list[Process]) -> None:
    child = Child("worker", "m", tmp_path, silent_s=3.0)
    child.start()
    looks = round(3.0 / LOOK_S)
    assert all(child.keep() for _ in range(5 * looks)) and started[-1].code is None  # still starting
    beat = beat_file(tmp_path, os.getpid())
    beat.parent.mkdir()
    for second in range(5):
        beat.touch()
        os.utime(beat, ns=(second, second + 1))
        assert all(child.keep() for _ in range(looks))
    assert started[-1].code is None
    for _ in range(3):
        child.keep()
    assert started[-1].code == -9


def test_what_the_dead_left_is_removed_and_what_lives_stays(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    beat_file(tmp_path, os.getpid()).touch()
    beat_file(tmp_path, 2**22 + 1).touch()  # beyond Linux's largest number of a process
    (run / "beat-x").touch()
    clear_leftovers(tmp_path)
    assert [path.name for path in run.iterdir()] == [f"beat-{os.getpid()}"]
