from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu.core.errors import EngineTimeout, ImageTooLarge
from wentu.core.types import Done, Failed, Progress, Retract, Stored, Token
from wentu.store import Store

from .conftest import ANSWER, FakeIntake, FakeQueue

URL = "/v1/chat/completions"
DATA_URL = "data:image/png;base64,AAAA"


def user(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "content": [text(one) if isinstance(one, str) else one for one in parts]}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def picture(url: str = DATA_URL) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def ask(client: FlaskClient, *parts: Any, **fields: Any) -> Any:
    return client.post(URL, json={"messages": [user(*parts)], **fields})


def events_of(body: str) -> list[tuple[str | None, Any]]:
    """(id, data) of each server-sent event, comments left out."""
    found = []
    for block in body.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            data = fields["data"]
            found.append((fields.get("id"), data if data == "[DONE]" else json.loads(data)))
    return found


def test_an_answer_has_openai_s_form_and_its_evidence(client: FlaskClient) -> None:
    response = ask(client, "合计多少?", picture(), model="stable", logprobs=True, top_logprobs=2)
    assert response.status_code == 200
    body = response.json
    assert body["object"] == "chat.completion" and body["id"].startswith("chatcmpl-")
    choice = body["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "合计 128 元", "refusal": None}
    assert choice["finish_reason"] == "stop"
    token = choice["logprobs"]["content"][0]
    assert token["token"] == "合计" and bytes(token["bytes"]).decode() == "合计"
    assert token["top_logprobs"][1]["logprob"] == -9999.0
    assert body["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 4,
        "total_tokens": 14,
        "prompt_tokens_details": {"cached_tokens": 2},
    }
    evidence = body["wentu"]["evidence"][0]
    assert evidence["picture_id"].startswith("pic_") and evidence["polygon"][2] == [9, 5]
    assert client.get(f"/v1/pictures/{evidence['picture_id']}").status_code == 200


def test_the_worker_gets_the_question_as_it_was_asked(client: FlaskClient, queue: FakeQueue) -> None:
    messages = [{"role": "developer", "content": "Be short."}, {"role": "user", "content": "a"}]
    messages += [{"role": "assistant", "content": None}, user("b", picture(), "c")]
    sampling = {"temperature": 0, "top_p": 0.5, "seed": 7, "stop": "。", "max_completion_tokens": 9, "logprobs": True}
    assert client.post(URL, json={"messages": messages, **sampling, "unknown": {"x": 1}}).status_code == 200
    query = queue.query()
    assert [message.role for message in query.messages] == ["system", "user", "assistant", "user"]
    assert query.messages[-1].parts[0] == "b" and isinstance(query.messages[-1].parts[1], Stored)
    assert query.owner == "local" and query.session is None
    assert query.sampling.temperature == 0 and query.sampling.stop == ("。",)
    assert (query.sampling.max_tokens, query.sampling.seed, query.sampling.logprobs) == (9, 7, 0)


def test_a_json_schema_reaches_the_worker(client: FlaskClient, queue: FakeQueue) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "array"}}}
    assert ask(client, "q", response_format=wanted).status_code == 200
    assert json.loads(queue.query().options["json_schema"]) == {"type": "array"}


def test_a_stream_has_openai_s_chunks_with_ids_pings_and_an_end(client: FlaskClient) -> None:
    response = ask(client, "合计多少?", stream=True, stream_options={"include_usage": True}, wentu={"progress": True})
    assert response.mimetype == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-cache" and response.headers["X-Accel-Buffering"] == "no"
    body = response.get_data(as_text=True)
    assert ": ping\n\n" in body
    events = events_of(body)
    assert events[0][1]["wentu"]["event"] == "accepted" and events[0][1]["wentu"]["job"].startswith("job_")
    assert events[0][1]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert events[1][1]["wentu"] == {
        "event": "progress",
        "stage": "queued",
        "fraction": None,
        "position": 1,
        "wait_s": 0.5,
    }
    assert "".join(data["choices"][0]["delta"].get("content", "") for _, data in events[:-2]) == ANSWER.text
    assert [entry for entry, _ in events[1:4]] == ["1-0", "2-0", "4-0"]
    done = events[-3][1]
    assert done["choices"][0]["finish_reason"] == "stop" and done["wentu"]["event"] == "done"
    assert done["wentu"]["status"] == "grounded" and done["choices"][0]["logprobs"]["content"]
    assert events[-2][1]["choices"] == [] and events[-2][1]["usage"]["total_tokens"] == 14
    assert events[-1][1] == "[DONE]"


def test_progress_is_sent_only_to_those_who_asked(client: FlaskClient) -> None:
    body = ask(client, "q", stream=True).get_data(as_text=True)
    assert [data["wentu"]["event"] for _, data in events_of(body)[:-1] if "wentu" in data] == ["accepted", "done"]


def test_a_retraction_is_passed_on_and_ends_as_content_filter(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("bad"), Retract(0, "keywords", "…"), Done(ANSWER)]
    events = events_of(ask(client, "q", stream=True).get_data(as_text=True))
    assert events[2][1]["wentu"] == {"event": "retract", "offset": 0, "rule": "keywords", "replacement": "…"}
    assert events[3][1]["choices"][0]["finish_reason"] == "content_filter"
    assert ask(client, "q").json["choices"][0]["finish_reason"] == "content_filter"


def test_an_engine_s_error_has_its_code_and_status(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [EngineTimeout("300 s were not enough", seconds=300).as_event()]
    response = ask(client, "q")
    assert response.status_code == 504 and response.json["error"]["code"] == "engine_timeout"
    assert response.json["error"]["params"] == {"seconds": "300"}
    events = events_of(ask(client, "q", stream=True).get_data(as_text=True))
    assert events[1][1]["error"]["code"] == "engine_timeout" and events[2][1] == "[DONE]"


def test_an_exception_in_mid_stream_tells_nothing_of_itself(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("a"), RuntimeError("secret text of a library")]
    body = ask(client, "q", stream=True).get_data(as_text=True)
    assert "secret" not in body
    error = events_of(body)[2][1]["error"]
    assert error["code"] == "internal_error" and error["params"]["reference"] in error["hint"]


def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("a")]
    events = events_of(ask(client, "q", stream=True).get_data(as_text=True))
    assert events[-2][1]["error"]["code"] == "engine_error"
    assert ask(client, "q").status_code == 500


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_client_that_leaves_its_stream_may_come_back(client: FlaskClient, queue: FakeQueue, chunks: int) -> None:
    response = client.post(URL, json={"messages": [user("q")], "stream": True}, buffered=False)
    stream = response.iter_encoded()
    for _ in range(chunks):
        next(stream)
    response.close()
    assert queue.leaving == queue.submitted and not queue.cancelled


def test_a_stream_read_to_its_end_is_not_cancelled(client: FlaskClient, queue: FakeQueue) -> None:
    ask(client, "q", stream=True).get_data()
    assert queue.submitted and not queue.leaving and not queue.cancelled


def test_a_full_queue_says_when_to_come_back_and_keeps_nothing(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    session = client.post("/v1/sessions", json={}).json["id"]
    queue.full = True
    response = ask(client, "q", wentu={"session": session})
    assert response.status_code == 429 and response.headers["Retry-After"] == "7"
    assert response.json["error"]["code"] == "busy" and response.json["error"]["type"] == "rate_limit_error"
    whole = client.get(f"/v1/sessions/{session}").json
    assert whole["messages"] == [] and whole["head"] is None and store.jobs.unfinished() == ()


@pytest.mark.parametrize("address", ["/v1/chat/completions", "/v1/jobs"])
def test_a_crowded_queue_refuses_before_a_picture_is_taken_or_a_row_is_written(
    client: FlaskClient, queue: FakeQueue, intake: FakeIntake, store: Store, address: str
) -> None:
    intake.refuse = AssertionError("a picture was looked at")
    queue.crowded = True
    parts = [{"type": "image_url", "image_url": {"url": DATA_URL}}]
    body = {"messages": [{"role": "user", "content": parts}]} if "chat" in address else {"pictures": [DATA_URL]}
    response = client.post(address, json=body)
    assert response.status_code == 429 and response.headers["Retry-After"] == "7" and not queue.submitted
    queue.crowded = False
    assert client.post(address, json=body).status_code == 500  # now it is looked at


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "a"}]}, "messages"),
        ({"messages": [user("  ")]}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"messages": [user({"type": "input_audio", "input_audio": {}})]}, "messages[0].content[0]"),
        ({"messages": [user("a", {"type": "image_url", "image_url": {}})]}, "messages[0].content[1].image_url.url"),
        ({"messages": [user(picture("ftp://x/y.png"))]}, "messages[0].content[0].image_url.url"),
        ({"messages": [user(picture("data:text/html,x"))]}, "messages[0].content[0].image_url.url"),
        ({"n": 2}, "n"),
        ({"temperature": 2.5}, "temperature"),
        ({"temperature": "0.5"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 10**30}, "max_tokens"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"stop": [""]}, "stop[0]"),
        ({"stream": "yes"}, "stream"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.schema"),
        ({"wentu": {"parent": None}}, "wentu.parent"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(
    client: FlaskClient, queue: FakeQueue, fields: dict[str, Any], param: str
) -> None:
    response = client.post(URL, json={"messages": [user("q")], **fields})
    assert response.status_code == 400
    assert response.json["error"]["param"] == param
    assert response.json["error"]["type"] == "invalid_request_error" and response.json["error"]["message"]
    assert "pydantic" not in response.get_data(as_text=True) and not queue.submitted


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"messages": [], "temperature": NaN}'],
)
def test_garbage_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    response = client.post(URL, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json["error"]["code"] == "bad_request"


def test_half_a_surrogate_pair_is_a_bad_request(client: FlaskClient) -> None:
    response = client.post(
        URL, data=rb'{"messages": [{"role": "user", "content": "\ud800"}]}', content_type="application/json"
    )
    assert response.status_code == 400


def test_a_refused_picture_names_its_rule_and_its_place(client: FlaskClient, intake: FakeIntake) -> None:
    intake.refuse = ImageTooLarge("the picture has 50 MP", max_pixels=40_000_000)
    response = ask(client, "q", picture())
    assert response.status_code == 413
    error = response.json["error"]
    assert (error["code"], error["param"]) == ("image_too_large", "messages[0].content[1].image_url.url")
    assert error["params"] == {"max_pixels": "40000000"} and error["hint"]


def test_too_many_pictures_are_refused_before_one_is_decoded(client: FlaskClient, intake: FakeIntake) -> None:
    intake.refuse = AssertionError("decoded")
    response = ask(client, "q", *[picture()] * 4)
    assert response.status_code == 400 and response.json["error"]["code"] == "too_many_pictures"
    assert response.json["error"]["params"]["max_pictures"] == "3"


def test_the_same_picture_sent_twice_is_kept_once(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    ask(client, "q", picture())
    ask(client, "q", picture())
    first, second = (store.jobs.load(job).picture_ids for job in queue.submitted)
    assert first == second


def test_links_go_through_intake(client: FlaskClient, intake: FakeIntake) -> None:
    assert ask(client, "q", picture("https://pictures.example/a.png")).status_code == 200
    assert intake.links == ["https://pictures.example/a.png"]


def test_an_unknown_version_is_refused_before_the_queue(client: FlaskClient, queue: FakeQueue) -> None:
    response = ask(client, "q", model="gpt-4o")
    assert response.status_code == 404 and response.json["error"]["code"] == "unknown_version"
    assert response.json["error"]["param"] == "model" and not queue.submitted
    assert ask(client, "q", model="reader-1").status_code == 200


def test_a_failed_question_keeps_its_error_for_later(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    session = client.post("/v1/sessions", json={}).json["id"]
    failed = Failed("engine_timeout", "too slow", "ask again", True)

    def script(query: Any) -> list[Any]:
        store.jobs.fail(queue.submitted[-1], failed)
        return [Progress("writing"), failed]

    queue.script = script
    ask(client, "q", wentu={"session": session})
    answer = client.get(f"/v1/sessions/{session}").json["messages"][1]
    assert answer["state"] == "failed" and answer["error"]["code"] == "engine_timeout"


def test_an_end_that_the_stream_lost_comes_from_the_database(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    def script(query: Any) -> list[Any]:
        store.jobs.start(queue.submitted[-1])
        store.jobs.finish(queue.submitted[-1], ANSWER)
        return [Token("合计 128 元"), *[None] * 9]

    queue.script = script
    events = events_of(ask(client, "q", stream=True).get_data(as_text=True))
    assert events[-2][1]["choices"][0]["finish_reason"] == "stop" and events[-1][1] == "[DONE]"
    assert ask(client, "q").json["choices"][0]["message"]["content"] == ANSWER.text
    assert not queue.cancelled


def test_a_question_whose_session_is_deleted_ends(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    session = client.post("/v1/sessions", json={}).json["id"]

    def script(query: Any) -> list[Any]:
        store.sessions.delete(session, owner="local")
        return [None] * 9

    queue.script = script
    events = events_of(ask(client, "q", stream=True, wentu={"session": session}).get_data(as_text=True))
    assert events[-2][1]["error"]["code"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "extra", "detail"),
    [
        ("auto", {}, None),
        ("low", {}, "quick"),
        ("high", {}, "precise"),
        ("high", {"detail": "quick"}, "quick"),
        ("auto", {"detail": "balanced"}, "balanced"),
    ],
)
def test_how_closely_to_look_is_asked_in_our_words_or_openais(
    client: FlaskClient, queue: FakeQueue, sent: str, extra: dict[str, str], detail: str | None
) -> None:
    parts = [{"type": "image_url", "image_url": {"url": DATA_URL, "detail": sent}}, {"type": "text", "text": "q"}]
    body = {"messages": [{"role": "user", "content": parts}], "wentu": extra}
    assert client.post("/v1/chat/completions", json=body).status_code == 200
    assert queue.query().options.get("detail") == detail


def test_a_look_that_is_none_is_refused_by_name(client: FlaskClient) -> None:
    for path, body in (("/v1/chat/completions", {"messages": [{"role": "user", "content": "q"}]}), ("/v1/jobs", {})):
        asked = {"wentu": {"detail": "ultra"}} if "chat" in path else {"question": "q", "options": {"detail": "ultra"}}
        response = client.post(path, json=body | asked)
        assert response.status_code == 400 and "detail" in response.json["error"]["param"]
