"""The review desk and the policies over HTTP, and what one key can reach of another's."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from wentu.core.extracted import csv_text, jsonl_text, xlsx_bytes
from wentu.core.types import Answer, Message, Query, Usage
from wentu.safety.personal_data import mask
from wentu.store import Store, SupportCase
from wentu.store.batches import Item
from wentu.store.messages import picture_part, text_content
from wentu.store.reviews import NewCase

from .conftest import FakeQueue

DRAFT = Answer("全文：疑词，电话13812345678。", "reader", (), "v", "reader", "stop", Usage(), {})
SECRET = "很秘密的内容"


def held(store: Store, owner: str = "local") -> tuple[str, str, str]:
    """An answer that waits in a conversation: case, session, job."""
    session = store.sessions.create(owner=owner, title=SECRET).id
    made = store.sessions.ask(session, owner=owner, parent=None, content=text_content(SECRET))
    query = Query((Message("user", (SECRET,)),), owner=owner, session=session)
    job = store.jobs.create(query, owner=owner, session=session, answer_message=made.answer_message)
    store.jobs.start(job)
    case = NewCase(owner, session, "answer", "words", "x", "review", "exact", (3, 5), "问", mask(DRAFT.text), (), DRAFT)
    review = store.reviews.file(case)
    store.jobs.finish(job, replace(DRAFT, text="", review=review))
    return review, session, job


@pytest.mark.parametrize("verdict", ["approve", "edit", "reject"])
def test_a_reviewer_sees_the_masked_case_and_whoever_asked_gets_the_decision(
    client: FlaskClient, store: Store, verdict: str
) -> None:
    review, session, _ = held(store)
    listed: Any = client.get("/v1/reviews?state=waiting").json
    assert listed["waiting"] == 1
    case = listed["data"][0]["case"]
    assert case["text"][case["start"] : case["end"]] == "疑词"
    assert "13812345678" not in str(listed) and "138****5678" in case["draft"]
    body = {"verdict": verdict, **({"text": "换一种说法"} if verdict == "edit" else {})}
    decided = client.post(f"/v1/reviews/{review}/decision", json=body)
    assert decided.status_code == 200
    shown: Any = client.get(f"/v1/sessions/{session}").json
    message = shown["messages"][-1]
    expected = {"approve": DRAFT.text, "edit": "换一种说法", "reject": None}[verdict]
    assert message["content"] == ([] if expected is None else text_content(expected))
    assert message["wentu"]["review"]["id"] == review
    again = client.post(f"/v1/reviews/{review}/decision", json={"verdict": "reject"})
    assert again.status_code == 409


def test_a_user_sees_how_their_own_case_stands_and_nothing_else(
    client: FlaskClient, store: Store, as_key: Callable[[], FlaskClient]
) -> None:
    asking, other = as_key(), as_key()
    owner = store.keys.list()[0].id
    review, _, _ = held(store, owner)
    own: Any = asking.get(f"/v1/reviews/{review}").json
    assert (own["state"], own["case"], own["answer"]) == ("waiting", None, None)
    assert other.get(f"/v1/reviews/{review}").status_code == 404
    for path in ("/v1/reviews", "/v1/audit", "/v1/policies", "/v1/policies/0", f"/v1/reviews/{review}/pictures/0"):
        assert asking.get(path).status_code == 403, path
    assert asking.post(f"/v1/reviews/{review}/decision", json={"verdict": "approve"}).status_code == 403
    store.reviews.decide(review, "approve", by="key_admin")
    own = asking.get(f"/v1/reviews/{review}").json
    assert own["answer"]["text"] == DRAFT.text


def test_a_policy_is_tried_on_recent_traffic_and_then_published(client: FlaskClient, store: Store) -> None:
    held(store)
    policy = {"words": [{"text": "秘密", "severity": "block"}]}
    effect: Any = client.post("/v1/policies/dry-run", json={"policy": policy}).json
    assert (effect["texts"], effect["blocked"], effect["newly_blocked"]) == (1, 1, 1)
    sample = effect["samples"][0]
    assert sample["text"][sample["start"] : sample["end"]] == "秘密"
    listed: Any = client.get("/v1/policies").json
    assert listed["in_force"] == 0
    made = client.post("/v1/policies", json={"policy": policy})
    assert made.status_code == 201
    assert client.get("/v1/policies").json == {"in_force": 1, "versions": [1, 0]}
    assert client.get("/v1/policies/1").json["policy"]["words"][0]["text"] == "秘密"  # type: ignore[index]
    assert client.get("/v1/policies/9").status_code == 404
    trail: Any = client.get("/v1/audit").json
    assert trail["data"][0]["action"] == "published" and trail["first_broken"] is None


def test_a_wrong_policy_is_named_by_its_field(client: FlaskClient) -> None:
    wrong: Any = client.post("/v1/policies", json={"policy": {"words": [{"text": "x", "severity": "maybe"}]}})
    assert wrong.status_code == 400
    assert wrong.json["error"]["code"] == "bad_policy" and wrong.json["error"]["params"]["field"] == "words.0.severity"


def test_no_route_gives_another_keys_things(
    app: APIFlask, store: Store, queue: FakeQueue, as_key: Callable[[], FlaskClient], client: FlaskClient
) -> None:
    """Every address that the API has, each method, with the ids of one key and the secret of another."""
    as_key()
    victim = store.keys.list()[0].id
    thief = as_key()
    picture = store.pictures.add(
        SECRET.encode(), owner=victim, digest="ab" * 32, media_type="image/png", width=4, height=3, name=SECRET
    )
    review, session, job = held(store, victim)
    batch = store.batches.create([Item(SECRET, Query(()), ())], owner=victim, name=SECRET, task="chat")
    about = ("handoff", "", SECRET, {"seen": SECRET}, {"answer": SECRET}, "waiting", "", "", None)
    store.cases.add(SupportCase("sup_1", victim, SECRET, SECRET, (picture.id,), *about, 1.0, 1.0, 1.0, None))
    made = store.sessions.ask(
        session, owner=victim, parent=None, content=[*text_content(SECRET), picture_part(picture.id)]
    )
    ids = {
        "picture_id": picture.id,
        "session_id": session,
        "review_id": review,
        "job_id": job,
        "batch_id": batch,
        "case_id": "sup_1",
        "number": "0",
    }

    def kept() -> tuple[object, ...]:
        """What nothing that the other key does may change."""
        messages = store.sessions.messages(session, owner=victim)
        return (
            messages,
            store.jobs.load(job),
            store.reviews.get(review),
            store.cases.get("sup_1"),
            store.batches.get(batch, owner=victim),
        )

    before = kept()
    address = f"wentu:{picture.id}"
    named = {"pictures": [address], "picture": address, "items": [{"id": "x", "pictures": [address]}]}
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"title": "x", "head": made.user_message, "verdict": "approve", "solved": True, "answer": "x"},
        {**named, "question": "?", "job": job, "thumb": "up"},
    )
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/v1/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ids.get(match[1], job), rule.rule)
        owned = any(name in rule.rule for name in ids if name != "number")
        for method in rule.methods & {"GET", "POST", "PATCH", "PUT", "DELETE"}:
            for body in bodies:
                answer = thief.open(path, method=method, json=None if method == "GET" else body, buffered=True)
                tried += 1
                assert SECRET not in answer.get_data(as_text=True), (method, path)
                assert answer.status_code < 500, (method, path)
                assert not owned or answer.status_code in (400, 403, 404, 405, 415), (method, path, answer.status_code)
    assert tried > 150 and queue.submitted == [], "no task on another's picture"
    question = {
        "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": f"wentu:{picture.id}"}}]}]
    }
    assert thief.post("/v1/chat/completions", json=question).status_code == 404
    told = {"messages": [{"role": "user", "content": "?"}], "wentu": {"session": session}}
    assert thief.post("/v1/chat/completions", json=told).status_code == 404
    assert kept() == before
    assert store.pictures.read(picture.id, owner=victim) == SECRET.encode()


def test_every_file_says_in_text_and_metadata_that_ai_made_it(client: FlaskClient, store: Store) -> None:
    _, session, _ = held(store)
    markdown = client.get(f"/v1/sessions/{session}/export").get_data(as_text=True)
    head, body = markdown.split("---\n")[1:3]
    assert "ai_generated: true" in head and "人工智能生成" in body
    note: Any = client.get(f"/v1/sessions/{session}/export?format=json").json
    assert note["export"]["ai_generated"] is True and "人工智能生成" in note["export"]["label"]
    assert 'AIGC: {"Label":"1"' in head and note["export"]["AIGC"]["ProduceID"] == session
    found = {"id": "a", "type": "receipt", "fields": {"total": {"value": 7, "status": "verified"}}}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes([found]))) as book:
        assert "人工智能生成" in book.read("docProps/core.xml").decode()
        assert "AIGC" in book.read("docProps/custom.xml").decode()
        assert "人工智能生成" in book.read("xl/sharedStrings.xml").decode()
    failed = {"id": "b", "type": "receipt", "error": {"code": "x", "message": "y"}}
    heading, first, second = csv_text([found, failed]).splitlines()
    assert heading.endswith("ai_generated") and "人工智能生成" in first and "人工智能生成" not in second
    lines = [json.loads(line) for line in jsonl_text([found, failed]).splitlines()]
    assert lines[0]["export"]["AIGC"]["ProduceID"] == "a" and "人工智能生成" in lines[0]["export"]["label"]
    assert "export" not in lines[1]
