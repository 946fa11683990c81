from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from wentu.api import create_app
from wentu.api.auth import is_loopback
from wentu.api.service import EXTENSION, Service
from wentu.core.config import Settings, WebSettings
from wentu.core.errors import BadDataUrl
from wentu.store import Store

from .conftest import FakeQueue

HOST = "127.0.0.1:8760"


def get(client: FlaskClient, path: str = "/v1/status", **headers: str) -> Any:
    return client.get(path, buffered=True, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("host", ["127.0.0.1:8760", "localhost:8760", "LOCALHOST", "[::1]:8760", "127.0.0.53"])
def test_loopback_names_need_no_key(client: FlaskClient, host: str) -> None:
    response = get(client, Host=host)
    assert response.status_code == 200
    assert response.json["role"] == "admin" and response.json["auth_required"] is False


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8760",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.5:8760",
        "127.0.0.1@evil.example",
        "[::ffff:10.0.0.1]",
        "[::1",
        "",
        "0.0.0.0:8760",
    ],
)
@pytest.mark.parametrize("path", ["/v1/status", "/", "/healthz", "/openapi.json"])
def test_a_rebound_name_is_refused_everywhere(client: FlaskClient, host: str, path: str) -> None:
    response = get(client, path, Host=host)
    assert response.status_code == 403 and response.json["error"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost:3000", "http://127.0.0.1:8761", "null", "http://[", "file://", ""],
)
def test_another_site_can_t_post_through_the_browser(client: FlaskClient, queue: FakeQueue, origin: str) -> None:
    response = client.post(
        "/v1/chat/completions",
        data='{"messages": [{"role": "user", "content": "q"}]}',
        headers={"Host": HOST, "Origin": origin},
        content_type="text/plain",
    )
    assert response.status_code == 403 and not queue.submitted


def test_our_own_page_may_post(client: FlaskClient) -> None:
    response = client.post("/v1/sessions", json={}, headers={"Host": HOST, "Origin": f"http://{HOST}"})
    assert response.status_code == 201


def test_another_site_can_t_fetch_even_where_the_browser_sends_no_origin(client: FlaskClient) -> None:
    assert get(client, Host=HOST, Sec_Fetch_Site="cross-site").status_code == 403
    assert get(client, "/", Host=HOST, Sec_Fetch_Site="cross-site").status_code == 200  # a link to the page


def test_with_a_key_in_the_database_every_call_needs_one(
    client: FlaskClient, as_key: Callable[[], FlaskClient], store: Store
) -> None:
    mine = as_key()
    for headers in (
        {},
        {"Authorization": "Bearer wt-wrong"},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer "},
    ):
        response = client.get("/v1/status", headers=headers)
        assert response.status_code == 401 and response.json["error"]["code"] == "unauthorized"
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/v1/nothing").status_code == 401
    status = mine.get("/v1/status")
    assert status.status_code == 200 and status.json["role"] == "user" and status.json["auth_required"] is True


def test_page_health_and_description_need_no_key(client: FlaskClient, as_key: Callable[[], FlaskClient]) -> None:
    as_key()
    for path in ("/", "/healthz", "/readyz", "/openapi.json", "/docs"):
        assert client.get(path, buffered=True).status_code == 200, path


def test_a_revoked_key_works_no_longer(as_key: Callable[[], FlaskClient], store: Store) -> None:
    mine = as_key()
    as_key()
    store.keys.revoke(store.keys.list()[0].id)
    assert mine.get("/v1/status").status_code == 401


def test_a_server_that_others_reach_needs_keys_even_without_any(
    settings: Settings, app: APIFlask, client: FlaskClient
) -> None:
    parts: Service = app.extensions[EXTENSION]
    outside = settings.model_copy(update={"web": WebSettings(host="0.0.0.0")})
    other = create_app(outside, Service(outside, parts.store, parts.intake, parts.queue))
    assert other.test_client().get("/v1/status", headers={"Host": "wentu.example"}).status_code == 401


def test_each_address_hides_what_belongs_to_another_key(
    as_key: Callable[[], FlaskClient], png: bytes, queue: FakeQueue
) -> None:
    mine, theirs = as_key(), as_key()
    picture = mine.post("/v1/pictures", data={"file": (io.BytesIO(png), "a.png")}).json["id"]
    session = mine.post("/v1/sessions", json={"title": "secret"}).json["id"]
    ask = {"messages": [{"role": "user", "content": "q"}], "wentu": {"session": session}}
    assert mine.post("/v1/chat/completions", json=ask).status_code == 200
    message = mine.get(f"/v1/sessions/{session}").json["messages"][0]["id"]
    own = theirs.post("/v1/sessions", json={}).json["id"]
    image = {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}}
    chat = "/v1/chat/completions"
    attempts = [
        theirs.get(f"/v1/pictures/{picture}"),
        theirs.get(f"/v1/pictures/{picture}/content"),
        theirs.delete(f"/v1/pictures/{picture}"),
        theirs.get(f"/v1/sessions/{session}"),
        theirs.patch(f"/v1/sessions/{session}", json={"title": "x"}),
        theirs.patch(f"/v1/sessions/{own}", json={"head": message}),
        theirs.delete(f"/v1/sessions/{session}"),
        theirs.get(f"/v1/sessions/{session}/export"),
        theirs.get(f"/v1/sessions?after={session}"),
        theirs.post(chat, json=ask),
        theirs.post(chat, json={"messages": [{"role": "user", "content": [image]}]}),
        theirs.post(chat, json={"messages": [], "wentu": {"session": session, "regenerate": message}}),
        theirs.post(chat, json={"messages": [], "wentu": {"session": own, "regenerate": message}}),
        theirs.post(chat, json={**ask, "wentu": {"session": own, "parent": message}}),
    ]
    assert [response.status_code for response in attempts] == [404] * len(attempts)
    made_up = theirs.get("/v1/sessions/ses_00000000000000000000000000000000").json
    assert theirs.get(f"/v1/sessions/{session}").json == made_up
    assert [one["id"] for one in theirs.get("/v1/sessions?query=secret").json["data"]] == []
    assert mine.get(f"/v1/sessions/{session}").json["title"] == "secret"
    assert mine.get(f"/v1/pictures/{picture}/content").data == png


def test_too_many_requests_say_when_to_come_back(client: FlaskClient, queue: FakeQueue) -> None:
    queue.over_rate = True
    response = client.post("/v1/sessions", json={})
    assert response.status_code == 429 and response.headers["Retry-After"] == "30"
    assert response.json["error"]["code"] == "rate_limited"
    assert client.get("/v1/sessions").status_code == 200


def test_names_are_not_looked_up_to_find_loopback() -> None:
    assert is_loopback("127.8.8.8") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("localtest.me") and not is_loopback("") and not is_loopback("0.0.0.0")


def test_a_wrong_data_url_is_the_caller_s_error(client: FlaskClient, intake: Any) -> None:
    intake.refuse = BadDataUrl("wrong base64")
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}
    response = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": [image]}]})
    assert response.status_code == 400 and response.json["error"]["code"] == "bad_data_url"
