"""What counts over all machines: batches, the queue's bound, requests a minute, erasing."""

from __future__ import annotations

import json
import signal
import time

import httpx
import pytest

from running import run_wentu
from scaleout import Machines
from scaleout.asking import TEXT, ask, ended, workers
from wentu.api import create_app
from wentu.core.config import load_settings

pytestmark = pytest.mark.timeout(300)


def test_a_batch_of_one_web_is_done_by_all_and_fetched_from_the_other(a: str, b: str) -> None:
    items = [{"id": f"{n}.jpg", "question": f"q{n}"} for n in range(6)]
    made = httpx.post(f"{a}/v1/batches", json={"items": items, "task": "chat", "name": "批"}, timeout=20).json()
    until = time.monotonic() + 30
    while httpx.get(f"{b}/v1/batches/{made['id']}", timeout=20).json()["done"] < 6:
        assert time.monotonic() < until
        time.sleep(0.1)
    lines = httpx.get(f"{b}/v1/batches/{made['id']}/results", timeout=20).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"{n}.jpg" for n in range(6)]


def test_the_bound_of_the_queue_holds_over_both_webs(started: Machines, a: str, b: str) -> None:
    for part in workers(started):
        part.process.send_signal(signal.SIGSTOP)
    try:
        jobs = [ask((a, b)[number % 2]) for number in range(6)]
        for url in (a, b):
            refused = httpx.post(f"{url}/v1/jobs", json={"question": "one more"}, timeout=20)
            assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
        assert httpx.get(f"{b}/v1/jobs/{jobs[0]}", timeout=20).json()["position"] == 1
    finally:
        for part in workers(started):
            part.process.send_signal(signal.SIGCONT)
    assert ended(a, jobs) == ["done"] * 6


def test_requests_are_counted_over_all_webs(started: Machines, a: str) -> None:
    settings = load_settings(started.environ("c", WENTU_WEB__REQUESTS_PER_MINUTE="5"))
    app = create_app(settings)  # a third web
    for _ in range(3):  # a new minute may begin in between
        for _ in range(6):
            assert httpx.post(f"{a}/v1/sessions", json={}, timeout=20).status_code < 300
        answer = app.test_client().post("/v1/sessions", json={})
        if answer.status_code == 429:
            break
    app.extensions["wentu"].close()
    assert answer.status_code == 429 and answer.json["error"]["code"] == "rate_limited"


def test_who_is_erased_on_one_machine_is_gone_on_all(started: Machines, a: str, b: str) -> None:
    picture = httpx.post(f"{a}/v1/samples/product", timeout=20).json()["id"]
    session = httpx.post(f"{b}/v1/sessions", json={"title": "要忘记的"}, timeout=20).json()["id"]
    job = ask(a, pictures=[f"wentu:{picture}"])
    assert ended(b, [job]) == ["done"]
    done = run_wentu("erase", "--user", "local", "--yes", "--json", environ=started.environ("c"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pictures"] >= 1
    for url in (a, b):
        for address in (f"/v1/pictures/{picture}", f"/v1/sessions/{session}", f"/v1/jobs/{job}"):
            assert httpx.get(f"{url}{address}", timeout=20).status_code == 404, address
    assert not [path for path in (started.folder / "shared" / "pictures").rglob("*") if path.is_file()]


def test_nothing_private_is_in_any_log(started: Machines) -> None:
    said = started.logs()
    assert TEXT[:10] not in said and "only-for-tests" not in said and "Traceback" not in said, said
