from __future__ import annotations

import json
import re
from pathlib import Path

from wentu.api.openapi import document

ROOT = Path(__file__).parents[3]


def test_openapi_json_is_current() -> None:
    assert (ROOT / "openapi.json").read_text("utf-8") == document(), "run: python -m wentu.api.openapi openapi.json"


def test_every_reference_leads_somewhere() -> None:
    text = document()
    schemas = json.loads(text)["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/([^\"]+)\"", text)) <= set(schemas)
    assert not [name for name in schemas if "." in name]


def test_every_address_says_what_it_does_and_how_it_fails() -> None:
    spec = json.loads(document())
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["tags"], (method, path)
            error = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert error == {"$ref": "#/components/schemas/ErrorBody"}


def test_every_address_of_the_manual_is_described() -> None:
    manual = (ROOT / "docs" / "http.md").read_text("utf-8")
    named = set(re.findall(r"`(GET|POST|PATCH|DELETE) (/[\w/{}.-]*)", manual))
    spec = json.loads(document())
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path))
        for path, operations in spec["paths"].items()
        for method in operations
    }
    assert described - named == set() and named - described <= {("GET", "/openapi.json"), ("GET", "/docs")}
