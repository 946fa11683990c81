from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from wentu.api import page


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "web_dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "index.html").write_text("<title>page</title>")
    (folder / "assets" / "index-4f2a.js").write_text("1")
    (folder / "docs" / "swagger-ui-bundle.js").write_text("2")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(page, "BUILT", folder)
    return folder


@pytest.mark.parametrize("path", ["/", "/s/ses_1", "/settings", "/any/where"])
def test_every_address_of_the_page_is_the_page(client: FlaskClient, built: Path, path: str) -> None:
    response = client.get(path, buffered=True)
    assert response.status_code == 200 and response.data == b"<title>page</title>"
    assert response.mimetype == "text/html" and response.headers["Cache-Control"] == "no-cache"
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_hashed_files_are_kept_for_good_and_have_their_own_type(client: FlaskClient, built: Path) -> None:
    response = client.get("/assets/index-4f2a.js", buffered=True)
    assert response.mimetype == "text/javascript" and "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["/assets/old-1.js", "/favicon.ico", "/v1", "/v1/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "/a%00.js"],
)
def test_a_missing_file_is_not_the_page(client: FlaskClient, built: Path, path: str) -> None:
    response = client.get(path, buffered=True)
    assert response.status_code == 404 and response.json["error"]["code"] == "not_found"


def test_an_unknown_address_takes_no_post(client: FlaskClient, built: Path) -> None:
    assert client.post("/nowhere").status_code == 404
    assert client.post("/v1/nowhere").status_code == 404


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.put("/v1/sessions", json={})
    assert response.status_code == 405 and response.json["error"]["code"] == "method_not_allowed"
    assert "POST" in response.headers["Allow"]


def test_the_description_is_shown_without_any_other_host(client: FlaskClient, built: Path) -> None:
    docs = client.get("/docs", buffered=True)
    assert b"/docs/swagger-ui-bundle.js" in docs.data and b"//" not in docs.data.replace(b"https://", b"//")
    assert client.get("/docs/swagger-ui-bundle.js", buffered=True).data == b"2"
    start = client.get("/docs/start.js", buffered=True)
    assert start.mimetype == "text/javascript" and b"/openapi.json" in start.data


def test_without_a_built_page_the_server_says_how_to_build_it(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "BUILT", tmp_path / "nothing")
    for path in ("/", "/docs"):
        response = client.get(path, buffered=True)
        assert response.status_code == 200 and b"npm run build" in response.data
