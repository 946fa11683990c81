"""Engine hosts: one process a version, and what happens when it dies."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from running import processes_of
from wentu.core.config import Settings
from wentu.core.errors import BadSetting, EngineCrashed, EngineError, UnknownVersion
from wentu.core.types import Picture, Prompt, SamplingParams, TextLine, Turn, VersionSpec
from wentu.engines.host import Fleet

PARAMS = SamplingParams()
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def prompt(text: str) -> Prompt:
    picture = Picture("a" * 64, np.arange(30 * 20 * 3, dtype=np.uint8).reshape(20, 30, 3))
    return Prompt((Turn("user", (picture, text)),), ((TextLine("一行字", BOX, 0.9),),))


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path))  # marks the children as this test's
    made = Fleet(Settings(data_dir=tmp_path))
    made.set([VersionSpec("fake", "fake"), VersionSpec("reader", "reader")])
    try:
        yield made
    finally:
        made.close()
    assert processes_of(tmp_path) == []
    assert list((tmp_path / "run").glob("e-*")) == []


def test_prompt_and_answer_cross_the_process_border_whole(fleet: Fleet) -> None:
    said = fleet.get("reader").generate(prompt("图里写了什么？"), PARAMS)
    assert "一行字" in said.text and said.finish_reason == "stop"
    assert "30" in fleet.get("reader").generate(prompt("图多大？"), PARAMS).text


def test_an_engine_that_reads_nothing_ahead_says_so_at_once(fleet: Fleet) -> None:
    host = fleet.get("fake")
    assert [chunk.finish_reason for chunk in host.warm(prompt("soon"))] == ["stop"]
    assert host.state == "cold"  # nothing is loaded for it
    host.start()
    assert [chunk.finish_reason for chunk in host.warm(prompt("soon"))] == ["stop"]
    fleet.forget("a" * 64)
    assert host.generate(prompt("after"), PARAMS).text == "after"


def test_state_goes_from_cold_to_ready(fleet: Fleet) -> None:
    host = fleet.get("fake")
    assert host.state == "cold"
    host.start()
    assert host.state == "ready"
    with pytest.raises(UnknownVersion):
        fleet.get("other")


def test_another_prompt_needs_no_second_process_and_other_options_do(fleet: Fleet) -> None:
    fleet.get("fake").start()
    running, before = fleet.get("fake"), processes_of(Path(os.environ["WENTU_DATA_DIR"]))
    bare = VersionSpec("bare", "fake", prompts=(("chat", ""),), sampling=(("temperature", 0.1),))
    same = VersionSpec("fake", "fake", options=(("engine.max_pixels", str(Settings().engine.max_pixels)),))
    other = VersionSpec("other", "fake", options=(("engine.max_pixels", "65536"),))
    fleet.set([same, bare, other])
    assert fleet.get("bare") is fleet.get("fake") is running and fleet.get("other") is not running
    assert running.state == "ready" and processes_of(Path(os.environ["WENTU_DATA_DIR"])) == before
    fleet.set([bare])
    assert fleet.get("bare").state == "ready"  # the one it shared with is gone; the process stays
    fleet.set([other])
    assert running.state == "cold" and fleet.get("other").generate(prompt("still here"), PARAMS).text == "still here"


def test_an_engines_own_error_keeps_its_words(fleet: Fleet) -> None:
    with pytest.raises(EngineError, match="out of paper"):
        fleet.get("fake").generate(prompt("fail: out of paper"), PARAMS)
    assert fleet.get("fake").state == "ready"


def test_after_a_crash_the_next_questions_are_answered_by_a_new_process(fleet: Fleet) -> None:
    host = fleet.get("fake")
    with pytest.raises(EngineCrashed):
        host.generate(prompt("crash:"), PARAMS)
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(EngineCrashed):
            assert host.generate(prompt("again"), PARAMS).text == "again"
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert host.state == "ready"


def test_leaving_in_the_middle_frees_the_host(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ENGINE_TOKEN_S", "0.02")
    host = fleet.get("fake")
    chunks = host.stream(prompt("字" * 10_000), PARAMS)
    while not next(chunks).text:
        pass
    chunks.close()  # type: ignore[attr-defined]
    assert host.generate(prompt("next"), PARAMS).text == "next"


def test_many_threads_share_one_host(fleet: Fleet) -> None:
    host, said = fleet.get("fake"), {}

    def ask(number: int) -> None:
        said[number] = host.generate(prompt(f"question {number}"), PARAMS).text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {number: f"question {number}" for number in range(8)}


def test_an_unknown_engine_is_refused_with_the_known_names(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"known: fake, .*reader, remote"):
        Fleet(Settings(data_dir=tmp_path)).set([VersionSpec("x", "gpt")])


def test_a_strangers_knock_changes_nothing(fleet: Fleet) -> None:
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    host = fleet.get("fake")
    host.start()
    (address,) = (Path(os.environ["WENTU_DATA_DIR"]) / "run").glob("e-*")
    with pytest.raises((AuthenticationError, EOFError, OSError)):
        Client(str(address), authkey=b"guess")
    assert host.generate(prompt("still here"), PARAMS).text == "still here"


def test_a_host_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from wentu.core.config import Settings\n"
        "from wentu.core.types import VersionSpec\n"
        "from wentu.engines.host import Fleet\n"
        "fleet = Fleet(Settings(data_dir=pathlib.Path(sys.argv[1])))\n"
        "fleet.set([VersionSpec('fake', 'fake')])\n"
        "fleet.get('fake').start()\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    environ = {**os.environ, "WENTU_DATA_DIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environ, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"up\n"
    assert len(processes_of(tmp_path)) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while processes_of(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)
