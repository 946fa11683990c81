"""The whole service with weights: a tiny random checkpoint through our engines, and another server through `remote`."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from running import Running, environ_for, run_wentu, serving, wait_for_version
from tiny import make_checkpoint
from wentu import samples

SAID = "Tax: 162.50"  # stands on the sample invoice; the tiny model needs a text without a letter twice


def ask(running: Running, **extra: Any) -> dict[str, Any]:
    with httpx.Client(base_url=running.url, timeout=120) as http:
        picture = http.post("/v1/samples/invoice").json()["id"]
        parts = [
            {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}},
            {"type": "text", "text": "价税合计是多少？"},
        ]
        body = {"model": "stable", "messages": [{"role": "user", "content": parts}], "temperature": 0, **extra}
        answer = http.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200, answer.text + running.log.read_text()
        return answer.json()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "Tiny-VL"
    make_checkpoint(folder, says=SAID)
    return folder


def test_weights_brought_by_hand_take_over_without_a_restart(tmp_path: Path, checkpoint: Path) -> None:
    with serving(tmp_path / "data", WENTU_ENGINE__MAX_PIXELS="65536") as running:
        assert ask(running)["wentu"]["status"] == "reader"
        added = run_wentu("models", "add", str(checkpoint), "--name", "tiny-vl", environ=running.environ)
        assert added.returncode == 0, added.stderr
        status = wait_for_version(running, "tiny-vl")
        assert status["sees"] and status["model"]["state"] == "ready"
        answer = ask(running)
        assert answer["choices"][0]["message"]["content"] == SAID
        assert (answer["wentu"]["version"], answer["wentu"]["status"]) == ("tiny-vl", "verified")
        (item,) = answer["wentu"]["evidence"]
        assert item["text"] == "162.50"
        listed = {model["id"]: model["wentu"] for model in httpx.get(f"{running.url}/v1/models").json()["data"]}
        assert listed["tiny-vl"]["stable"] and "reader" in listed
        assert ask(running, model="reader")["wentu"]["status"] == "reader"


def test_the_reference_engine_answers_through_the_service(tmp_path: Path, checkpoint: Path) -> None:
    environ = environ_for(tmp_path / "data")
    assert run_wentu("models", "add", str(checkpoint), "--name", "tiny-vl", environ=environ).returncode == 0
    settings = {"WENTU_ENGINE__NAME": "transformers", "WENTU_ENGINE__MAX_PIXELS": "65536"}
    with serving(tmp_path / "data", **settings) as running:
        deadline = time.monotonic() + 90
        while not httpx.get(f"{running.url}/v1/status").json()["sees"]:
            assert time.monotonic() < deadline, running.log.read_text()
            time.sleep(0.2)
        answer = ask(running, logprobs=True)
        assert answer["wentu"]["engine"] == "transformers"
        assert answer["choices"][0]["message"]["content"] == SAID
        assert answer["choices"][0]["logprobs"]["content"]


def test_another_server_answers_through_remote(tmp_path: Path) -> None:
    """Two services: the second one asks the first as any OpenAI-compatible server."""
    with serving(tmp_path / "first") as first:
        remote = {"WENTU_REMOTE__URL": f"{first.url}/v1", "WENTU_REMOTE__MODEL": "reader"}
        with serving(tmp_path / "second", **remote) as second:
            wait_for_version(second, "remote")
            answer = ask(second)
            assert answer["wentu"]["engine"] == "remote"
            assert "12854.50" in answer["choices"][0]["message"]["content"]
            first.stop()
            parts = [{"role": "user", "content": "还在吗？"}]
            gone = httpx.post(
                f"{second.url}/v1/chat/completions", json={"model": "stable", "messages": parts}, timeout=60
            )
            assert gone.status_code == 503 and gone.json()["error"]["code"] == "engine_unreachable"
            assert ask(second, model="reader")["wentu"]["status"] == "reader"


def test_settings_that_ask_for_weights_that_are_not_there_say_how_to_get_them(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(samples.read("chart"))
    for engine in ("openvino", "transformers"):
        environ = environ_for(tmp_path / "data", WENTU_ENGINE__NAME=engine)
        said = run_wentu("ask", str(picture), "?", environ=environ)
        assert said.returncode == 1 and "wentu models pull" in said.stderr
