from __future__ import annotations

import io
import time
from typing import Any

from flask.testing import FlaskClient

from wentu.core.types import Message, Query, Stored
from wentu.store import Store

from .conftest import FakeQueue


def begin(client: FlaskClient, **fields: Any) -> str:
    return str(client.post("/v1/sessions", json=fields).json["id"])


def ask(client: FlaskClient, session: str, content: Any, **wentu: Any) -> Any:
    body = {"messages": [{"role": "user", "content": content}], "wentu": {"session": session, **wentu}}
    return client.post("/v1/chat/completions", json=body).json["wentu"]


def regenerate(client: FlaskClient, session: str, message: str) -> Any:
    body = {"messages": [], "wentu": {"session": session, "regenerate": message}}
    return client.post("/v1/chat/completions", json=body)


def image(picture: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}}


def upload(client: FlaskClient, data: bytes) -> str:
    return str(client.post("/v1/pictures", data={"file": (io.BytesIO(data), "a.png")}).json["id"])


def texts(queue: FakeQueue) -> list[str]:
    return [message.text for message in queue.query().messages]


def test_a_question_and_its_answer_are_kept(client: FlaskClient, png: bytes) -> None:
    session, picture = begin(client), upload(client, png)
    wentu = ask(client, session, [{"type": "text", "text": "合计多少?\n第二行"}, image(picture)])
    whole = client.get(f"/v1/sessions/{session}").json
    assert whole["object"] == "session" and whole["title"] == "合计多少?" and whole["head"] == wentu["message"]
    question, answer = whole["messages"]
    assert question["id"] == wentu["user_message"] and question["parent"] is None
    assert question["content"][1]["image_url"]["url"] == f"wentu:{picture}"
    assert question["pictures"][picture]["width"] == 4
    assert answer["parent"] == question["id"] and answer["state"] == "done" and answer["error"] is None
    assert answer["content"] == [{"type": "text", "text": "合计 128 元"}]
    assert answer["wentu"] == wentu and wentu["evidence"][0]["picture_id"] == picture


def test_history_comes_from_the_session(client: FlaskClient, queue: FakeQueue) -> None:
    session = begin(client)
    ask(client, session, "one")
    ask(client, session, "two")
    assert texts(queue) == ["one", "合计 128 元", "two"]
    assert queue.query().session == session


def test_an_edited_question_begins_another_branch_and_the_old_one_stays(client: FlaskClient, queue: FakeQueue) -> None:
    session = begin(client)
    first = ask(client, session, "one")
    ask(client, session, "two")
    edited = ask(client, session, "two, better", parent=first["message"])
    assert texts(queue) == ["one", "合计 128 元", "two, better"]
    fresh = ask(client, session, "anew", parent=None)
    assert texts(queue) == ["anew"]
    messages = {one["id"]: one for one in client.get(f"/v1/sessions/{session}").json["messages"]}
    assert len(messages) == 8
    assert messages[edited["user_message"]]["parent"] == first["message"]
    assert messages[fresh["user_message"]]["parent"] is None


def test_a_question_can_be_asked_once_more(client: FlaskClient, queue: FakeQueue) -> None:
    session = begin(client)
    first = ask(client, session, "one")
    again = regenerate(client, session, first["user_message"]).json["wentu"]
    assert again["user_message"] == first["user_message"] and again["message"] != first["message"]
    assert texts(queue) == ["one"]
    assert client.get(f"/v1/sessions/{session}").json["head"] == again["message"]
    assert regenerate(client, session, first["message"]).status_code == 404  # an answer is no question


def test_regenerate_with_messages_and_sessions_with_a_history_are_refused(client: FlaskClient) -> None:
    session = begin(client)
    message = {"role": "user", "content": "q"}
    two = {"messages": [message, message], "wentu": {"session": session}}
    both = {"messages": [message], "wentu": {"session": session, "regenerate": "msg_x"}}
    for body in (two, both):
        response = client.post("/v1/chat/completions", json=body)
        assert response.status_code == 400 and response.json["error"]["param"] == "messages"


def test_a_busy_queue_leaves_the_session_where_it_stood(client: FlaskClient, queue: FakeQueue) -> None:
    session = begin(client)
    first = ask(client, session, "one")
    queue.full = True
    assert regenerate(client, session, first["user_message"]).status_code == 429
    whole = client.get(f"/v1/sessions/{session}").json
    assert whole["head"] == first["message"] and len(whole["messages"]) == 2


def test_an_expired_picture_leaves_a_note_in_the_history(
    client: FlaskClient, queue: FakeQueue, store: Store, png: bytes
) -> None:
    session, picture = begin(client), upload(client, png)
    first = ask(client, session, [{"type": "text", "text": "what?"}, image(picture)])
    store.pictures.delete_expired(time.time() + 25 * 3600)
    ask(client, session, "and now?")
    parts = queue.query().messages[0].parts
    assert parts == ("what?", "[picture no longer kept]") and not any(isinstance(one, Stored) for one in parts)
    whole = client.get(f"/v1/sessions/{session}").json
    assert whole["messages"][0]["pictures"] == {picture: None}
    again = regenerate(client, session, first["user_message"])
    assert again.status_code == 404 and again.json["error"]["code"] == "unknown_picture"


def test_a_question_that_quotes_the_note_can_be_asked_again(client: FlaskClient) -> None:
    session = begin(client)
    first = ask(client, session, "[picture no longer kept]")
    assert regenerate(client, session, first["user_message"]).status_code == 200


def test_a_new_question_with_an_unknown_picture_is_an_error(client: FlaskClient) -> None:
    body = {"messages": [{"role": "user", "content": [image("pic_nothing")]}], "wentu": {"session": begin(client)}}
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 404 and response.json["error"]["code"] == "unknown_picture"
    assert response.json["error"]["param"] == "messages[0].content[0].image_url.url"


def test_pictures_of_the_whole_conversation_are_counted(client: FlaskClient) -> None:
    session = begin(client)
    pictures = [upload(client, bytes([number])) for number in range(4)]
    ask(client, session, [image(one) for one in pictures[:3]])
    body = {"messages": [{"role": "user", "content": [image(pictures[3])]}], "wentu": {"session": session}}
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 400 and response.json["error"]["code"] == "too_many_pictures"


def test_sessions_are_listed_newest_first_and_page_by_page(client: FlaskClient) -> None:
    made = [begin(client, title=f"title {number}") for number in range(5)]
    ask(client, made[1], "q")
    first = client.get("/v1/sessions?limit=2").json
    assert [one["id"] for one in first["data"]] == [made[1], made[4]] and first["has_more"] is True
    rest = client.get(f"/v1/sessions?limit=3&after={made[4]}").json
    assert [one["id"] for one in rest["data"]] == [made[3], made[2], made[0]] and rest["has_more"] is False


def test_search_finds_titles_and_messages_and_takes_wildcards_literally(client: FlaskClient) -> None:
    invoice, receipt = begin(client, title="增值税发票 100%"), begin(client, title="Receipt")
    ask(client, receipt, "小票的日期?")

    def found(query: str) -> list[str]:
        listed = client.get("/v1/sessions", query_string={"query": query}).json["data"]
        return [one["id"] for one in listed]

    assert found("发票") == [invoice] and found("0%") == [invoice]
    assert found("日期") == [receipt] and found("RECEIPT") == [receipt] and found("128") == [receipt]
    assert found("%") == [invoice] and found("_") == [] and found("没有") == []


def test_wrong_paging_is_refused_by_name(client: FlaskClient) -> None:
    for name, value in (("limit", "0"), ("limit", "x"), ("query", "x" * 300)):
        response = client.get("/v1/sessions", query_string={name: value})
        assert response.status_code == 400 and response.json["error"]["param"] == name


def test_a_session_can_be_renamed_and_put_on_another_branch(client: FlaskClient) -> None:
    session = begin(client)
    first = ask(client, session, "one")
    second = ask(client, session, "two", parent=None)
    renamed = client.patch(f"/v1/sessions/{session}", json={"title": "新名字", "head": first["message"]}).json
    assert renamed["title"] == "新名字" and renamed["head"] == first["message"] != second["message"]
    assert client.patch(f"/v1/sessions/{session}", json={"head": "msg_x"}).status_code == 404
    assert client.patch(f"/v1/sessions/{session}", json={}).status_code == 400
    assert client.patch(f"/v1/sessions/{session}", json={"title": "x" * 201}).json["error"]["param"] == "title"


def test_a_deleted_session_is_gone_and_its_running_answer_is_stopped(
    client: FlaskClient, queue: FakeQueue, store: Store
) -> None:
    session = begin(client)
    asked = store.sessions.ask(session, owner="local", parent=None, content=[{"type": "text", "text": "q"}])
    job = store.jobs.create(
        Query((Message("user", ("q",)),)),
        owner="local",
        session=session,
        user_message=asked.user_message,
        answer_message=asked.answer_message,
    )
    assert client.delete(f"/v1/sessions/{session}").status_code == 204
    assert queue.cancelled == [job]
    assert client.get(f"/v1/sessions/{session}").status_code == 404
    assert store.jobs.unfinished() == () and store.jobs.start(job) is None


def test_an_export_has_the_branch_and_says_that_ai_wrote_it(client: FlaskClient) -> None:
    session = begin(client, title="A title")
    ask(client, session, "old question")
    ask(client, session, "new question", parent=None)
    markdown = client.get(f"/v1/sessions/{session}/export?format=markdown")
    assert markdown.mimetype == "text/markdown"
    assert markdown.headers["Content-Disposition"] == f'attachment; filename="{session}.md"'
    body = markdown.get_data(as_text=True)
    assert "new question" in body and "old question" not in body and "合计 128 元" in body
    assert "人工智能生成" in body and "ai_generated: true" in body
    exported = client.get(f"/v1/sessions/{session}/export?format=json").json
    assert len(exported["messages"]) == 4 and exported["export"]["ai_generated"] is True
    wrong = client.get(f"/v1/sessions/{session}/export?format=pdf")
    assert wrong.status_code == 400 and wrong.json["error"]["param"] == "format"
