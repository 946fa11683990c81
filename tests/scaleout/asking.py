"""Questions to the machines, and what they run."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import redis

from running import processes_of
from scaleout import Machines, Part

TEXT = "".join(chr(0x4E00 + n) for n in range(40))
SETTINGS = {
    "WENTU_ENGINE__NAME": "fake",
    "FAKE_ENGINE_TOKEN_S": "0.02",
    "FAKE_ENGINE_TEXT": TEXT,
    "WENTU_QUEUE__CONCURRENCY": "2",
    "WENTU_QUEUE__MAX_WAITING": "6",
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
    "WENTU_OCR__THREADS": "1",
}


def engine_hosts(made: Machines, machine: str) -> set[int]:
    """Process ids of the engine hosts of one machine."""
    found = processes_of(made.folder / machine)
    return {pid for pid in found if b"wentu.engines.host" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def workers(made: Machines) -> list[Part]:
    """The living workers."""
    return [part for part in made.parts if not part.url and part.process.poll() is None]


def at_work(made: Machines) -> set[int]:
    """Process ids of the workers that have a question at this moment, by the tokens that they took them with."""
    with redis.Redis.from_url(made.shared["WENTU_BROKER_URL"], decode_responses=True) as broker:
        return {int(token.split(":")[1]) for token in broker.hvals("wentu:running")}


def wait_until_at_work(made: Machines, part: Part) -> None:
    until = time.monotonic() + 30
    while part.process.pid not in at_work(made):
        assert time.monotonic() < until, part.log.read_text()
        time.sleep(0.02)


def ask(url: str, question: str = "问", **more: object) -> str:
    response = httpx.post(f"{url}/v1/jobs", json={"question": question, **more}, timeout=20)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def follow(url: str, job: str, last: str = "") -> tuple[str, list[str], list[str]]:
    """What a reader gets from the entry `last` on: the text, the names of the events, their ids."""
    text, names, ids = "", [], []
    headers = {"Last-Event-ID": last} if last else {}
    with httpx.stream("GET", f"{url}/v1/jobs/{job}/events", headers=headers, timeout=30) as response:
        for line in response.iter_lines():
            key, _, value = line.partition(": ")
            if key == "id":
                ids.append(value)
            elif key == "event":
                names.append(value)
            elif key == "data" and names and names[-1] == "token":
                text += json.loads(value)["text"]
    return text, names, ids


def ended(url: str, jobs: list[str], within_s: float = 30.0) -> list[str]:
    """The states of these jobs, once all have ended."""
    until = time.monotonic() + within_s
    while True:
        states = [httpx.get(f"{url}/v1/jobs/{job}", timeout=20).json()["state"] for job in jobs]
        if not {"held", "queued", "running"} & {*states}:
            return states
        assert time.monotonic() < until, states
        time.sleep(0.1)
