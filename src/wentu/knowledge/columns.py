"""Which column of somebody's table is which field: header words in Chinese and English, spelled in any way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from wentu.core.terms import fold

_WORDS = tomllib.loads(files("wentu.knowledge").joinpath("columns.toml").read_text("utf-8"))
_FIELDS: Mapping[str, list[str]] = _WORDS["product"]
_WRITTEN = {
    word: field for words in (_FIELDS, _WORDS["attributes"]) for field, found in words.items() for word in found
}


def fields_of(headers: Iterable[str]) -> list[str]:
    """The field of each header; a field is given once, and a second header for it stays an attribute."""
    found: list[str] = []
    for header in headers:
        field = field_of(header)
        found.append(header.strip() if field in found else field)
    return found


def field_of(header: str) -> str:
    """The field that a header names, or the header itself, which is then an attribute."""
    plain = re.sub(r"[\s_\-()（）:：*【】\[\]/]+", " ", fold(header)).strip()
    return (
        _WRITTEN.get(plain)
        or _WRITTEN.get(plain.replace(" ", "_"))
        or _WRITTEN.get(plain.replace(" ", ""))
        or header.strip()
    )


def is_product_field(field: str) -> bool:
    return field in _FIELDS
