"""A user's own fields, as names or as a JSON Schema, made into a document type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wentu.core.errors import BadRequest
from wentu.tasks.extract.forms import read_form
from wentu.tasks.extract.schema import DocumentType, Field, Found
from wentu.tasks.extract.sheet import Sheet

CUSTOM = "custom"
_MAX_FIELDS = 200
_KINDS = {"number": "amount", "integer": "amount", "boolean": "flag"}


def custom_type(text: str) -> DocumentType:
    """The type that a JSON text describes: a list of names, an object name -> label(s), or a JSON Schema.

    Raises BadRequest where it describes none.
    """
    try:
        tree = json.loads(text)
    except ValueError as exc:
        raise _bad("the schema is not JSON") from exc
    fields = tuple(_fields(tree))
    if not fields:
        raise _bad("the schema names no field")
    if len(fields) > _MAX_FIELDS:
        raise _bad(f"the schema names more than {_MAX_FIELDS} fields")
    return DocumentType(CUSTOM, "自定义", fields, _read)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    values, _ = read_form(kind, sheet)
    return values


def _fields(tree: Any) -> Iterator[Field]:
    if isinstance(tree, list):
        for name in tree:
            yield _field(_name(name), ())
    elif isinstance(tree, dict) and isinstance(tree.get("properties"), dict):
        yield from _leaves(tree["properties"], "", tree.get("$defs", {}))
    elif isinstance(tree, dict):
        for name, labels in tree.items():
            yield _field(_name(name), (labels,) if isinstance(labels, str) else tuple(map(_name, labels or ())))
    else:
        raise _bad("the schema is neither a list of names nor an object")


def _leaves(properties: Mapping[str, Any], prefix: str, defs: Mapping[str, Any]) -> Iterator[Field]:
    """The leaves of a JSON Schema with dotted ids; `title` and `description` are labels too."""
    for name, spec in properties.items():
        if not isinstance(spec, dict):
            raise _bad(f"'{prefix}{name}' is not an object")
        reference = spec.get("$ref", "")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            spec = {**defs.get(reference.rpartition("/")[2], {}), **spec}
        if isinstance(spec.get("properties"), dict):
            if prefix.count(".") > 4:
                raise _bad("the schema is nested too deeply")
            yield from _leaves(spec["properties"], f"{prefix}{name}.", defs)
            continue
        labels = [spec[key] for key in ("title", "description") if isinstance(spec.get(key), str)]
        yield _field(prefix + name, tuple(labels), _kind(spec))


def _kind(spec: Mapping[str, Any]) -> str:
    types = spec.get("type", "string")
    for one in types if isinstance(types, list) else [types]:
        if one in _KINDS:
            return _KINDS[one]
    return {"date": "date", "time": "time"}.get(str(spec.get("format", "")), "text")


def _field(field_id: str, labels: tuple[str, ...], kind: str = "") -> Field:
    """Its own name is a label too, in the forms in which it may be printed."""
    last = field_id.rpartition(".")[2]
    spoken = re.sub(r"[_\-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last))
    own = dict.fromkeys((*labels, last, spoken, spoken + " no", spoken + " number"))
    guessed = "date" if re.search(r"日期$|(?i:\bdate)$", labels[0] if labels else spoken) else "text"
    return Field(
        field_id,
        tuple(own),
        kind or guessed,
        multiline=(kind or guessed) == "text",
        title=labels[0] if labels else last,
    )


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise _bad("a field's name is not a text of 1 to 200 characters")
    return value.strip()


def _bad(message: str) -> BadRequest:
    hint = 'Give a list of names (["合同编号", "金额"]) or a JSON Schema with "properties".'
    return BadRequest(message, hint=hint, param="schema")
