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
from wentu.rollout.statistics import sample_ratio

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

    def ask(self, session: str | None = None, model: str = "stable", **sampling: float | None) -> dict[str, Any]:
        parts = [
            {"type": "image_url", "image_url": {"url": f"wentu:{self.picture}"}},
            {"type": "text", "text": QUESTION},
        ]
        body = {"model": model, "messages": [{"role": "user", "content": parts}]}
        wanted = {"temperature": 0, "max_tokens": 12, "presence_penalty": 0} | sampling
        extra = {"wentu": {"session": session}} if session else {}
        answer = self.http.post("/v1/chat/completions", json=body | wanted | extra)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told["wentu"] | {"text": told["choices"][0]["message"]["content"]}

    @property
    def trying(self) -> bool:
        return bool(self.http.get("/v1/rollout").json()["aliases"]["mode"] != "off")

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
    decisions = wentu(running, "history")["decisions"][:3]
    assert 0 <= decisions[0]["first_answer_s"] <= warm_s  # the same, as the page shows it
    history = [(one["action"], one["reason"]) for one in decisions]
    assert history == [("rollback", "it is not"), ("promote", "looks fine"), ("canary", "")]
    kept = run_wentu("models", "remove", "worse", "--yes", environ=running.environ)
    assert kept.returncode == 1 and "in use" in kept.stderr


def test_ten_percent_are_sticky_and_split_as_set_until_a_looping_candidate_is_taken_back(
    running: Running, client: Client
) -> None:
    # What it has said it says again: its first token is all that it ever writes.
    wentu(running, "create", "loops", "--from", "sees-bare", "--sampling", "presence_penalty=-50")
    wentu(running, "canary", "loops", "--percent", "10")
    wait_ready(running, "loops")
    first: dict[str, str] = {}
    while client.trying:
        session = client.session()
        told = client.ask(session, max_tokens=200, presence_penalty=None)
        assert (told["version"], told["assigned"]) in {("sees-bare", "control"), ("loops", "canary")}
        first[session] = told["version"]
        if len(first) % 4 == 0:
            assert client.ask(session)["version"] == first[session] or not client.trying
        assert len(first) < 200
    canary = list(first.values()).count("loops")
    assert canary >= 3 and sample_ratio(len(first) - canary, canary, 0.1) > 0.001
    latest = wentu(running, "history")["decisions"][0]
    assert (latest["action"], latest["by"]) == ("rollback", "automatic") and "bad_output_rate" in latest["reason"]
    print(f"\nlooping: taken back after {len(first)} sessions, {canary} of them its own: {latest['reason']}")
    assert client.ask()["version"] == "sees-bare"


def test_policies_and_knowledge_bases_stand_in_the_same_history_and_go_back_by_the_same_button(
    running: Running, client: Client
) -> None:
    publish = {"policy": {"words": [{"text": "what is"}], "note": "nobody may ask"}}
    client.http.post("/v1/policies", json=publish).raise_for_status()
    refused = client.http.post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": "what is in the picture"}]}
    )
    assert refused.status_code == 400, refused.text
    client.http.post("/v1/rollout/rollback", json={"of": "policy", "reason": "too strict"}).raise_for_status()
    assert client.ask()["version"] == "sees-bare"
    for price, stage in (("5", ""), ("6", "true")):
        file = ("goods.csv", f"sku,name,price\nA-1,茶杯,{price}\n".encode())
        form = {"stage": stage} if stage else {}
        client.http.post("/v1/knowledge/imports", files={"file": file}, data=form).raise_for_status()
    staged = client.http.get("/v1/knowledge/versions").json()["staged"]
    client.http.post("/v1/rollout/promote", json={"of": "knowledge", "version": staged}).raise_for_status()
    assert wentu(running, "rollback", "--of", "knowledge", "--why", "wrong list")["previous"] == "2"
    found = client.http.get("/v1/rollout").json()
    assert {one["kind"]: one["aliases"]["stable"] for one in found["others"]} == {"policy": "0", "knowledge": "3"}
    history = [(one["kind"], one["action"], one["by"], one["reason"]) for one in found["history"]][:3]
    assert history[0] == ("knowledge", "rollback", "local", "wrong list")
    assert history[2][:2] == ("knowledge", "promote") and found["history"][3]["reason"] == "too strict"


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
