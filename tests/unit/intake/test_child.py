"""The decoding children: bounded, replaced, never left behind, and told nothing that they need not know."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hostile import documents, pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import Busy, UnreadableImage, WentuError
from wentu.intake import Intake
from wentu.intake.child import Decoder

TESTS = Path(__file__).parents[2]
PNG = pictures.plain(64, 48)


def no_store(digest: str) -> bytes:
    raise AssertionError(digest)


def children_of(pid: int) -> set[int]:
    """Child processes of all threads of a process."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def take_in_background(intake: Intake, data: bytes) -> tuple[threading.Thread, list[WentuError]]:
    errors: list[WentuError] = []

    def run() -> None:
        try:
            intake.take(data)
        except WentuError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def test_no_child_is_left_after_good_bad_and_slow_files() -> None:
    before = children_of(os.getpid())
    with Intake(IntakeSettings(decode_timeout_s=0.5), no_store) as intake:
        intake.take(PNG)
        for data in (PNG[:200], documents.slow_pdf()):
            with pytest.raises(UnreadableImage):
                intake.take(data)
        assert children_of(os.getpid()) <= before


def test_closing_ends_a_child_at_work_and_answers_its_caller() -> None:
    before = children_of(os.getpid())
    intake = Intake(IntakeSettings(), no_store)
    thread, errors = take_in_background(intake, documents.slow_pdf())
    assert until(lambda: bool(children_of(os.getpid()) - before))
    intake.close()
    thread.join(5)
    assert not thread.is_alive()
    assert [type(error) for error in errors] == [Busy]
    assert children_of(os.getpid()) <= before


def test_a_closed_intake_takes_nothing_more_and_closes_twice() -> None:
    intake = Intake(IntakeSettings(), no_store)
    intake.close()
    intake.close()
    with pytest.raises(Busy):
        intake.take(PNG)


def test_a_child_at_work_dies_with_its_killed_parent() -> None:
    program = (
        "from hostile import documents\n"
        "from wentu.core.config import IntakeSettings\n"
        "from wentu.intake import Intake\n"
        "Intake(IntakeSettings(), lambda digest: b'').take(documents.slow_pdf())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(TESTS)})
    try:
        assert until(lambda: bool(children_of(parent.pid)), 20)
        (child,) = children_of(parent.pid)
        # Busy with drawing: from now on the child reads nothing that could tell it about its parent.
        assert until(lambda: _cpu_s(child) > 0.3, 20)
    finally:
        parent.kill()
        parent.wait()
    assert until(lambda: _is_gone(child))


def test_an_idle_child_leaves_when_its_parent_closes_the_pipe() -> None:
    decoder = Decoder(IntakeSettings())
    child = decoder._start()
    assert child.stdin is not None and child.stdout is not None
    child.stdin.close()
    assert child.wait(10) != 0
    child.stdout.close()


def test_a_killed_child_is_a_refused_picture_and_the_next_one_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    before = children_of(os.getpid())
    with Intake(IntakeSettings(), no_store) as intake:
        thread, errors = take_in_background(intake, documents.slow_pdf())
        assert until(lambda: bool(children_of(os.getpid()) - before))
        (child,) = children_of(os.getpid()) - before
        os.kill(child, 9)
        thread.join(5)
        assert [error.params["rule"] for error in errors] == ["crashed"]
        assert "ended with code -9" in caplog.text
        assert intake.take(PNG).width == 64


def test_many_threads_get_their_own_pictures() -> None:
    sizes = list(range(20, 36))
    found: dict[int, int] = {}
    with Intake(IntakeSettings(), no_store) as intake:

        def take(size: int) -> None:
            found[size] = intake.take(pictures.plain(size, size)).width

        threads = [threading.Thread(target=take, args=(size,)) for size in sizes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {size: size for size in sizes}


def test_more_files_than_can_be_decoded_in_time_are_answered_busy() -> None:
    with Intake(IntakeSettings(decode_timeout_s=1.0), no_store) as intake:
        slots = intake._decoder._slots
        while slots.acquire(blocking=False):
            pass
        with pytest.raises(Busy):
            intake.take(PNG)


def test_the_child_gets_no_secrets_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENTU_REMOTE__KEY", "wt-secret")
    decoder = Decoder(IntakeSettings())
    child = decoder._start()
    try:
        assert until(lambda: b"PYTHONPATH" in Path(f"/proc/{child.pid}/environ").read_bytes())
        assert b"wt-secret" not in Path(f"/proc/{child.pid}/environ").read_bytes()
    finally:
        decoder._reap(child)


def test_the_child_bounds_itself_before_it_reads_a_byte() -> None:
    decoder = Decoder(IntakeSettings(decode_memory_mb=512, decode_timeout_s=7))
    child = decoder._start()
    try:
        limits = Path(f"/proc/{child.pid}/limits")
        assert until(lambda: _limit(limits, "Max address space") == str(512 * 1024 * 1024))
        assert until(lambda: _limit(limits, "Max cpu time") == "8")
        assert until(lambda: _limit(limits, "Max core file size") == "0")
    finally:
        decoder._reap(child)


def test_the_child_imports_neither_settings_nor_numpy() -> None:
    program = (
        "import sys\n"
        "from wentu.intake.decoder import clean, headers, pictures, pixels\n"
        "heavy = {'numpy', 'pydantic', 'httpcore', 'wentu.core.config', 'wentu.core.types'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20).returncode == 0


def _limit(limits: Path, name: str) -> str:
    line = next(line for line in limits.read_text().splitlines() if line.startswith(name))
    return line.removeprefix(name).split()[0]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that its new parent has not collected yet counts as ended)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
