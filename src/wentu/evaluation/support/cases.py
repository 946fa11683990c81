"""The cases of a set: `cases.jsonl` beside `catalogue.*`, `faq.*` and the pictures that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from wentu.core.errors import BadKnowledge
from wentu.core.results import Outcome

_NOT_KNOWLEDGE = {"cases.jsonl"}
_ENDINGS = {".csv", ".tsv", ".xlsx", ".json", ".md", ".markdown", ".txt", ".docx", ".pdf"}


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its picture ("" for none), and the right outcome. `kind` says what the case tries.

    `same_as` is the id of a case that differs only in a line that somebody wrote into the picture for the assistant.
    """

    id: str
    kind: str
    picture: str
    question: str
    outcome: Outcome
    sku: str | None = None
    faq_id: str | None = None
    price: float | None = None
    same_as: str | None = None


def read_cases(folder: Path) -> list[Case]:
    """Raises BadKnowledge when there is no such set."""
    try:
        text = (folder / "cases.jsonl").read_text("utf-8")
        return [Case(**json.loads(line)) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as exc:
        raise BadKnowledge(f"{folder} has no cases.jsonl that can be read", name=folder.name) from exc


def knowledge_files(folder: Path) -> list[Path]:
    """The files of the set's knowledge base."""
    return sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS and path.name not in _NOT_KNOWLEDGE)
