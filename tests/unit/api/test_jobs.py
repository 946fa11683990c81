from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu.core.errors import EngineCrashed, UnknownJob
from wentu.core.types import RESTARTED, Done, Progress, Retract, Token
from wentu.store import Store

from .conftest import ANSWER, FakeQueue


def data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def events_of(text: str) -> list[dict[str, str]]:
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]  # type: ignore[misc]


def make(client: FlaskClient, **body: Any) -> str:
    response = client.post("/v1/jobs", json={"question": "合计?", **body})
    assert response.status_code == 202, response.json
    job: str = response.json["id"]
    return job


def test_a_job_is_taken_at_once_and_says_where_it_stands(client: FlaskClient, queue: FakeQueue, png: bytes) -> None:
    response = client.post(
        "/v1/jobs", json={"task": "chat", "pictures": [data_url(png)], "question": "合计?", "options": {"a": "b"}}
    )
    assert response.status_code == 202 and response.headers["Location"] == f"/v1/jobs/{response.json['id']}"
    assert (response.json["state"], response.json["position"], response.json["wait_s"]) == ("queued", 2, 1.5)
    query = queue.query()
    assert (query.task, query.question, dict(query.options)) == ("chat", "合计?", {"a": "b"}) and len(
        query.pictures
    ) == 1


def test_an_ended_job_has_its_answer(client: FlaskClient, store: Store) -> None:
    job = make(client)
    store.jobs.start(job)
    store.jobs.finish(job, ANSWER)
    shown = client.get(f"/v1/jobs/{job}").json
    assert (shown["state"], shown["text"], shown["attempt"], shown["position"]) == ("done", ANSWER.text, 1, None)
    assert shown["usage"]["total_tokens"] == 14 and shown["wentu"]["version"] == "reader-1" and shown["error"] is None


def test_its_events_have_names_and_ids_and_an_end(client: FlaskClient) -> None:
    events = events_of(client.get(f"/v1/jobs/{make(client)}/events").get_data(as_text=True))
    assert [event["event"] for event in events] == ["progress", "token", "token", "done"]
    assert [event["id"] for event in events] == ["1-0", "2-0", "4-0", "5-0"]


def test_a_failure_is_the_end_too_and_the_error_is_kept(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    failed = EngineCrashed("it broke").as_event()
    queue.script = lambda query: [Retract(0, RESTARTED, ""), Progress("writing"), failed]
    job = make(client)
    store.jobs.fail(job, failed)
    events = events_of(client.get(f"/v1/jobs/{job}/events").get_data(as_text=True))
    assert [event["event"] for event in events] == ["retract", "progress", "failed"]
    assert '"engine_crashed"' in events[-1]["data"]
    assert client.get(f"/v1/jobs/{job}").json["error"]["code"] == "engine_crashed"


def test_a_stream_that_is_no_longer_kept_ends_from_the_database(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    queue.script = lambda query: [UnknownJob("no longer kept")]
    job = make(client)
    store.jobs.start(job)
    store.jobs.finish(job, ANSWER)
    (end,) = events_of(client.get(f"/v1/jobs/{job}/events").get_data(as_text=True))
    assert end["event"] == "done" and ANSWER.text in end["data"]


@pytest.mark.parametrize("wrong", ["$", "abc", "1-x", "１-0", "-", "1" * 50])
def test_a_wrong_last_event_id_is_refused(client: FlaskClient, wrong: str) -> None:
    response = client.get(f"/v1/jobs/{make(client)}/events", headers={"Last-Event-ID": wrong.encode().decode("latin1")})
    assert response.status_code == 400


def test_who_leaves_the_events_may_come_back(client: FlaskClient, queue: FakeQueue) -> None:
    job = make(client)
    response = client.get(f"/v1/jobs/{job}/events", buffered=False)
    next(response.iter_encoded())
    response.close()
    assert queue.leaving == [job] and not queue.cancelled


def test_a_delete_stops_an_open_job_and_leaves_an_ended_one(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    job = make(client)
    assert client.delete(f"/v1/jobs/{job}").status_code == 204 and queue.cancelled == [job]
    store.jobs.finish(job, ANSWER)
    assert client.delete(f"/v1/jobs/{job}").status_code == 204 and queue.cancelled == [job]


def test_another_keys_job_is_unknown(client: FlaskClient, store: Store, as_key: Callable[[], FlaskClient]) -> None:
    mine, other = as_key(), as_key()
    job = mine.post("/v1/jobs", json={"question": "q"}).json["id"]
    for answer in (other.get(f"/v1/jobs/{job}"), other.get(f"/v1/jobs/{job}/events"), other.delete(f"/v1/jobs/{job}")):
        assert answer.status_code == 404 and answer.json["error"]["code"] == "unknown_job"


def test_an_empty_job_and_a_full_queue_are_refused_and_keep_nothing(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    assert client.post("/v1/jobs", json={}).status_code == 400
    queue.full = True
    full = client.post("/v1/jobs", json={"question": "q"})
    assert full.status_code == 429 and full.headers["Retry-After"] == "7" and store.jobs.unfinished() == ()


def test_a_message_that_is_being_written_names_its_job(client: FlaskClient, queue: FakeQueue) -> None:
    session = client.post("/v1/sessions", json={}).json["id"]
    queue.script = lambda query: [Token("half")]
    body = {"messages": [{"role": "user", "content": "q"}], "stream": True, "wentu": {"session": session}}
    client.post("/v1/chat/completions", json=body).get_data()
    question, answer = client.get(f"/v1/sessions/{session}").json["messages"]
    assert question["job"] is None and answer["job"] == queue.submitted[0] and answer["state"] == "streaming"


def test_what_was_retracted_for_a_restart_is_no_content_filter(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("x"), Retract(0, RESTARTED, ""), Token(ANSWER.text), Done(ANSWER)]
    body: dict[str, Any] = {"messages": [{"role": "user", "content": "q"}]}
    whole = client.post("/v1/chat/completions", json=body).json
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert '"content_filter"' not in client.post("/v1/chat/completions", json={**body, "stream": True}).text
