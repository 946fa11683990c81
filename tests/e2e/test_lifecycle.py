"""Starting, stopping, killing, and starting again."""

import base64
import contextlib
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from running import Running, environ_for, free_port, processes_of, run_wentu, serving, wait_for_version
from wentu import samples


def nothing_left(data_dir: Path, url: str, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while processes_of(data_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


def ask(url: str, text: str, **extra: Any) -> httpx.Response:
    body = {"model": "stable", "messages": [{"role": "user", "content": text}], **extra}
    return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process_and_no_port_behind(tmp_path: Path, number: int) -> None:
    with serving(tmp_path / "data") as running:
        assert ask(running.url, "你好").status_code == 200  # starts an engine host too
        assert len(running.processes()) >= 5
        assert running.stop(number) == 0
        assert nothing_left(running.data_dir, running.url)


def test_a_signal_in_the_middle_of_an_answer_is_obeyed(tmp_path: Path) -> None:
    slow = {"WENTU_ENGINE__NAME": "fake", "FAKE_ENGINE_TOKEN_S": "0.05", "FAKE_ENGINE_TEXT": "字" * 2_000}
    with serving(tmp_path / "data", **slow) as running:
        wait_for_version(running, "fake")
        seen: list[str] = []

        def read() -> None:
            body = {"model": "stable", "stream": True, "messages": [{"role": "user", "content": "?"}]}
            with contextlib.suppress(httpx.HTTPError):
                with httpx.stream("POST", f"{running.url}/v1/chat/completions", json=body, timeout=60) as response:
                    seen.extend(response.iter_lines())

        reader = threading.Thread(target=read)
        reader.start()
        time.sleep(1.5)
        started = time.monotonic()
        running.stop(signal.SIGTERM)
        assert time.monotonic() - started < 30
        assert nothing_left(running.data_dir, running.url)
        reader.join(10)


def test_sigkill_leaves_nothing_that_the_next_start_does_not_adopt_or_clean(tmp_path: Path) -> None:
    slow = {"WENTU_ENGINE__NAME": "fake", "FAKE_ENGINE_TOKEN_S": "0.02", "FAKE_ENGINE_TEXT": "字" * 100}
    run = tmp_path / "data" / "run"
    with serving(tmp_path / "data", **slow) as running:
        wait_for_version(running, "fake")
        jobs = [httpx.post(f"{running.url}/v1/jobs", json={"question": "?"}).json()["id"] for _ in range(6)]
        while httpx.get(f"{running.url}/v1/jobs/{jobs[0]}").json()["state"] != "running":
            time.sleep(0.02)
        running.process.kill()  # four are being answered, two wait
        running.process.wait()
        assert nothing_left(running.data_dir, running.url)
    with serving(tmp_path / "data", **slow) as running:
        wait_for_version(running, "fake")
        for job in jobs:
            until = time.monotonic() + 30
            while (found := httpx.get(f"{running.url}/v1/jobs/{job}").json())["state"] in ("queued", "running"):
                assert time.monotonic() < until
                time.sleep(0.1)
            assert (found["state"], found["text"]) == ("done", "字" * 100)
        engines = [pid for pid in running.processes() if b"wentu.engines.host" in _command(pid)]
        workers = [pid for pid in running.processes() if b"wentu.worker" in _command(pid)]
        assert len([*run.glob("e-*")]) == len(engines)
        assert [path.name for path in run.glob("beat-*")] == [f"beat-{pid}" for pid in workers]


def test_a_second_start_finds_sessions_and_pictures(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with serving(data_dir) as running, httpx.Client(base_url=running.url, timeout=60) as http:
        session = http.post("/v1/sessions", json={}).json()["id"]
        picture = http.post("/v1/pictures", files={"file": samples.read("chart")}).json()["id"]
        parts = [
            {"type": "text", "text": "图里写了什么？"},
            {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}},
        ]
        body = {"model": "stable", "messages": [{"role": "user", "content": parts}], "wentu": {"session": session}}
        said = http.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
        clean = http.get(f"/v1/pictures/{picture}/content").content
    with serving(data_dir) as running, httpx.Client(base_url=running.url, timeout=60) as http:
        kept = http.get(f"/v1/sessions/{session}").json()
        assert kept["messages"][1]["content"][0]["text"] == said
        assert http.get(f"/v1/pictures/{picture}/content").content == clean
        assert [item["id"] for item in http.get("/v1/sessions").json()["data"]] == [session]


def test_a_killed_worker_is_replaced_and_its_question_is_answered(tmp_path: Path) -> None:
    slow = {"WENTU_ENGINE__NAME": "fake", "FAKE_ENGINE_TOKEN_S": "0.05", "FAKE_ENGINE_TEXT": "字" * 50}
    with serving(tmp_path / "data", **slow) as running:
        wait_for_version(running, "fake")
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(ask(running.url, "?")))
        asking.start()
        time.sleep(1.5)
        (worker,) = [pid for pid in running.processes() if b"wentu.worker" in _command(pid)]
        os.kill(worker, signal.SIGKILL)
        killed = time.monotonic()
        asking.join(60)
        assert answers and answers[0].status_code == 200
        assert answers[0].json()["choices"][0]["message"]["content"] == "字" * 50
        print(f"\nanswered again {time.monotonic() - killed:.1f} s after kill -9 of the worker")
        assert time.monotonic() - killed < 20
        deadline = time.monotonic() + 30
        while httpx.get(f"{running.url}/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_second_serve_on_the_same_folder_is_refused_and_harms_nobody(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        second = run_wentu("serve", "--port", str(free_port()), environ=running.environ)
        assert second.returncode == 1 and "another 'wentu serve'" in second.stderr
        assert ask(running.url, "你好").status_code == 200


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run_wentu("serve", "--port", str(taken.getsockname()[1]), environ=environ_for(tmp_path / "data"))
    assert said.returncode == 1 and "can't be used" in said.stderr and "--port" in said.stderr
    assert processes_of(tmp_path / "data") == []


def test_other_addresses_need_a_key_and_a_key_opens_them(tmp_path: Path) -> None:
    environ = environ_for(tmp_path / "data")
    refused = run_wentu("serve", "--host", "0.0.0.0", "--port", str(free_port()), environ=environ)
    assert refused.returncode == 1 and "wentu keys add" in refused.stderr
    assert processes_of(tmp_path / "data") == []
    secret = run_wentu("keys", "add", "shop", environ=environ).stdout.strip()
    with serving(tmp_path / "data", WENTU_WEB__HOST="0.0.0.0") as running:
        assert ask(running.url, "你好").status_code == 401
        headers = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{running.url}/v1/models", headers=headers).status_code == 200
        assert secret not in running.log.read_text()


def test_a_slip_in_a_setting_stops_the_start(tmp_path: Path) -> None:
    said = run_wentu("serve", environ=environ_for(tmp_path / "data", WENTU_WEB__PROT="1"))
    assert said.returncode == 1 and "WENTU_WEB__PROT" in said.stderr and "Traceback" not in said.stderr


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holding(folder: Path, words: str) -> list[str]:
    """Files in which the words stand, in UTF-8 or with JSON's escapes."""
    forms = (words.encode(), json.dumps(words)[1:-1].encode())
    return [str(path) for path in files_in(folder) if any(form in path.read_bytes() for form in forms)]


def test_a_blocked_word_is_refused_held_back_and_with_its_user_erased(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("坏词\n", "utf-8")
    settings = {
        "WENTU_SAFETY__BLOCKED_WORDS": str(words),
        "WENTU_ENGINE__NAME": "fake",
        "FAKE_ENGINE_TEXT": "前面的话坏词后面的话",
    }
    with serving(tmp_path / "data", **settings) as running:
        wait_for_version(running, "fake")
        refused = ask(running.url, "说坏\u200b词")
        assert refused.status_code == 400 and refused.json()["error"]["code"] == "refused"
        mark = "别处没有的一串话"
        picture = "data:image/png;base64," + base64.b64encode(samples.read("invoice")).decode()
        content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": mark}]
        answer = ask(running.url, "", messages=[{"role": "user", "content": content}]).json()
        assert answer["choices"][0]["finish_reason"] == "content_filter"
        assert "坏词" not in str(answer) and "后面" not in str(answer)
        assert holding(tmp_path / "data", mark) and files_in(tmp_path / "data" / "pictures")

        erased = run_wentu("erase", "--user", "local", "--yes", environ=running.environ)
        assert erased.returncode == 0, erased.stderr
        assert holding(tmp_path / "data", mark) == [] and holding(tmp_path / "data", "后面的话") == []
        assert files_in(tmp_path / "data" / "pictures") == []
        log = running.log.read_text()
        assert mark not in log and "坏词" not in log and "后面的话" not in log


def test_an_unreadable_picture_in_a_question_says_which_rule(service: Running) -> None:
    url = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(50)).decode()
    body = {
        "model": "stable",
        "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}],
    }
    answer = httpx.post(f"{service.url}/v1/chat/completions", json=body, timeout=30)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "unreadable_image"


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def test_a_backup_of_the_running_service_is_restored_elsewhere(service: Running, tmp_path: Path) -> None:
    session = httpx.post(f"{service.url}/v1/sessions", json={"title": "留着"}).json()["id"]
    file = tmp_path / "wentu.tar.gz"
    made = run_wentu("backup", str(file), environ=service.environ)
    assert made.returncode == 0, made.stderr
    refused = run_wentu("restore", str(file), environ=service.environ)
    assert refused.returncode == 1 and "another 'wentu serve' runs" in refused.stderr
    other = environ_for(tmp_path / "other")
    restored = run_wentu("restore", str(file), environ=other)
    assert restored.returncode == 0, restored.stderr
    with serving(tmp_path / "other") as running:
        assert httpx.get(f"{running.url}/v1/sessions/{session}").json()["title"] == "留着"
