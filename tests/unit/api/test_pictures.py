from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from wentu import samples
from wentu.api import limits
from wentu.core.errors import UnreadableImage
from wentu.store import Store

from .conftest import MAX_BYTES, FakeIntake, FakeQueue


def upload(client: FlaskClient, data: bytes, name: str = "照片.png", **fields: str) -> Any:
    return client.post("/v1/pictures", data={"file": (io.BytesIO(data), name), **fields})


def test_an_uploaded_picture_can_be_looked_at_fetched_and_deleted(client: FlaskClient, png: bytes) -> None:
    made = upload(client, png)
    assert made.status_code == 201
    picture = made.json
    assert picture["object"] == "picture" and (picture["width"], picture["height"]) == (4, 3)
    assert picture["bytes"] == len(png) and picture["name"] == "照***.png" and picture["pages"] is None
    assert picture["expires_at"] - picture["created_at"] == 24 * 3600
    address = f"/v1/pictures/{picture['id']}"
    assert client.get(address).json == picture
    content = client.get(f"{address}/content")
    assert content.data == png and content.mimetype == "image/png"
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{address}/content", headers={"If-None-Match": content.headers["ETag"]}).status_code == 304
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == client.get(f"{address}/content").status_code == 404
    assert client.get(address).json["error"]["code"] == "unknown_picture"


def test_an_uploaded_picture_is_expected_to_be_asked_about_until_it_is_dropped(
    client: FlaskClient, queue: FakeQueue, png: bytes
) -> None:
    digest = hashlib.sha256(png).hexdigest()
    first, second = (upload(client, png).json["id"] for _ in range(2))
    assert queue.expected == [digest, digest]
    client.delete(f"/v1/pictures/{first}")
    assert queue.dropped == []  # the second one has the same content
    client.delete(f"/v1/pictures/{second}")
    assert queue.dropped == [digest]
    queue.gone = True
    assert upload(client, png).status_code == 201  # only a kindness


def test_a_page_of_a_pdf_can_be_chosen(client: FlaskClient) -> None:
    assert upload(client, b"%PDF", page="2").json["pages"] == 3


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "9" * 40])
def test_a_wrong_page_is_refused_by_name(client: FlaskClient, page: str) -> None:
    response = upload(client, b"%PDF", page=page)
    assert response.status_code == 400 and response.json["error"]["param"] == "page"


def test_a_form_without_a_file_says_so(client: FlaskClient) -> None:
    for data in ({}, {"file": "text and no file"}, {"page": "1"}):
        response = client.post("/v1/pictures", data=data, content_type="multipart/form-data")
        assert response.status_code == 400 and response.json["error"]["param"] == "file", data


def test_a_refused_file_has_its_rule_s_code(client: FlaskClient, intake: FakeIntake) -> None:
    intake.refuse = UnreadableImage("the file is damaged")
    response = upload(client, b"x")
    assert response.status_code == 400 and response.json["error"]["code"] == "unreadable_image"


def test_a_file_over_the_limit_is_refused_before_it_is_read(client: FlaskClient, intake: FakeIntake) -> None:
    intake.refuse = AssertionError("read")
    response = upload(client, bytes(MAX_BYTES + 100_000))
    assert response.status_code == 413
    assert response.json["error"]["code"] == "image_too_large"
    assert response.json["error"]["params"]["max_bytes"] == str(MAX_BYTES)


def test_a_large_form_field_can_t_fill_the_memory(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "upload_bytes", lambda _: 10_000_000)
    body = b'--x\r\nContent-Disposition: form-data; name="page"\r\n\r\n' + b"1" * 600_000 + b"\r\n--x--\r\n"
    response = client.post("/v1/pictures", data=body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 413


def test_an_exception_s_text_does_not_reach_the_client(
    client: FlaskClient, intake: FakeIntake, caplog: pytest.LogCaptureFixture
) -> None:
    intake.refuse = OSError("cannot identify image file <_io.BytesIO at 0x7f3a>")
    response = upload(client, b"x")
    assert response.status_code == 500
    error = response.json["error"]
    assert error["code"] == "internal_error" and error["type"] == "server_error"
    assert "BytesIO" not in response.get_data(as_text=True) and "Traceback" not in response.get_data(as_text=True)
    assert error["params"]["reference"] in caplog.text and "BytesIO" in caplog.text


def test_equal_pictures_share_one_file_until_the_last_is_deleted(client: FlaskClient, png: bytes, store: Store) -> None:
    first, second = upload(client, png).json["id"], upload(client, png).json["id"]
    assert first != second
    client.delete(f"/v1/pictures/{first}")
    assert client.get(f"/v1/pictures/{second}/content").data == png
    client.delete(f"/v1/pictures/{second}")
    assert not [path for path in store.files.folder.rglob("*") if path.is_file()]


def test_every_sample_can_be_seen_and_used_as_a_picture(client: FlaskClient, intake: FakeIntake) -> None:
    listed = client.get("/v1/samples").json["data"]
    assert [one["id"] for one in listed] == [one.id for one in samples.samples()]
    first = listed[0]
    assert first["title"]["zh-CN"] and first["questions"]["en"]
    content = client.get(f"/v1/samples/{first['id']}/content")
    assert content.status_code == 200 and content.mimetype.startswith("image/")
    intake.take = lambda data, **_: FakeIntake().take(b"small")  # type: ignore[method-assign,assignment]
    assert client.post(f"/v1/samples/{first['id']}").json["id"].startswith("pic_")


def test_a_sample_s_name_is_no_path(client: FlaskClient) -> None:
    for sample in ("nothing", "..%2f..%2fetc%2fpasswd", "%2e%2e"):
        assert client.get(f"/v1/samples/{sample}/content").status_code == 404
        assert client.post(f"/v1/samples/{sample}").status_code == 404
