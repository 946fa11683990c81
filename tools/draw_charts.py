"""Draws the charts that `wentu eval charts` measures:
`python tools/draw_charts.py FOLDER [--seed N] [--each N] [--by NAME,NAME] [--photos]`.

Each program draws `--each` charts into a folder of its own, the types in turn: `svg` (our own, in Chromium), `sheet`
(our own, by Pillow), `echarts` (in Chromium), `gnuplot` and `matplotlib` where they are installed. `--photos` adds a
copy of every second chart as a camera sees it.
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

from charts import echarts, gnuplot, own
from charts.paper import Sheet, Svg
from charts.spec import TYPES, Spec, make
from wentu.evaluation.documents.degrade import degrade

PROGRAMS = ("svg", "sheet", "echarts", "gnuplot", "matplotlib")
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
            page.wait_for_timeout(120)
            page.screenshot(path=path)
        page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--by", default=",".join(PROGRAMS))
    parser.add_argument("--photos", action="store_true")
    args = parser.parse_args()
    with ExitStack() as stack:
        drawers = _drawers(Browser(stack))
        for name in args.by.split(","):
            if not _installed(name):
                print(f"{name}: not installed, left out")
                continue
            print(f"{name}: {_draw_all(args.folder / name, name, drawers[name], args)} charts")


def _installed(name: str) -> bool:
    needs = {
        "echarts": echarts.LIBRARY.is_file(),
        "gnuplot": shutil.which("gnuplot"),
        "matplotlib": find_spec("matplotlib"),
    }
    return bool(needs.get(name, True))


def _drawers(browser: Browser) -> dict[str, Callable[[Spec, Path], None]]:
    def svg(spec: Spec, path: Path) -> None:
        paper = Svg(spec.look["width"], spec.look["height"], own.ink_of(spec).ground)
        own.draw(spec, paper)
        browser.shoot(paper.page(), spec, path)

    def sheet(spec: Spec, path: Path) -> None:
        paper = Sheet(spec.look["width"], spec.look["height"], own.ink_of(spec).ground)
        own.draw(spec, paper)
        paper.finished(spec.look["scale"]).save(path)

    def matplotlib(spec: Spec, path: Path) -> None:
        from charts.matplotlib_ import write

        write(spec, path)

    return {
        "svg": svg,
        "sheet": sheet,
        "echarts": lambda spec, path: browser.shoot(echarts.page(spec), spec, path),
        "gnuplot": gnuplot.write,
        "matplotlib": matplotlib,
    }


def _draw_all(folder: Path, name: str, draw: Callable[[Spec, Path], None], args: argparse.Namespace) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = k = 0
    while drawn < args.each and k < 4 * args.each:
        spec = make(f"{args.seed}/{name}/{k}", TYPES[k % len(TYPES)])
        k += 1
        if name == "gnuplot" and not gnuplot.can(spec):
            continue
        path = folder / f"{drawn:03d}.png"
        draw(spec, path)
        path.with_suffix(".json").write_text(json.dumps(spec.truth(name), ensure_ascii=False), "utf-8")
        if args.photos and drawn % 2 == 0:
            _photograph(path, spec.truth(name), drawn)
        drawn += 1
    return drawn


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
