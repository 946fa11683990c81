"""openapi.json: what APIFlask collects, with our error body and plain names for the schemas."""

from __future__ import annotations

import json
import re
from typing import Any

from apiflask import APIFlask

from wentu.api.schemas.base import ErrorBody

_DESCRIPTION = "问图: ask a picture. OpenAI's form, with the pixels that an answer rests on. See docs/http.md."
_NESTED = re.compile(r"#/components/schemas/[\w-]+\.([\w-]+)")
_OPEN = ("/healthz", "/readyz")


def describe(app: APIFlask) -> None:
    schema = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs")
    app.config["HTTP_ERROR_SCHEMA"] = schema
    app.config["VALIDATION_ERROR_SCHEMA"] = schema
    app.config["VALIDATION_ERROR_DESCRIPTION"] = "The request is wrong; the body names the field"
    app.config["DESCRIPTION"] = _DESCRIPTION
    app.config["AUTO_SERVERS"] = False  # they would name the host of whoever asked first
    app.config["SECURITY_SCHEMES"] = {"key": {"type": "http", "scheme": "bearer", "description": "Not on loopback."}}

    @app.spec_processor
    def finish(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        return spec if isinstance(spec, str) else _finish(spec, definitions)


def _finish(spec: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """APIFlask names a nested schema `Outer.Inner` once for each outer one; here each has one name, its own."""
    plain: dict[str, Any] = json.loads(_NESTED.sub(r"#/components/schemas/\1", json.dumps(spec)))
    schemas: dict[str, Any] = {**definitions}
    for name, schema in plain["components"]["schemas"].items():
        schemas[name.rpartition(".")[2]] = schema
    for old in ("HTTPError", "ValidationError"):
        schemas.pop(old, None)
    schemas["ErrorBody"] = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["ErrorBody"].pop("$defs")
    plain["components"]["schemas"] = dict(sorted(schemas.items()))
    text = re.sub(
        r"#/components/schemas/(HTTPError|ValidationError)\b", "#/components/schemas/ErrorBody", json.dumps(plain)
    )
    plain = json.loads(text)
    for path, operations in plain["paths"].items():
        for operation in operations.values():
            _common(operation, is_open=path in _OPEN)
    return plain


def _common(operation: dict[str, Any], *, is_open: bool) -> None:
    """Every address may answer with an error, and all but two may need a key."""
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    operation["responses"].setdefault("default", {"description": "An error", "content": body})
    operation["security"] = [] if is_open else [{}, {"key": []}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
