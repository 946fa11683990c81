"""A full disk: a clear error, nothing corrupt, and everything works again once there is room."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from reliability import SOAK
from reliability.conftest import Note
from running import serving, wait_for_version
from wentu import samples

TEXT = "字" * 60
SETTINGS = {
    "WENTU_ENGINE__NAME": "fake",
    "FAKE_ENGINE_TOKEN_S": "0.02",
    "FAKE_ENGINE_TEXT": TEXT,
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
    "WENTU_OCR__THREADS": "1",
}
FULL_S = 10.0 if SOAK else 2.5
SIZE = "24m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file system of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a file system to fill")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_named_harms_nothing_and_passes(small_disk: Path, note: Note) -> None:
    with serving(small_disk, **SETTINGS) as running, httpx.Client(base_url=running.url, timeout=60) as http:
        wait_for_version(running, "fake")
        kept = upload(http).json()["id"]
        picture = http.get(f"/v1/pictures/{kept}/content").content
        job = http.post("/v1/jobs", json={"question": "?"}).json()["id"]
        fill(small_disk)
        refused = [(answer.status_code, answer.json()["error"]["code"]) for answer in asked_for(FULL_S, http)]
        assert {status for status, _ in refused} == {507}, refused
        assert {code for _, code in refused} <= {"disk_full", "queue_disk_full"}
        assert http.get(f"/v1/pictures/{kept}/content").content == picture  # what is there can be read
        (small_disk / "ballast").unlink()
        emptied = time.monotonic()
        while (answer := ask(http)).status_code != 200:
            assert time.monotonic() - emptied < 30, answer.text
            time.sleep(0.1)
        recovered = time.monotonic() - emptied
        assert answer.json()["choices"][0]["message"]["content"] == TEXT
        assert upload(http).status_code == 201
        begun_before = ended(http, job)
        assert begun_before["state"] == "done" and begun_before["text"] == TEXT
        again = http.get(f"/v1/pictures/{kept}/content").content
        assert again == picture
    print(f"\nfull disk: {len(refused)} uploads refused with {sorted({code for _, code in refused})}; ", end="")
    print(f"answers again {recovered:.1f} s after there was room, whole")
    note("disk_full", {"refused": len(refused), "answered_after_s": round(recovered, 2)})
    assert intact(small_disk)
    if SOAK:  # the queue's log is whole too
        with serving(small_disk, **SETTINGS) as running, httpx.Client(base_url=running.url) as http:
            assert http.get(f"/v1/pictures/{kept}/content").content == picture


def test_a_start_on_a_full_disk_says_so(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(AssertionError, match="no room on"):
        with serving(small_disk, ready_s=20):
            pass


def fill(folder: Path) -> None:
    """Leaves not a byte."""
    with (folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4_096))


def upload(http: httpx.Client) -> httpx.Response:
    return http.post("/v1/pictures", files={"file": samples.read("chart")})


def asked_for(seconds: float, http: httpx.Client) -> Iterator[httpx.Response]:
    """The answers to uploads, one after another."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield http.post("/v1/pictures", files={"file": samples.read("invoice")})
        time.sleep(0.1)


def ask(http: httpx.Client) -> httpx.Response:
    body = {"model": "stable", "messages": [{"role": "user", "content": "?"}]}
    return http.post("/v1/chat/completions", json=body)


def ended(http: httpx.Client, job: str, within_s: float = 60.0) -> dict[str, object]:
    until = time.monotonic() + within_s
    while True:
        found: dict[str, object] = http.get(f"/v1/jobs/{job}").json()
        if found["state"] not in ("queued", "running"):
            return found
        assert time.monotonic() < until, found
        time.sleep(0.1)


def intact(folder: Path) -> bool:
    with contextlib.closing(sqlite3.connect(folder / "wentu.db")) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))
