from __future__ import annotations

import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import BadRequestError, OpenAI
from PIL import Image

from wentu.core.config import Settings
from wentu.core.types import Answer, Done, Event, Token, Usage
from wentu.queue import Queue
from wentu.store import Store, open_store

from .conftest import web_process

QUESTION = {"messages": [{"role": "user", "content": "图里写了什么?"}]}


@pytest.fixture
def store(data_dir: Path) -> Any:
    opened = open_store(Settings(data_dir=data_dir))
    yield opened
    opened.close()


def answer(text: str) -> Answer:
    return Answer(text, "reader", (), "reader-1", "reader", "stop", Usage(3, 2), {})


def work(queue: Queue, store: Store, events: list[Event]) -> threading.Thread:
    """A worker for the next job: publishes these events."""
    known = set(store.jobs.unfinished())

    def run() -> None:
        deadline = time.monotonic() + 10
        while not (new := [job for job in store.jobs.unfinished() if job not in known]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for event in events:
            queue.publish(new[0], [event])
            if isinstance(event, Done):
                store.jobs.start(new[0])
                store.jobs.finish(new[0], event.answer)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def png_url(width: int = 40, height: int = 30) -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def test_the_openai_client_streams_an_answer_about_a_picture(address: str, queue: Queue, store: Store) -> None:
    worker = work(queue, store, [Token("红色"), Token("的图"), Done(answer("红色的图"))])
    content: Any = [
        {"type": "text", "text": "什么颜色?"},
        {"type": "image_url", "image_url": {"url": png_url(), "detail": "high"}},
    ]
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="stable",
            messages=[{"role": "user", "content": content}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = list(stream)
    worker.join()
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "红色的图"
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 5
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert len(store.jobs.load(chunks[0].model_extra["wentu"]["job"]).query.pictures) == 1  # type: ignore[index]


def test_the_openai_client_gets_a_whole_answer_and_typed_errors(address: str, queue: Queue, store: Store) -> None:
    worker = work(queue, store, [Done(answer("ok"))])
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        completion = client.chat.completions.create(model="stable", messages=[{"role": "user", "content": "q"}])
        worker.join()
        assert completion.choices[0].message.content == "ok"
        assert [model.id for model in client.models.list()] == ["reader-1"]
        with pytest.raises(BadRequestError) as caught:
            client.chat.completions.create(
                model="stable", messages=[{"role": "user", "content": "q"}], temperature=9, extra_body={"top_k": 1}
            )
    assert caught.value.param == "temperature" and caught.value.code == "bad_request"


def test_a_client_that_leaves_in_mid_stream_and_stays_away_is_missed(address: str, queue: Queue) -> None:
    with httpx.stream("POST", f"{address}/v1/chat/completions", json={**QUESTION, "stream": True}) as response:
        lines = response.iter_lines()
        job = json.loads(next(lines).removeprefix("data: "))["wentu"]["job"]
        assert next(line for line in lines if line.startswith(":")) == ": ping"
        assert queue.wish(job) == "go on"
    assert _soon(lambda: queue.wish(job) == "left") and not queue.cancelled(job)


def test_a_client_that_leaves_while_it_waits_cancels_the_job(address: str, queue: Queue, store: Store) -> None:
    known = set(store.jobs.unfinished())
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}/v1/chat/completions", json=QUESTION, timeout=1)
    (job,) = set(store.jobs.unfinished()) - known
    assert _soon(lambda: queue.cancelled(job))


def test_a_photo_of_several_megabytes_is_taken_in_and_comes_back_clean(address: str) -> None:
    noise = Image.effect_noise((2_000, 1_500), 90)
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 2_000_000
    made = httpx.post(f"{address}/v1/pictures", files={"file": ("照片.png", out.getvalue())}, timeout=60)
    assert made.status_code == 201
    content = httpx.get(f"{address}/v1/pictures/{made.json()['id']}/content")
    with Image.open(io.BytesIO(content.content)) as clean:
        assert clean.size == (2_000, 1_500) == (made.json()["width"], made.json()["height"])


def test_a_picture_over_the_limit_is_refused_in_a_way_that_arrives(address: str) -> None:
    response = httpx.post(f"{address}/v1/pictures", files={"file": ("a.png", bytes(30_000_000))}, timeout=30)
    assert response.status_code == 413 and response.json()["error"]["code"] == "image_too_large"


def test_chunked_uploads_are_counted_too(address: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'

    def body() -> Any:
        yield head
        for _ in range(30):
            yield bytes(1_000_000)
        yield b"\r\n--x--\r\n"

    try:
        response = httpx.post(
            f"{address}/v1/pictures",
            content=body(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            timeout=30,
        )
    except (httpx.WriteError, httpx.ReadError):
        return  # refused while it was being sent
    assert response.status_code == 413


def test_garbage_on_the_wire_leaves_the_server_standing(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for data in (b"\0" * 100, b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/pictures HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as raw:
            raw.sendall(data)
            raw.shutdown(socket.SHUT_WR)
            assert b"Traceback" not in raw.recv(65536)
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}


def test_http_1_0_without_a_host_is_refused(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"GET /v1/status HTTP/1.0\r\n\r\n")
        assert b" 403 " in raw.recv(65536).split(b"\r\n")[0]


def test_sigterm_ends_every_process_and_frees_the_port(tmp_path: Path) -> None:
    with web_process(tmp_path) as (address, process):
        children = _children(process.pid)
        assert children
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert _soon(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_killed_master_takes_its_worker_along_in_spite_of_an_open_stream(data_dir: Path, queue: Queue) -> None:
    with web_process(data_dir) as (address, process):
        children = _children(process.pid)
        with httpx.stream("POST", f"{address}/v1/chat/completions", json={**QUESTION, "stream": True}) as response:
            lines = response.iter_lines()  # letting go of it would close the connection
            next(lines)
            process.kill()
            assert _soon(lambda: not any(Path(f"/proc/{child}").exists() for child in children), 15)


def test_another_address_without_a_key_refuses_to_start(tmp_path: Path) -> None:
    environ = {**os.environ, "WENTU_DATA_DIR": str(tmp_path), "WENTU_WEB__HOST": "0.0.0.0"}
    done = subprocess.run([sys.executable, "-m", "wentu.api"], env=environ, capture_output=True, timeout=30)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "WENTU_WEB__HOST" in said and "wentu keys add" in said and "Traceback" not in said


def test_another_address_with_a_key_takes_only_those_who_have_it(tmp_path: Path) -> None:
    opened = open_store(Settings(data_dir=tmp_path))
    secret = opened.keys.make("admin").secret
    opened.close()
    with web_process(tmp_path, WENTU_WEB__HOST="0.0.0.0") as (address, _):
        assert httpx.get(f"{address}/v1/sessions").status_code == 401
        answer = httpx.get(f"{address}/v1/sessions", headers={"Authorization": f"Bearer {secret}"})
        assert answer.json() == {"data": [], "has_more": False}


def _soon(true: Any, seconds: float = 8.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]
