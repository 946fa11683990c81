"""Clients that read slowly, go silent, or vanish: they cost others nothing for long."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from PIL import Image

from reliability.conftest import CLIENT_TIMEOUT_S, GRACE_S, THREADS, TOKEN_S, Behind, Note
from running import Running

LONG = "字" * 3_000  # a minute of answer


@pytest.fixture
def http(behind: Behind) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=behind.running.url, timeout=30) as client:
        yield client


def test_slow_readers_and_half_sent_requests_give_their_threads_back(
    behind: Behind, http: httpx.Client, note: Note
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1_400, 1_400, 3), np.uint8)  # 6 MB that no buffer swallows
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    picture = http.post("/v1/pictures", files={"file": file.getvalue()}).json()["id"]
    get = f"GET /v1/pictures/{picture}/content HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()
        slow = [stack.enter_context(knock(behind.running, f"{get}\r\n")) for _ in range(THREADS)]
        half = [stack.enter_context(knock(behind.running, get)) for _ in range(THREADS)]
        for _ in range(3):  # a byte a second each, while all threads are theirs
            for reader in slow:
                reader.recv(1)
            time.sleep(0.3)
        assert http.get("/healthz").status_code == 200
        waited = time.monotonic() - begun
        assert all(ended(one) for one in (*slow, *half))
    print(f"\n{2 * THREADS} slow clients on {THREADS} threads: the next one was answered after {waited:.1f} s")
    note("slow_clients", {"clients": 2 * THREADS, "threads": THREADS, "client_timeout_s": CLIENT_TIMEOUT_S,
                          "next_answered_after_s": round(waited, 2)})  # fmt: skip
    assert waited < 5 * CLIENT_TIMEOUT_S + 6.0
    http.delete(f"/v1/pictures/{picture}")


def test_a_client_that_vanishes_after_the_first_token_is_missed_and_the_engine_is_free(
    behind: Behind, http: httpx.Client, note: Note
) -> None:
    before = engine_threads(behind.running)
    body = json.dumps({"model": "stable", "stream": True, "messages": [{"role": "user", "content": LONG}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    with knock(behind.running, f"{head}Content-Type: application/json\r\n\r\n", body) as client:
        said = b""
        while '"content":"字'.encode() not in said:
            said += client.recv(4_096)
    vanished = time.monotonic()
    job = said.partition(b'"job":"')[2].partition(b'"')[0].decode()
    while (state := http.get(f"/v1/jobs/{job}").json()["state"]) == "running":
        assert time.monotonic() - vanished < 30
        time.sleep(0.02)
    missed = time.monotonic() - vanished
    freed = freed_after(behind.running, before, vanished)
    print(f"\na vanished client's job was cancelled after {missed:.1f} s (grace {GRACE_S:g} s)")
    note("vanished_client", {"grace_s": GRACE_S, "cancelled_after_s": round(missed, 2)})
    assert state == "cancelled" and GRACE_S <= missed < GRACE_S + 3.0
    assert freed < missed + 1.0


def test_a_stop_frees_the_engine_within_a_token(behind: Behind, http: httpx.Client, note: Note) -> None:
    before, freed = engine_threads(behind.running), []
    for _ in range(5):
        job = http.post("/v1/jobs", json={"question": LONG}).json()["id"]
        with http.stream("GET", f"/v1/jobs/{job}/events") as response:
            lines = response.iter_lines()
            while next(lines) != "event: token":
                pass
            stopped = time.monotonic()
            httpx.delete(f"{behind.running.url}/v1/jobs/{job}")
            freed.append(freed_after(behind.running, before, stopped))
            assert any(line == "event: failed" for line in lines)
    print(f"\na stop freed the engine after {1000 * sorted(freed)[2]:.0f} ms (median; a token takes {TOKEN_S} s)")
    note("stop", {"token_s": TOKEN_S, "engine_free_after_ms": [round(1000 * one) for one in freed]})
    # The worker looks ten times a second, and the engine notices at its next token; the rest is for a busy machine.
    assert sorted(freed)[2] < 0.1 + TOKEN_S + 0.5


def knock(running: Running, head: str, body: bytes = b"") -> socket.socket:
    """A connection with a window as small as the kernel allows, and what was sent over it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", urlsplit(running.url).port or 0))
    connection.sendall(head.encode() + body)
    return connection


def ended(connection: socket.socket) -> bool:
    """Whether the server closes it, once what it had sent was read."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def engine_threads(running: Running) -> int:
    """Threads of the engine's process: one more for each answer that it computes."""
    for pid in running.processes():
        if b"wentu.engines.host" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return len([*Path(f"/proc/{pid}/task").iterdir()])
    raise AssertionError("no engine runs")


def freed_after(running: Running, before: int, moment: float) -> float:
    while engine_threads(running) > before:
        assert time.monotonic() - moment < 30
        time.sleep(0.005)
    return time.monotonic() - moment
