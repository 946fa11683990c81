from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from wentu.core.detail import Speed
from wentu.queue import ModelState, VersionState, WorkerState

from .conftest import FakeQueue

SPEED = Speed(0.5, 0.01, 0.0, 0.04)


def seeing(queue: FakeQueue, speed: Speed | None) -> None:
    version = VersionState("qwen3", "openvino", True, "ready", "", True, 0, speed)
    queue.state = WorkerState((version,), ModelState("ready", "r"))


def test_each_setting_of_the_dial_has_its_expected_time(client: FlaskClient, queue: FakeQueue, png: bytes) -> None:
    seeing(queue, SPEED)
    picture = client.post("/v1/pictures", data={"file": (io.BytesIO(png), "a.png")}).json["id"]
    found = client.get(f"/v1/estimate?pictures={picture}").json
    assert found["version"] == "qwen3" and found["queue_s"] == 3.5 and found["token_s"] == 0.04
    assert [one["detail"] for one in found["details"]] == ["quick", "balanced", "precise"]
    # 4 x 3 pixels are enlarged to 64 tokens; two and four parts of at most 1,024 more.
    assert [one["first_token_s"] for one in found["details"]] == [1.1, 1.1, 1.1]
    assert [one["at_most_s"] for one in found["details"]] == pytest.approx([1.1, 21.6, 42.1])


def test_nothing_is_said_where_nothing_is_known(client: FlaskClient, queue: FakeQueue) -> None:
    assert client.get("/v1/estimate").json["details"] == []
    seeing(queue, None)
    assert client.get("/v1/estimate?pictures=pic_none").json["token_s"] is None
    queue.state = None
    assert client.get("/v1/estimate").json["version"] is None


def test_a_named_version_is_looked_up(client: FlaskClient, queue: FakeQueue) -> None:
    seeing(queue, SPEED)
    other = VersionState("old", "openvino", True, "ready", "", False, 0, replace(SPEED, write_s=0.1))
    assert queue.state is not None
    queue.state = replace(queue.state, versions=(*queue.state.versions, other))
    assert client.get("/v1/estimate?model=old").json["token_s"] == 0.1
    assert client.get("/v1/estimate?model=gone").json["version"] is None
