"""Pictures to try wentu with: shipped in the package, drawn by tools/draw_samples.py, everything on them invented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wentu.core.errors import NotFound

_HERE = files(__name__)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample picture: its size in pixels, and title and questions by language ("zh-CN", "en")."""

    id: str
    title: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    width: int
    height: int
    media_type: str


def samples() -> tuple[Sample, ...]:
    """All samples, in the order in which a page should show them."""
    return tuple(sample for sample, _ in _index().values())


def read(sample_id: str) -> bytes:
    """A sample's file. Raises NotFound."""
    found = _index().get(sample_id)
    if found is None:
        raise NotFound("there is no such sample picture", hint="GET /v1/samples lists them.")
    return _HERE.joinpath("pictures", found[1]).read_bytes()


@cache
def _index() -> Mapping[str, tuple[Sample, str]]:
    """Sample and file name by id, as samples.json says."""
    entries = json.loads(_HERE.joinpath("samples.json").read_text("utf-8"))
    return {entry["id"]: (_sample(entry), entry["file"]) for entry in entries}


def _sample(entry: Mapping[str, Any]) -> Sample:
    return Sample(
        id=entry["id"],
        title=entry["title"],
        questions={language: tuple(asked) for language, asked in entry["questions"].items()},
        width=entry["width"],
        height=entry["height"],
        media_type=entry["media_type"],
    )
