"""Versions of the running service: tried, promoted, taken back, and refused when somebody touched them."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from PIL import Image

from running import Running, environ_for, run_wentu, serving, wait_for_version
from seeing import CHECKPOINT, QUESTION, caption, draw, learnt_scenes
from seeing.worse import make_worse

SCENE = learnt_scenes()[3]
SETTINGS = {
    "WENTU_OPENVINO__WEIGHTS": "float32",
    "WENTU_OPENVINO__KV_CACHE_MB": "40",
    "WENTU_ENGINE__MAX_PIXELS": "65536",
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
}


def wentu(running: Running, *arguments: str) -> Any:
    done = run_wentu("rollout", *arguments, "--json", environ=running.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def png() -> bytes:
    out = io.BytesIO()
    Image.fromarray(draw(SCENE)).save(out, "PNG")
    return out.getvalue()


class Client:
    """Asks about one drawn picture, each session a conversation of its own."""

    def __init__(self, running: Running) -> None:
        self.http = httpx.Client(base_url=running.url, timeout=120)
        self.picture = self.http.post("/v1/pictures", files={"file": ("a.png", png())}).json()["id"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, session: str | None = None, model: str = "stable") -> dict[str, Any]:
        parts = [
            {"type": "image_url", "image_url": {"url": f"wentu:{self.picture}"}},
            {"type": "text", "text": QUESTION},
        ]
        body = {"model": model, "messages": [{"role": "user", "content": parts}], "temperature": 0, "max_tokens": 12}
        extra = {"wentu": {"session": session}} if session else {}
        answer = self.http.post("/v1/chat/completions", json=body | {"presence_penalty": 0} | extra)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told["wentu"] | {"text": told["choices"][0]["message"]["content"]}

    def session(self) -> str:
        return str(self.http.post("/v1/sessions", json={}).json()["id"])


def add(environ: dict[str, str], folder: Path, name: str) -> None:
    done = run_wentu("models", "add", str(folder), "--name", name, "--copy", environ=environ)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rollout") / "data"
    environ = environ_for(folder, **SETTINGS)
    add(environ, CHECKPOINT, "sees")
    done = run_wentu("rollout", "create", "sees-bare", "--from", "sees", "--prompt", "chat=/dev/null", environ=environ)
    # The worker writes down what is installed; the command does too.
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Running]:
    with serving(data_dir, **SETTINGS) as made:
        wait_for_version(made, "sees")
        yield made


def wait_ready(running: Running, version: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        models = httpx.get(f"{running.url}/v1/models").json()["data"]
        if any(one["id"] == version and one["wentu"]["state"] == "ready" for one in models):
            return
        time.sleep(0.1)
    raise AssertionError(running.log.read_text())


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    with Client(running) as opened:
        yield opened


def test_tried_promoted_and_taken_back(running: Running, client: Client, tmp_path: Path) -> None:
    assert wentu(running, "promote", "sees-bare")["previous"] == "sees"
    wait_for_version(running, "sees-bare")
    assert client.ask()["text"] == caption(SCENE)

    # A newer model does not take over by itself any more; it is tried.
    add(running.environ, make_worse(tmp_path / "worse"), "worse")
    wentu(running, "create", "worse-bare", "--from", "worse", "--prompt", "chat=/dev/null")
    wentu(running, "canary", "worse-bare", "--percent", "50")
    wait_ready(running, "worse-bare")
    sessions = [client.session() for _ in range(12)]
    told = {session: client.ask(session) for session in sessions}
    assert {one["version"] for one in told.values()} == {"sees-bare", "worse-bare"}
    assert {(one["version"], one["assigned"]) for one in told.values()} <= {
        ("sees-bare", "control"),
        ("worse-bare", "canary"),
    }
    for session in sessions[:3]:
        assert client.ask(session)["version"] == told[session]["version"]

    wentu(running, "promote", "--why", "looks fine")
    assert client.ask()["version"] == "worse-bare"
    started = time.monotonic()
    client.http.post("/v1/rollout/rollback", json={"reason": "it is not"}).raise_for_status()
    answer = client.ask()
    warm_s = time.monotonic() - started
    assert answer["version"] == "sees-bare" and answer["text"] == caption(SCENE)
    print(f"\nrollback, warm: {warm_s:.2f} s from the button to the whole first answer of the old version")
    assert warm_s < 2.0
    history = [(one["action"], one["reason"]) for one in wentu(running, "history")["decisions"]][:3]
    assert history == [("rollback", "it is not"), ("promote", "looks fine"), ("canary", "")]
    kept = run_wentu("models", "remove", "worse", "--yes", environ=running.environ)
    assert kept.returncode == 1 and "in use" in kept.stderr


def test_a_tampered_file_is_refused_by_name_and_the_canary_taken_back(
    running: Running, client: Client, tmp_path: Path
) -> None:
    add(running.environ, make_worse(tmp_path / "touched", seed=1), "touched")
    weights = running.data_dir / "models" / "touched" / "tokenizer_config.json"
    wentu(running, "status")  # writes the version down
    weights.write_bytes(weights.read_bytes().replace(b"false", b"true ", 1))
    wentu(running, "canary", "touched", "--percent", "10")
    deadline = time.monotonic() + 30
    while (state := wentu(running, "status"))["aliases"]["mode"] != "off":
        assert time.monotonic() < deadline, state
        time.sleep(0.3)
    latest = wentu(running, "history")["decisions"][0]
    assert latest["by"] == "automatic" and "tokenizer_config.json of version 'touched'" in latest["reason"]
    assert client.ask()["version"] == "sees-bare"


def test_a_cold_rollback_takes_no_longer_than_loading(running: Running, data_dir: Path) -> None:
    running.stop()
    # So little memory is left that the way back is not kept warm.
    with serving(data_dir, **SETTINGS, WENTU_ROLLOUT__MIN_FREE_MB="100000000") as again, Client(again) as client:
        wait_for_version(again, "sees-bare")
        previous = wentu(again, "status")["aliases"]["previous"]
        states = {one["id"]: one["wentu"]["state"] for one in client.http.get("/v1/models").json()["data"]}
        assert states[previous] == "cold"
        started = time.monotonic()
        wentu(again, "rollback")
        assert client.ask()["version"] == previous
        print(f"\nrollback, cold: {time.monotonic() - started:.2f} s with loading {previous}")
