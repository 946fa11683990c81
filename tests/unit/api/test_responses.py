from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu.core.errors import EngineTimeout, UnreadableImage
from wentu.core.types import Done, Retract, Stored, Token
from wentu.store import Store

from .conftest import ANSWER, FakeIntake, FakeQueue

URL = "/v1/responses"


def image(url: str = "data:image/png;base64,AAAA") -> dict[str, Any]:
    return {"type": "input_image", "image_url": url, "detail": "auto"}


def text(value: str) -> dict[str, Any]:
    return {"type": "input_text", "text": value}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}


def ask(client: FlaskClient, given: Any = "合计多少?", **fields: Any) -> Any:
    return client.post(URL, json={"input": given, **fields})


def events_of(response: Any) -> list[dict[str, Any]]:
    """The data of each event; its name must be its type."""
    found = []
    for block in response.get_data(as_text=True).split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            data = json.loads(fields["data"])
            assert fields["event"] == data["type"]
            found.append(data)
    return found


def test_an_answer_has_the_api_s_form_and_its_evidence(client: FlaskClient, queue: FakeQueue) -> None:
    body = ask(client, [user(text("合计多少?"), image())], instructions="Be short.", metadata={"shop": "7"}).json
    assert body["object"] == "response" and body["id"].startswith("resp_") and body["status"] == "completed"
    (item,) = body["output"]
    assert item["role"] == "assistant" and item["content"][0]["text"] == "合计 128 元"
    assert body["usage"]["input_tokens"] == 10 and body["usage"]["total_tokens"] == 14
    assert body["metadata"] == {"shop": "7"} and body["instructions"] == "Be short."
    assert body["wentu"]["evidence"][0]["text"] == "128"
    query = queue.query()
    assert [one.role for one in query.messages] == ["system", "user"]
    assert query.messages[1].parts[0] == "合计多少?" and isinstance(query.messages[1].parts[1], Stored)


def test_a_question_goes_on_after_an_answer_in_the_same_session(client: FlaskClient, queue: FakeQueue) -> None:
    first = ask(client, "one", instructions="old").json
    second = ask(client, "two", previous_response_id=first["id"], instructions="new").json
    assert [one.text for one in queue.query().messages] == ["new", "one", "合计 128 元", "two"]
    assert second["previous_response_id"] == first["id"] and second["store"] is True
    assert second["wentu"]["session"] == first["wentu"]["session"]
    kept = client.get(f"{URL}/{second['id']}").json
    assert kept["output"] == second["output"] and kept["previous_response_id"] == first["id"]
    session = client.get(f"/v1/sessions/{first['wentu']['session']}").json
    assert [one["role"] for one in session["messages"]] == ["user", "assistant", "user", "assistant"]


def test_what_is_not_to_be_kept_is_not_kept(client: FlaskClient, queue: FakeQueue) -> None:
    alone = ask(client, "q", store=False).json
    history = [
        user(text("one")),
        {"role": "assistant", "content": [{"type": "output_text", "text": "1"}]},
        user(text("two")),
    ]
    whole = ask(client, history).json
    assert [one.text for one in queue.query().messages] == ["one", "1", "two"]
    assert alone["store"] is whole["store"] is False
    assert client.get("/v1/sessions").json["data"] == []
    assert client.get(f"{URL}/{alone['id']}").status_code == 404


def test_a_stream_has_the_api_s_events_in_their_order(client: FlaskClient) -> None:
    events = events_of(ask(client, "q", stream=True))
    assert [one["type"] for one in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [one["sequence_number"] for one in events] == list(range(10))
    assert "".join(one["delta"] for one in events if one["type"].endswith("delta")) == ANSWER.text
    last = events[-1]["response"]
    assert last["status"] == "completed" and last["id"] == events[0]["response"]["id"]
    assert last["output"][0]["id"] == events[2]["item"]["id"] == events[4]["item_id"]


def test_words_that_were_taken_back_are_missing_at_the_end(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("bad"), Retract(0, "keywords", "…"), Done(replace(ANSWER, text="…"))]
    events = {one["type"]: one for one in events_of(ask(client, "q", stream=True))}
    assert events["wentu.retract"]["offset"] == 0 and events["response.output_text.done"]["text"] == "…"
    assert events["response.incomplete"]["response"]["incomplete_details"] == {"reason": "content_filter"}


def test_an_answer_that_was_cut_says_why(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Done(replace(ANSWER, finish_reason="length"))]
    body = ask(client, "q", max_output_tokens=4).json
    assert body["status"] == "incomplete" and body["incomplete_details"] == {"reason": "max_output_tokens"}
    assert queue.query().sampling.max_tokens == 4


def test_a_failure_is_the_last_event_and_tells_nothing_of_a_library(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [EngineTimeout("300 s were not enough").as_event()]
    last = events_of(ask(client, "q", stream=True))[-1]
    assert last["type"] == "response.failed" and last["response"]["error"]["code"] == "engine_timeout"
    queue.script = lambda query: [Token("a"), RuntimeError("secret text of a library")]
    body = ask(client, "q", stream=True).get_data(as_text=True)
    assert "secret" not in body and '"internal_error"' in body
    assert ask(client, "q").status_code == 500


def test_a_json_schema_reaches_the_worker(client: FlaskClient, queue: FakeQueue) -> None:
    wanted = {"format": {"type": "json_schema", "name": "x", "schema": {"type": "array"}, "strict": True}}
    assert ask(client, "q", text=wanted).json["text"] == {"format": {"type": "json_schema"}}
    assert json.loads(queue.query().options["json_schema"]) == {"type": "array"}


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"input": []}, 400, "input"),
        ({"input": [user(text("  "))]}, 400, "input"),
        ({"input": [user(text("q"), {"type": "input_file"})]}, 400, "input[0].content[1]"),
        ({"input": "q", "tools": [{"type": "web_search"}]}, 400, "tools"),
        ({"input": "q", "background": True}, 400, "background"),
        ({"input": "q", "temperature": 3}, 400, "temperature"),
        ({"input": "q", "previous_response_id": "resp_nothing"}, 404, "previous_response_id"),
        ({"input": "q", "text": {"format": {"type": "json_schema"}}}, 400, "text.format.schema"),
        ({"input": "q", "model": "gpt-4o"}, 404, "model"),
        ({"input": [user(image("wentu:pic_nothing"))], "instructions": "x"}, 404, "input[0].content[0].image_url"),
    ],
)
def test_what_is_wrong_is_named_as_the_api_calls_it(
    client: FlaskClient, queue: FakeQueue, fields: dict[str, Any], status: int, param: str
) -> None:
    response = client.post(URL, json=fields)
    assert response.status_code == status and response.json["error"]["param"] == param
    assert not queue.submitted and client.get("/v1/sessions").json["data"] == []


def test_a_question_that_was_not_taken_leaves_no_session(
    client: FlaskClient, queue: FakeQueue, intake: FakeIntake, store: Store
) -> None:
    intake.refuse = UnreadableImage("not a picture")
    assert ask(client, [user(text("q"), image())]).status_code == 400
    intake.refuse = None
    queue.full = True
    assert ask(client, "q").status_code == 429
    assert client.get("/v1/sessions").json["data"] == []


def test_a_large_picture_may_come_as_a_data_url(client: FlaskClient) -> None:
    large = "data:image/png;base64," + "A" * 40_000
    padding = [{"type": "input_text", "text": "x" * 190_000}] * 6
    assert ask(client, [user(image(large), *padding)]).status_code == 200


def test_somebody_else_s_answer_is_unknown(client: FlaskClient, as_key: Any) -> None:
    mine = as_key()
    first = mine.post(URL, json={"input": "q"}).json["id"]
    other = as_key()
    assert other.get(f"{URL}/{first}").status_code == 404
    assert other.post(URL, json={"input": "q", "previous_response_id": first}).status_code == 404
    assert mine.get(f"{URL}/{first}").status_code == 200


def test_a_question_s_id_is_no_response(client: FlaskClient) -> None:
    question = ask(client, "q").json["wentu"]["user_message"]
    assert client.get(f"{URL}/resp_{question.removeprefix('msg_')}").status_code == 404


def test_how_closely_to_look_reaches_the_worker(client: FlaskClient, queue: FakeQueue) -> None:
    ask(client, [user(text("q"), {**image(), "detail": "high"})])
    assert queue.query().options == {"detail": "precise"}
    ask(client, "q", wentu={"detail": "quick"})
    assert queue.query().options == {"detail": "quick"}


def test_an_uploaded_picture_is_asked_about_by_its_id(client: FlaskClient, queue: FakeQueue, png: bytes) -> None:
    picture = client.post("/v1/pictures", data={"file": (io.BytesIO(png), "a.png")}).json["id"]
    body = ask(client, [user(image(f"wentu:{picture}"), text("q"))]).json
    assert body["wentu"]["evidence"][0]["picture_id"] == picture
