"""Draws documents with a browser: a set that the project's own drawing code had no hand in.

    python tools/draw_documents.py FOLDER [--each 6] [--seed 1] [--family pages|other|all] [--pdf [--scale 0.5]]
    wentu selftest --set FOLDER

Writes NAME.png (with --pdf NAME.pdf, whose text is text) and NAME.json (`{"type", "fields"}`). Needs the tests'
Chromium and Debian's fonts (tools/browser.sh).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from random import Random

from playwright.sync_api import Page, PdfMargins, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.documents import other_pages, pages

FAMILIES = {"pages": pages.SHEETS, "other": other_pages.SHEETS}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", choices=(*FAMILIES, "all"), default="all")
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0, help="of the PDFs' print; 0.5 makes it about 6 pt")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for make in (*pages.SHEETS, *other_pages.SHEETS) if args.family == "all" else FAMILIES[args.family]:
            for number in range(args.each):
                rng = Random(f"{args.seed}/{make.__name__}/{number}")
                sheet = make(rng)
                page = browser.new_page(
                    viewport={"width": sheet.width, "height": 400}, device_scale_factor=rng.choice((1.0, 1.25, 1.6))
                )
                page.set_content(sheet.html)
                name = f"{make.__name__.replace('_', '-')}-{number}"
                if args.pdf:
                    _print(page, args.folder / f"{name}.pdf", args.scale)
                else:
                    page.locator("body").screenshot(path=args.folder / f"{name}.png")
                page.close()
                truth = {"type": sheet.type, "fields": dict(sheet.truth)}
                (args.folder / f"{name}.json").write_text(
                    json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8"
                )
        browser.close()


def _print(page: Page, path: Path, scale: float) -> None:
    """The sheet on one page of its own size."""
    box = page.locator("body").bounding_box()
    assert box is not None
    width, height = scale * (box["width"] + 2 * box["x"]), scale * (box["height"] + 2 * box["y"]) + 2
    margin = PdfMargins(top="0", right="0", bottom="0", left="0")
    page.pdf(path=path, scale=scale, width=f"{width}px", height=f"{height}px", print_background=True, margin=margin)


if __name__ == "__main__":
    main()
