"""A set through the real pipeline, with a knowledge base of its own in a temporary folder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from wentu.bootstrap import assemble
from wentu.core.config import Settings
from wentu.core.errors import WentuError, error_from_event
from wentu.core.results import Support
from wentu.core.types import Done, Failed, Message, PictureRef, Query, Raw
from wentu.evaluation.support.cases import Case, knowledge_files, read_cases
from wentu.evaluation.support.figures import Judged, judge
from wentu.knowledge import KnowledgeBase, SourceFile


def run(folder: Path, settings: Settings) -> Iterator[tuple[Judged, int]]:
    """Each case as it is answered, with the number of all. Raises BadKnowledge, BadInput."""
    cases = read_cases(folder)
    with tempfile.TemporaryDirectory() as data_dir:
        own = settings.model_copy(update={"data_dir": Path(data_dir)})
        files = [SourceFile(path.name, path.read_bytes()) for path in knowledge_files(folder)]
        for _ in KnowledgeBase(own).import_files(files):
            pass
        with assemble(own) as service:
            service.ocr.load()
            for case in cases:
                started = time.monotonic()
                found = _ask(service.answer(_query(case, folder)))
                yield judge(case, found, time.monotonic() - started), len(cases)


def _query(case: Case, folder: Path) -> Query:
    pictures: tuple[PictureRef, ...] = (
        (Raw((folder / case.picture).read_bytes(), case.picture),) if case.picture else ()
    )
    return Query((Message("user", (*pictures, case.question)),), task="support", model="reader")


def _ask(events: object) -> Support:
    for event in events:  # type: ignore[attr-defined]
        if isinstance(event, Failed):
            raise error_from_event(event)
        if isinstance(event, Done) and isinstance(event.answer.result, Support):
            return event.answer.result
        if isinstance(event, Done) and (event.answer.review or event.answer.finish_reason == "blocked"):
            return Support("handoff", event.answer.text, reason="safety")  # a person decides about it
    raise WentuError("the answer ended without a result")
