"""Draws the charts that `wentu eval charts` measures:
`python tools/draw_charts.py FOLDER [--seed N] [--each N] [--by NAME,NAME] [--unseen] [--photos]`.

Each program draws `--each` charts into a folder of its own, the types in turn: `svg` (our own, in Chromium), `sheet`
(our own, by Pillow), `echarts` (in Chromium), `gnuplot` and `matplotlib` where they are installed. With `--unseen`
other programs draw other words, sizes and styles than those that the reading was made on: `matplotlib` with its style
sheets, `plotly`, `vega`, `chartjs`, `g2` and `office` (LibreOffice), where they are installed. `--photos` adds a copy
of every second chart as a camera sees it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

from charts import echarts, gnuplot, own, unseen, unseen_chartjs, unseen_g2, unseen_plotly, unseen_vega
from charts.paper import Sheet, Svg
from charts.spec import TYPES, Spec, make
from wentu.evaluation.documents.degrade import degrade

PROGRAMS = ("svg", "sheet", "echarts", "gnuplot", "matplotlib")
UNSEEN = ("matplotlib", "plotly", "vega", "chartjs", "g2", "office")
# What a phone does to a page that it takes from the front: level 1 of each, and slant at level 2.
_SPOILT = (("perspective", 1), ("perspective", 2), ("shadow", 1), ("moire", 1), ("gaussian", 1), ("jpeg", 2))


class Browser:
    """Chromium, opened for the first page that is asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._opened: Any = None

    def shoot(self, html: str, spec: Spec, path: Path) -> None:
        if self._opened is None:
            from playwright.sync_api import sync_playwright

            playwright = self._stack.enter_context(sync_playwright())
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            self._opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            self._stack.callback(self._opened.close)
        size = {"width": spec.look["width"], "height": spec.look["height"]}
        page = self._opened.new_page(viewport=size, device_scale_factor=spec.look["scale"])
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
            file.write(html)
            file.flush()
            page.goto(f"file://{file.name}")
            page.wait_for_timeout(400)
            page.screenshot(path=path)
        page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--by", help="names, parted by commas")
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--photos", action="store_true")
    args = parser.parse_args()
    with ExitStack() as stack:
        browser = Browser(stack)
        drawers = _unseen_drawers(browser) if args.unseen else _drawers(browser)
        for name in args.by.split(",") if args.by else UNSEEN if args.unseen else PROGRAMS:
            if not _installed(name):
                print(f"{name}: not installed, left out")
                continue
            print(f"{name}: {_draw_all(args.folder / name, name, drawers[name], args)} charts")


def _installed(name: str) -> bool:
    needs = {
        "echarts": echarts.LIBRARY.is_file(),
        "gnuplot": shutil.which("gnuplot"),
        "matplotlib": find_spec("matplotlib"),
        "plotly": unseen_plotly.folder(),
        "vega": find_spec("vl_convert"),
        "chartjs": unseen_chartjs.scripts(),
        "g2": unseen_g2.SCRIPT.is_file(),
        "office": shutil.which("soffice") and find_spec("xlsxwriter"),
    }
    return bool(needs.get(name, True))


# A drawer draws many charts at a time: LibreOffice takes longer to start than to draw.
Drawer = Callable[[list[tuple[Spec, Path]]], None]


def _each(draw: Callable[[Spec, Path], None]) -> Drawer:
    """A drawer that draws one chart after the other."""

    def draw_all(wanted: list[tuple[Spec, Path]]) -> None:
        for spec, path in wanted:
            draw(spec, path)

    return draw_all


def _in(browser: Browser, page: Callable[[Spec], str]) -> Drawer:
    """A drawer by a page in the browser."""
    return _each(lambda spec, path: browser.shoot(page(spec), spec, path))


def _drawers(browser: Browser) -> dict[str, Drawer]:
    def svg(spec: Spec) -> str:
        paper = Svg(spec.look["width"], spec.look["height"], own.ink_of(spec).ground)
        own.draw(spec, paper)
        return paper.page()

    def sheet(spec: Spec, path: Path) -> None:
        paper = Sheet(spec.look["width"], spec.look["height"], own.ink_of(spec).ground)
        own.draw(spec, paper)
        paper.finished(spec.look["scale"]).save(path)

    def matplotlib(spec: Spec, path: Path) -> None:
        from charts.matplotlib_ import write

        write(spec, path)

    return {
        "svg": _in(browser, svg),
        "sheet": _each(sheet),
        "echarts": _in(browser, echarts.page),
        "gnuplot": _each(gnuplot.write),
        "matplotlib": _each(matplotlib),
    }


def _unseen_drawers(browser: Browser) -> dict[str, Drawer]:
    def matplotlib(spec: Spec, path: Path) -> None:
        from charts.unseen_matplotlib import write

        write(spec, path)

    def office(wanted: list[tuple[Spec, Path]]) -> None:
        from charts.unseen_office import write_all

        write_all(wanted)

    return {
        "matplotlib": _each(matplotlib),
        "plotly": _in(browser, unseen_plotly.page),
        "vega": _each(unseen_vega.write),
        "chartjs": _in(browser, unseen_chartjs.page),
        "g2": _in(browser, unseen_g2.page),
        "office": office,
    }


def _draw_all(folder: Path, name: str, draw: Drawer, args: argparse.Namespace) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    specs = [spec for k in range(4 * args.each) if _can(name, spec := _made(args, f"{args.seed}/{name}/{k}", k))]
    wanted = [(spec, folder / f"{number:03d}.png") for number, spec in enumerate(specs[: args.each])]
    draw(wanted)
    for number, (spec, path) in enumerate(wanted):
        path.with_suffix(".json").write_text(json.dumps(spec.truth(name), ensure_ascii=False), "utf-8")
        if args.photos and number % 2 == 0:
            _photograph(path, spec.truth(name), number)
    return len(wanted)


def _made(args: argparse.Namespace, seed: str, k: int) -> Spec:
    if args.unseen:
        return unseen.make(seed, unseen.KINDS[k % len(unseen.KINDS)])
    return make(seed, TYPES[k % len(TYPES)])


def _can(name: str, spec: Spec) -> bool:
    """Whether a program has a style for the chart."""
    return name != "gnuplot" or gnuplot.can(spec)


def _photograph(path: Path, truth: dict[str, Any], number: int) -> None:
    """The chart on a grey table, spoiled as a phone does."""
    rng = Random(f"{path.parent.name}/{number}")
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    edge = max(pixels.shape) // 16
    table = np.full((pixels.shape[0] + 2 * edge, pixels.shape[1] + 2 * edge, 3), rng.randrange(120, 200), np.uint8)
    table[edge:-edge, edge:-edge] = pixels
    kind, level = _SPOILT[number // 2 % len(_SPOILT)]
    spoilt = degrade(table, kind, level, number)
    photo = path.with_name(f"{path.stem}-photo.jpg")
    Image.fromarray(spoilt).save(photo, quality=88)
    photo.with_suffix(".json").write_text(json.dumps({**truth, "photo": True}, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
