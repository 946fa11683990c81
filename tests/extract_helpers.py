"""A document read without OCR: text lines at given places, and the whole way through task and judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wentu.core.results import Extraction, FieldValue
from wentu.core.types import Message, Page, Picture, Query, TextLine
from wentu.tasks import Extract, Tools
from wentu.verify import judge

LINE_PX = 30


def line(x: float, y: float, text: str, score: float = 0.99) -> TextLine:
    """A line of text 30 px high whose characters are 30 (Chinese) or 15 px wide."""
    width = sum(LINE_PX if ord(character) > 0x2E80 else LINE_PX / 2 for character in text)
    return TextLine(text, ((x, y), (x + width, y), (x + width, y + LINE_PX), (x, y + LINE_PX)), score)


def extract(lines: Sequence[TextLine], kind: str, said: str = "", **options: str) -> Extraction:
    """What the task makes of these lines, with `said` as the vision model's reply."""
    page = Page(Picture("0" * 64, np.full((1200, 1600, 3), 235, np.uint8)), tuple(lines))
    task = Extract()
    query = Query((Message("user", ()),), task="extract", options={"type": kind, **options})
    reading = task.read(query, [page], Tools(lambda picture: ()))
    judged = judge(task.claims(query, [page], reading, said), [page])
    result = task.tell(query, [page], reading, said, judged).result
    assert isinstance(result, Extraction)
    return result


def values(fields: Mapping[str, FieldValue]) -> dict[str, object]:
    return {name: one.value for name, one in fields.items() if one.status != "absent"}
