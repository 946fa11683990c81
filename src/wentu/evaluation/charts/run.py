"""A set through the deterministic reading, picture by picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from wentu.core.results import Chart
from wentu.core.types import Message, Page, Picture, Query, TextLine
from wentu.evaluation.charts.cases import Case
from wentu.evaluation.charts.figures import Judged
from wentu.tasks.base import Tools
from wentu.tasks.chart import ChartTask

Ocr = Callable[[Picture], tuple[TextLine, ...]]


def run(cases: Sequence[Case], ocr: Ocr) -> Iterator[Judged]:
    """Each case as it is read; its seconds are those of text reading and of the chart's own."""
    for case in cases:
        picture = open_picture(case.picture)
        started = time.monotonic()
        found = read(picture, ocr)
        yield Judged(case, found, time.monotonic() - started)


def read(picture: Picture, ocr: Ocr) -> Chart:
    """What text and geometry alone make of a picture, analysed."""
    task = ChartTask()
    query = Query((Message("user", ()),), task=task.name)
    pages = [Page(picture, ocr(picture))]
    found = task.tell(query, pages, task.read(query, pages, Tools(ocr)), "", {}).result
    assert isinstance(found, Chart)
    return found


def open_picture(path: Path) -> Picture:
    """A file's pixels, upright."""
    with Image.open(path) as image:
        return Picture.of_pixels(np.asarray(ImageOps.exif_transpose(image).convert("RGB")))
