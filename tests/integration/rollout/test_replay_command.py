"""`wentu rollout replay` on a terminal: stopped with Ctrl-C, killed, gone on with. REPLAY_QUESTIONS=500 for long."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from running import WENTU, environ_for, run_wentu

QUESTIONS = int(os.environ.get("REPLAY_QUESTIONS", "80"))
ANSWERS = 2 * QUESTIONS
SCENARIOS = ("invoice", "chart", "support")
# Two engines that need no weights: one repeats the question, one reads the picture.
SETTINGS = {"WENTU_ENGINE__NAME": "fake", "WENTU_SAFETY__PICTURES": "false", "TERM": "xterm", "COLUMNS": "120"}

Row = tuple[str, str, int]


class Replay:
    """One run of the command; what it draws on the terminal is read while it runs."""

    def __init__(self, data_dir: Path, questions: Path, *more: str) -> None:
        terminal, theirs = pty.openpty()
        command = [WENTU, "rollout", "replay", "reader", "--set", str(questions), *more]
        self.process = subprocess.Popen(
            command, env=environ_for(data_dir, **SETTINGS), stdout=subprocess.DEVNULL, stderr=theirs
        )
        os.close(theirs)
        self.drawn = ""
        self._reader = threading.Thread(target=self._read, args=(terminal,), daemon=True)
        self._reader.start()

    def _read(self, terminal: int) -> None:
        try:
            while data := os.read(terminal, 4_096):
                self.drawn += data.decode(errors="replace")
        except OSError:  # Linux says so when the other side is closed
            pass
        finally:
            os.close(terminal)

    @property
    def places(self) -> list[int]:
        """What the progress bar counted."""
        return [int(done) for done in re.findall(rf"(\d+)/{ANSWERS}", self.drawn)]

    def end(self, number: int | None = None) -> int:
        """The exit code, after this signal where one is given."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(100)
        self._reader.join(5)
        return code


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    Image.fromarray(np.full((60, 200, 3), 255, np.uint8)).save(tmp_path / "a.png")
    lines = [
        {
            "picture": "a.png",
            "question": f"第 {number} 题：图里有几个字？",
            "expected": str(number) if number % 5 else "别的",
            "scenario": SCENARIOS[number % 3],
            "session": f"s{number // 2}",
        }
        for number in range(QUESTIONS)
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def kept(data_dir: Path) -> dict[tuple[str, str], int]:
    """The row of each answer by (recording, version): an answer that is given again has another row."""
    path = data_dir / "wentu.db"
    if not path.is_file():
        return {}
    with sqlite3.connect(path, timeout=15) as connection:
        try:
            rows: list[Row] = connection.execute("SELECT recording, version, id FROM rollout_replies").fetchall()
        except sqlite3.OperationalError:  # the tables are being made
            return {}
    return {(recording, version): row for recording, version, row in rows}


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.timeout(300)
def test_a_replay_survives_ctrl_c_and_a_kill_and_nothing_is_asked_twice(tmp_path: Path, questions: Path) -> None:
    data_dir = tmp_path / "data"
    first = Replay(data_dir, questions)
    wait_until(lambda: len(kept(data_dir)) >= QUESTIONS // 4)
    assert first.end(signal.SIGINT) == 1
    assert "The same command goes on where it stopped" in first.drawn and max(first.places) > 0
    stopped = kept(data_dir)

    second = Replay(data_dir, questions)
    wait_until(lambda: len(kept(data_dir)) >= len(stopped) + QUESTIONS // 4)
    second.end(signal.SIGKILL)
    killed = kept(data_dir)
    assert stopped.items() <= killed.items() and min(second.places) >= len(stopped)

    page, table = tmp_path / "report.html", tmp_path / "report.csv"
    assert (last := Replay(data_dir, questions, "--out", str(page))).end() == 0, last.drawn
    assert killed.items() <= kept(data_dir).items() and len(kept(data_dir)) == ANSWERS
    assert last.places[-1] == ANSWERS and last.places == sorted(last.places)

    text = page.read_text("utf-8")
    assert all(f"<td>{scenario}</td>" in text for scenario in SCENARIOS) and "候选版本更差" in text
    done = run_wentu("rollout", "report", "reader", "--out", str(table), environ=environ_for(data_dir, **SETTINGS))
    assert done.returncode == 0, done.stderr
    rows = {(row["table"], row["name"]): row for row in csv.DictReader(table.read_text("utf-8").splitlines())}
    assert {name for kind, name in rows if kind == "scenario"} == set(SCENARIOS)
    overall = rows["overall", "all"]
    assert (overall["n"], overall["sessions"]) == (str(QUESTIONS), str(QUESTIONS // 2)) and float(
        overall["stable"]
    ) == 0.8
    assert float(overall["difference_low"]) <= float(overall["difference"]) <= float(overall["difference_high"]) < 0
