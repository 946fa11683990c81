"""Drawn charts and pictures that are none through the reading that `wentu eval charts` measures."""

import json
from pathlib import Path

import pytest

from charts import own
from charts.paper import Sheet
from charts.spec import make
from wentu.core.config import OcrSettings
from wentu.core.results import Chart
from wentu.evaluation.charts.cases import Case, read_cases
from wentu.evaluation.charts.figures import figures
from wentu.evaluation.charts.run import run
from wentu.ocr import Ocr

ROOT = Path(__file__).parents[3]
KINDS = ("bar", "donut")


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr(OcrSettings())


def test_what_was_drawn_is_read(tmp_path: Path, ocr: Ocr) -> None:
    for kind in KINDS:
        spec = make(f"integration/{kind}", kind)
        paper = Sheet(spec.look["width"], spec.look["height"], own.ink_of(spec).ground)
        own.draw(spec, paper)
        paper.finished(1).save(tmp_path / f"{kind}.png")
        (tmp_path / f"{kind}.json").write_text(json.dumps(spec.truth("sheet")), "utf-8")
    found = figures(list(run(read_cases(tmp_path), ocr.read)))
    assert (found.charts, found.type_accuracy) == (len(KINDS), 1)
    assert (found.rms_f1 or 0) > 0.8


def test_a_picture_that_is_no_chart_gets_no_numbers(ocr: Ocr) -> None:
    pictures = ROOT / "src" / "wentu" / "samples" / "pictures"
    others = [path for path in sorted(pictures.glob("*.jpg")) if "chart" not in path.name][:3]
    found = figures(list(run([Case(path, Chart("not_a_chart")) for path in others], ocr.read)))
    assert (found.not_charts, found.false_answers) == (len(others), 0)
