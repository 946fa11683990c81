from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from wentu.core.errors import BadSetting
from wentu.queue import ModelState, VersionState, WorkerState

from .conftest import FakeQueue


def test_status_says_what_answers_and_what_may_be_sent(client: FlaskClient, queue: FakeQueue) -> None:
    model = ModelState("downloading", "Qwen/Qwen3-VL-2B-Instruct", 0.25, "1.1 of 4.4 GB")
    queue.state = WorkerState(
        (
            VersionState("reader-1", "reader", False, "ready", "", False),
            VersionState("qwen3", "openvino", True, "ready", "", True),
        ),
        model,
    )
    status = client.get("/v1/status").json
    assert (status["version"], status["engine"], status["sees"], status["worker"]) == ("qwen3", "openvino", True, True)
    assert status["model"] == {
        "state": "downloading",
        "repo": "Qwen/Qwen3-VL-2B-Instruct",
        "progress": 0.25,
        "message": "1.1 of 4.4 GB",
    }
    assert status["queue"] == {"waiting": 2, "running": 1}
    assert status["limits"]["max_bytes"] == 50_000 and status["limits"]["max_pictures"] == 3


def test_status_answers_without_a_worker(client: FlaskClient, queue: FakeQueue) -> None:
    queue.state = None
    status = client.get("/v1/status").json
    assert status["worker"] is False and status["version"] is None and status["model"]["state"] == "unknown"


def test_status_answers_while_the_queue_is_gone(client: FlaskClient, queue: FakeQueue) -> None:
    queue.gone = True
    assert client.get("/v1/status").json["worker"] is False


def test_models_are_the_versions(client: FlaskClient, queue: FakeQueue) -> None:
    queue.state = WorkerState(
        (VersionState("qwen3", "openvino", True, "failed", "out of memory", True),), ModelState("ready", "r")
    )
    body = client.get("/v1/models").json
    assert body["object"] == "list"
    model = body["data"][0]
    assert (model["id"], model["object"], model["wentu"]["state"]) == ("qwen3", "model", "failed")
    assert model["wentu"]["error"] == "out of memory" and model["wentu"]["stable"] is True


def test_ready_needs_queue_and_worker_while_healthy_needs_neither(
    client: FlaskClient, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").json == {"status": "ready", "queue": True, "worker": True}
    queue.state = None
    response = client.get("/readyz")
    assert response.status_code == 503 and response.json == {"status": "not ready", "queue": True, "worker": False}

    def nowhere() -> None:
        raise BadSetting("there is no queue yet")

    monkeypatch.setattr(queue, "depth", nowhere)
    assert client.get("/readyz").json["queue"] is False
    assert client.get("/healthz").json == {"status": "ok"}
