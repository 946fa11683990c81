"""Versions, policies and knowledge bases over HTTP: moves, one history, the comparison as page and file."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu.core.config import Settings
from wentu.core.types import Message, Query
from wentu.rollout.manifest import Manifests, VersionManifest
from wentu.store import Exposure, Recording, Reply, Store

POLICY = {"policy": {"words": [{"text": "秘密"}], "note": "first"}}


@pytest.fixture(autouse=True)
def versions(settings: Settings) -> None:
    manifests = Manifests(settings.versions_dir)
    for name in ("reader-1", "new"):
        manifests.note(VersionManifest(name, "reader", prompts={"chat": name}))


def post(client: FlaskClient, path: str, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return answer.json


def test_versions_are_tried_and_taken_back_and_the_way_back_is_timed(client: FlaskClient, store: Store) -> None:
    assert post(client, "/v1/rollout/promote", version="new", reason="try it")["stable"] == "new"
    assert post(client, "/v1/rollout/rollback", reason="no good")["stable"] == "reader-1"
    answered = Exposure("", "job_1", "local", "u", "reader-1", "stable", "chat", "answered", at=time.time() + 1.5)
    store.exposures.add(answered)
    found: Any = client.get("/v1/rollout").json
    assert found["aliases"]["stable"] == "reader-1" and found["aliases"]["previous"] == "new"
    first, second = found["history"]
    assert (first["kind"], first["action"], first["reason"]) == ("model", "rollback", "no good")
    assert first["first_answer_s"] == pytest.approx(1.5, abs=0.5) and second["first_answer_s"] is None
    differs = {one["name"]: one["differs"] for one in found["versions"]}
    assert differs["new"] == [{"part": "prompts.chat", "stable": "reader-1", "this": "new"}]
    assert client.post("/v1/rollout/shadow", json={"version": "nobody"}).status_code == 404


def test_policies_and_knowledge_bases_are_moved_by_the_same_addresses(client: FlaskClient) -> None:
    post(client, "/v1/policies", **POLICY)
    assert post(client, "/v1/policies", **POLICY, percent=10)["in_force"] is False
    again = client.post("/v1/policies", json=POLICY)
    assert again.status_code == 409 and again.json["error"]["code"] == "wrong_move"  # type: ignore[index]
    policy = next(one for one in client.get("/v1/rollout").json["others"] if one["kind"] == "policy")  # type: ignore[index]
    assert (policy["aliases"]["stable"], policy["aliases"]["candidate"], policy["aliases"]["percent"]) == ("1", "2", 10)
    assert policy["candidates"] == ["2", "0"] and policy["analysis"]["outcome"] == "running"
    assert post(client, "/v1/rollout/pause", of="policy")["paused"]
    assert not post(client, "/v1/rollout/resume", of="policy")["paused"]
    assert post(client, "/v1/rollout/promote", of="policy")["stable"] == "2"
    assert post(client, "/v1/rollout/rollback", of="policy")["stable"] == "1"
    assert client.get("/v1/policies").json["in_force"] == 1  # type: ignore[index]
    history: Any = client.get("/v1/rollout").json["history"]  # type: ignore[index]
    assert [one["action"] for one in history] == "rollback promote resume pause canary promote adopt".split()
    assert {one["kind"] for one in history} == {"policy"}
    assert client.post("/v1/rollout/promote", json={"of": "policy", "version": "9"}).status_code == 404
    assert client.post("/v1/rollout/rollback", json={"of": "knowledge"}).status_code == 409
    assert client.post("/v1/rollout/rollback", json={"of": "weather"}).status_code == 400


def test_the_comparison_is_given_as_json_page_and_table(client: FlaskClient, store: Store) -> None:
    assert client.get("/v1/rollout/report").status_code == 404
    for i in range(12):
        query = Query((Message("user", (f"第 {i} 题",)),))
        one = store.recordings.add(Recording(query, f"u{i}", "invoice", "local", time.time() + 60, id=f"rec_{i:02}"))
        store.recordings.reply(Reply(one, "reader-1", "对", True, 0.1))
        store.recordings.reply(Reply(one, "new", "错", False, 0.1))
    report: Any = client.get("/v1/rollout/report?candidate=new").json["report"]  # type: ignore[index]
    assert (report["verdict"], report["overall"]["lost"], report["scenarios"][0]["name"]) == ("worse", 12, "invoice")
    page = client.get("/v1/rollout/report?candidate=new&format=html")
    assert page.mimetype == "text/html" and "Content-Disposition" not in page.headers
    table = client.get("/v1/rollout/report?candidate=new&format=csv&download=true")
    assert table.headers["Content-Disposition"] == 'attachment; filename="new-vs-reader-1.csv"'
    assert table.get_data(as_text=True).splitlines()[0].startswith("table,name,n,sessions")
    pair: Any = client.get("/v1/rollout/pairs/next?candidate=new").json["pair"]  # type: ignore[index]
    vote = {name: pair[name] for name in ("recording", "stable", "candidate")} | {"choice": "tie"}
    assert client.post("/v1/rollout/votes", json=vote).status_code == 204
    assert client.get("/v1/rollout/pairs/next?candidate=new").json["pair"]["left_open"] == 10  # type: ignore[index]


def test_all_of_it_is_for_administrators(as_key: Callable[[], FlaskClient]) -> None:
    user = as_key()
    for path in ("", "/report", "/pairs/next"):
        assert user.get(f"/v1/rollout{path}").status_code == 403
    for path in ("canary", "shadow", "pause", "resume", "promote", "rollback", "votes"):
        assert user.post(f"/v1/rollout/{path}", json={}).status_code in (400, 403), path
    assert user.post("/v1/rollout/rollback", json={"of": "policy"}).status_code == 403


def test_the_status_says_whether_questions_are_kept(client: FlaskClient) -> None:
    assert client.get("/v1/status").json["records"] is False  # type: ignore[index]
