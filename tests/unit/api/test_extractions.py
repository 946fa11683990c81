"""POST /v1/extractions and its tables."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from wentu.api import limits
from wentu.core.errors import EngineTimeout
from wentu.core.results import Check, Extraction, FieldValue, Region, Repair
from wentu.core.types import Done

from .conftest import ANSWER, FakeQueue

DATA_URL = "data:image/png;base64,AAAA"

PLACE = Region(0, ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)), (0,))
FIELD = FieldValue(
    "91X", "91X", "91x", "tax_id", "conflict", 0.4, {"ocr": 0.9}, (PLACE,), "exact", repair=Repair("91X", "91Y", "?")
)
RESULT = Extraction("vat-invoice", {"buyer.tax_id": FIELD}, (Check("uscc.checksum", "warn", False, "no"),))


def test_a_document_comes_back_as_the_contract_says(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Done(replace(ANSWER, result=RESULT))]
    body = {"pictures": [DATA_URL], "type": "vat-invoice", "full_numbers": True}
    got = client.post("/v1/extractions", json=body)
    assert got.status_code == 200
    assert set(got.json) == {"id", "type", "fields", "checks", "quality", "version", "timings"}
    field = got.json["fields"]["buyer.tax_id"]
    assert field["repair"] == {"from": "91X", "to": "91Y", "why": "?"} and field["regions"][0]["page"] == 0
    asked = queue.query()
    assert asked.task == "extract" and asked.options == {
        "type": "vat-invoice",
        "full_numbers": "true",
        "detail": "balanced",
    }


def test_own_fields_travel_as_a_schema(client: FlaskClient, queue: FakeQueue) -> None:
    queue.script = lambda query: [Done(replace(ANSWER, result=RESULT))]
    client.post("/v1/extractions", json={"pictures": [DATA_URL], "fields": ["合同编号"]})
    assert queue.query().options["schema"] == '["合同编号"]'


def test_a_document_needs_a_picture(client: FlaskClient) -> None:
    assert client.post("/v1/extractions", json={"pictures": []}).status_code == 400


def test_tables_hold_every_document_and_run_no_formula(client: FlaskClient) -> None:
    documents = [
        {"id": "a.png", "type": "receipt", "fields": {"total": {"value": 7.5, "status": "verified"}}},
        {"id": "b.png", "type": "receipt", "fields": {"payment": {"value": "=1+1", "status": "conflict"}}},
    ]
    csv = client.post("/v1/extractions/export", json={"format": "csv", "documents": documents})
    assert csv.data.decode("utf-8-sig").splitlines() == [
        "id,type,total,payment,to_review,ai_generated",
        "a.png,receipt,7.5,,,人工智能生成 · AI-generated",
        "b.png,receipt,,'=1+1,payment,人工智能生成 · AI-generated",
    ]
    xlsx = client.post("/v1/extractions/export", json={"format": "xlsx", "documents": documents})
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(xlsx.data)).namelist()


@pytest.mark.parametrize(("address", "body"), [("/v1/extractions", "pictures"), ("/v1/charts", "picture")])
def test_a_picture_may_be_as_large_in_the_request_as_in_an_upload(
    client: FlaskClient, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch, address: str, body: str
) -> None:
    monkeypatch.setattr(limits, "JSON_BYTES", 20_000)
    url = "data:image/png;base64," + "A" * 40_000
    queue.script = lambda query: [EngineTimeout("too long").as_event()]
    response = client.post(address, json={body: [url] if body == "pictures" else url})
    assert response.status_code == 504, response.text
