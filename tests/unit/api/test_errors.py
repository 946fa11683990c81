from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from wentu.api.errors import STATUS, error_body, status_of
from wentu.api.limits import JSON_BYTES
from wentu.api.validation import path_of
from wentu.core.errors import BadInput, BadRequest, Busy, NotFound, QueueDiskFull, WentuError, error_classes


@pytest.mark.parametrize("code", sorted(error_classes()))
def test_every_error_has_a_status_and_a_whole_body(code: str) -> None:
    cls = error_classes()[code]
    error = cls("a sentence", size=7, param="messages")
    body = error_body(error)["error"]
    assert set(body) == {"message", "type", "param", "code", "hint", "params"}
    assert body["code"] == code and body["hint"] and body["params"] == {"size": "7"} and body["param"] == "messages"
    assert 400 <= status_of(error) < 600


def test_the_client_s_mistakes_are_4xx_and_ours_5xx() -> None:
    for cls in error_classes().values():
        by_client = issubclass(cls, BadInput | NotFound | Busy) and cls is not QueueDiskFull
        if by_client:
            assert 400 <= status_of(cls("x")) < 500, cls
    assert status_of(WentuError("x")) == 500


def test_the_table_names_only_classes_that_exist() -> None:
    assert set(STATUS) <= set(error_classes().values())


def test_a_body_over_the_limit_is_refused_everywhere(client: FlaskClient) -> None:
    response = client.post("/v1/sessions", data=b" " * (JSON_BYTES + 1), content_type="application/json")
    assert response.status_code == 413 and response.json["error"]["code"] == "request_too_large"


def test_a_chat_takes_more_than_other_addresses_but_not_everything(client: FlaskClient) -> None:
    question = b'{"messages": [{"role": "user", "content": "q"}], "x": "' + b"a" * (JSON_BYTES + 1) + b'"}'
    post = {"content_type": "application/json"}
    assert client.post("/v1/chat/completions", data=question, **post).status_code == 200  # type: ignore[arg-type]
    assert client.post("/v1/chat/completions", data=bytes(9_000_000), **post).status_code == 413  # type: ignore[arg-type]


def test_a_field_s_path_is_written_as_openai_does() -> None:
    assert (
        path_of(("messages", 0, "content", 1, "image_url", "image_url", "url"))
        == "messages[0].content[1].image_url.url"
    )
    assert path_of(("stop", 2)) == "stop[2]" and path_of(()) == ""


def test_a_message_never_repeats_what_the_client_sent(client: FlaskClient) -> None:
    body = {"messages": [{"role": "my secret", "content": "another secret"}], "temperature": "third secret"}
    assert "secret" not in client.post("/v1/chat/completions", json=body).get_data(as_text=True)


def test_bad_request_is_retryable_by_nobody() -> None:
    assert BadRequest("x").retryable is False and Busy("x").retryable is True
