"""Documents drawn by our own program, read through the real OCR."""

from __future__ import annotations

import hashlib
from random import Random

import pytest

from wentu.core.config import Settings
from wentu.core.results import Extraction
from wentu.core.types import Message, Page, Picture, Query
from wentu.evaluation.documents.draw import DRAWERS
from wentu.ocr import Ocr
from wentu.tasks import Extract, Tools
from wentu.verify import judge


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr(Settings().ocr)


@pytest.mark.parametrize("kind", list(DRAWERS))
def test_most_fields_of_a_clean_document_are_right_and_no_check_fails(kind: str, ocr: Ocr) -> None:
    sample = DRAWERS[kind](Random(7))
    picture = Picture(hashlib.sha256(sample.pixels.tobytes()).hexdigest(), sample.pixels)
    page = Page(picture, ocr.read(picture))
    task = Extract()
    query = Query((Message("user", ()),), task="extract", options={"type": "auto", "full_numbers": "true"})
    reading = task.read(query, [page], Tools(ocr.read))
    judged = judge(task.claims(query, [page], reading, ""), [page])
    result = task.tell(query, [page], reading, "", judged).result
    assert isinstance(result, Extraction)
    assert result.type == kind
    right = [name for name, value in sample.truth.items() if name in judged and judged[name].value == value]
    assert len(right) >= 0.85 * len(sample.truth)
    assert not [check for check in result.checks if not check.passed]
    assert not [name for name in sample.truth if judged[name].status == "verified" and name not in right]
