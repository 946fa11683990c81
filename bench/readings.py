"""How long the deterministic readings take: a document of A4 size, a chart, a customer's question.

    python -m bench.readings [--each 10]

Through the whole pipeline (intake, safety, OCR, task, checks) with the built-in reader, every picture new; median,
least and most seconds of one answer, one after the other. Writes bench/results/readings.json. Nothing else should run
meanwhile.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.record import record
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.shops.cases import write
from tools.shops.goods import SHOPS

from wentu.bootstrap import Service, assemble
from wentu.core.config import EngineSettings, Settings
from wentu.core.errors import error_from_event
from wentu.core.results import Chart, ChartPoint, ChartSeries
from wentu.core.types import Failed, Message, Query, Raw
from wentu.evaluation.documents.draw import DRAWERS
from wentu.evaluation.support.cases import knowledge_files, read_cases
from wentu.knowledge import KnowledgeBase, SourceFile
from wentu.tasks.chart.plot_files import as_png

A4_PX = (1654, 2339)  # at 200 dpi
PAGES = ("contract", "vat-invoice", "digital-invoice", "business-licence")


def documents(each: int) -> Iterator[Query]:
    """Documents on pages of A4."""
    for number in range(each):
        kind = PAGES[number % len(PAGES)]
        drawn = Image.fromarray(DRAWERS[kind](Random(f"bench/{number}")).pixels)
        drawn.thumbnail(A4_PX)
        sheet = Image.new("RGB", A4_PX, "white")
        sheet.paste(drawn, ((A4_PX[0] - drawn.width) // 2, 60))
        yield Query((Message("user", (Raw(_png(sheet), f"{number}.png"),)),), task="extract", options={"type": kind})


def charts(each: int) -> Iterator[Query]:
    rng = Random("bench")
    for number in range(each):
        values = [rng.randint(20, 900) for _ in range(rng.randint(4, 9))]
        points = tuple(ChartPoint(float(value), 0.0, "given") for value in values)
        names = tuple(f"{2010 + at}" for at in range(len(values)))
        series = (ChartSeries("销量", tuple(map(float, values)), points=points),)
        chart = Chart(("bar", "line")[number % 2], x=names, series=series)  # type: ignore[arg-type]
        yield Query((Message("user", (Raw(as_png(chart), f"{number}.png"), "趋势如何？")),), task="chart")


def questions(folder: Path, each: int) -> Iterator[Query]:
    for case in [one for one in read_cases(folder) if one.picture][:each]:
        assert case.picture
        picture = Raw((folder / case.picture).read_bytes(), case.picture)
        yield Query((Message("user", (picture, case.question)),), task="support")


def seconds(service: Service, queries: Iterator[Query]) -> list[float]:
    found = []
    for query in queries:
        started = time.perf_counter()
        for event in service.answer(query):
            if isinstance(event, Failed):
                raise error_from_event(event)
        found.append(time.perf_counter() - started)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", type=int, default=10)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        shop = Path(place) / "shop"
        rng = Random("bench shop")
        write(SHOPS["phones"](rng), shop, rng, 2)
        settings = Settings(data_dir=Path(place) / "data", engine=EngineSettings(name="reader"))
        for _ in KnowledgeBase(settings).import_files(
            [SourceFile(path.name, path.read_bytes()) for path in knowledge_files(shop)]
        ):
            pass
        with assemble(settings) as service:
            service.ocr.load()
            service.safety.load()
            runs = {
                "document_a4": seconds(service, documents(args.each)),
                "chart": seconds(service, charts(args.each)),
                "support": seconds(service, questions(shop, args.each)),
            }
    figures = {name: _summary(found) for name, found in runs.items()}
    for name, one in figures.items():
        print(
            f"{name:12} median {one['median_s']:.2f} s, {one['least_s']:.2f} to {one['most_s']:.2f} s, n = {one['n']}"
        )
    record("readings", "built_in_reader", figures, ("rapidocr", "openvino"))


def _summary(found: list[float]) -> dict[str, float]:
    return {
        "median_s": round(statistics.median(found), 3),
        "least_s": round(min(found), 3),
        "most_s": round(max(found), 3),
        "n": len(found),
    }


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


if __name__ == "__main__":
    main()
