"""Draws documents with a browser: a set that the project's own drawing code had no hand in.

    python tools/draw_documents.py FOLDER [--each 6] [--seed 1] [--family pages|other|all]
    wentu selftest --set FOLDER

Writes NAME.png and NAME.json (`{"type", "fields"}`). Needs the tests' Chromium and Debian's fonts (tools/browser.sh).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from random import Random

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.documents import other_pages, pages

FAMILIES = {"pages": pages.SHEETS, "other": other_pages.SHEETS}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", choices=(*FAMILIES, "all"), default="all")
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
                page.locator("body").screenshot(path=args.folder / f"{name}.png")
                page.close()
                truth = {"type": sheet.type, "fields": dict(sheet.truth)}
                (args.folder / f"{name}.json").write_text(
                    json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8"
                )
        browser.close()


if __name__ == "__main__":
    main()
