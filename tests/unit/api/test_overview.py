"""The administrator's overview: what it says of a machine that is well, and of one that is not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu.queue import ModelState, VersionState, WorkerState
from wentu.queue.tallies import Sum
from wentu.store import Store

from .conftest import FakeQueue

SUMS = (
    Sum("answer_seconds", ("qwen",), 40.0, 10, {2.5: 4, 5.0: 6}),
    Sum("first_token_seconds", ("qwen",), 10.0, 10, {1.0: 10}),
    Sum("jobs_ended", ("chat", "done"), 7, 7, {}),
    Sum("jobs_ended", ("chat", "timeout"), 1, 1, {}),
    Sum("jobs_ended", ("extract", "done"), 3, 3, {}),
    Sum("refused", ("batch",), 2, 2, {}),
    Sum("refused", ("interactive",), 3, 3, {}),
    Sum("tokens", ("qwen", "completion"), 300, 10, {}),
    Sum("tokens", ("qwen", "prompt"), 9_000, 10, {}),
    Sum("writing_seconds", ("qwen",), 30.0, 10, {}),
)


@pytest.fixture
def busy(queue: FakeQueue) -> FakeQueue:
    queue.counted = SUMS
    versions = (
        VersionState("qwen", "openvino", True, "ready", "", True, memory_bytes=3_000_000_000),
        VersionState("other", "openvino", True, "failed", "the file weights.bin was changed", False),
    )
    queue.state = WorkerState(versions, ModelState("ready", "Qwen/Qwen3-VL"))
    return queue


def look(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/v1/overview")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_it_adds_up_what_all_workers_counted(client: FlaskClient, busy: FakeQueue, store: Store) -> None:
    store.keys.make("agent", name="客服")  # from now on a key is needed
    admin = {"Authorization": f"Bearer {store.keys.make('admin', name='店长').secret}"}
    found = client.get("/v1/overview", headers=admin).json
    assert found["queue"] == {
        "up": True, "waiting": 2, "running": 1, "bound": 64, "workers": 1, "expected_wait_s": 3.5
    }  # fmt: skip
    assert (found["ended"], found["refused"], found["restarts"]) == ({"done": 10, "timeout": 1}, 5, 0)
    qwen, other = found["versions"]
    assert (qwen["answers"], qwen["tokens_per_s"], qwen["memory_bytes"]) == (10, 10.0, 3_000_000_000)
    # The fifth of ten: one sixth into the bucket from 2.5 to 5 s; all ten in the one from 0.5 to 1 s.
    assert qwen["answer_s"] == pytest.approx(2.5 + 2.5 / 6) and qwen["first_token_s"] == pytest.approx(0.75)
    assert other["error"] == "the file weights.bin was changed" and other["answers"] == 0
    assert [(key["name"], key["role"], key["revoked"]) for key in found["keys"]] == [
        ("客服", "agent", False),
        ("店长", "admin", False),
    ]
    assert "version_failed" in found["notices"] and "open_on_loopback" not in found["notices"]
    assert not any("secret" in key for key in found["keys"])


def test_it_says_what_needs_a_person(client: FlaskClient, busy: FakeQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(total=10**11, used=0, free=10**9))
    assert look(client)["notices"] == ["version_failed", "disk_low", "open_on_loopback"]
    busy.gone = True
    found = look(client)
    assert found["notices"][0] == "queue_gone" and not found["queue"]["up"] and found["versions"] == []


def test_it_says_that_nobody_works_or_that_the_reader_answers(client: FlaskClient, busy: FakeQueue) -> None:
    busy.state = None
    assert look(client)["notices"][0] == "no_worker"
    reader = VersionState("reader-1", "reader", False, "ready", "", True)
    busy.state = WorkerState((reader,), ModelState("absent", "Qwen/Qwen3-VL"))
    assert "reader_answers" in look(client)["notices"]


def test_a_picture_that_two_keys_have_takes_its_room_once(client: FlaskClient, busy: FakeQueue, store: Store) -> None:
    for owner in ("one", "two"):
        store.pictures.add(
            b"same bytes", digest="a" * 64, owner=owner, name="", media_type="image/png", width=4, height=3, pages=None
        )
    assert look(client)["storage"]["pictures"] == 1 and look(client)["storage"]["picture_bytes"] == 10


def test_only_administrators_see_it(as_key: Callable[[], FlaskClient], busy: FakeQueue) -> None:
    assert as_key().get("/v1/overview").status_code == 403


def test_a_quantile_without_values_is_none_and_ends_at_the_last_bound() -> None:
    assert Sum("x", (), 0.0, 0, {}).quantile(0.5) is None
    assert Sum("x", (), 999.0, 1, {float("inf"): 1}).quantile(0.5) == 300.0
