"""Draws wentu's sample pictures anew: python tools/draw_samples.py [FOLDER].

Everything on them is invented; nothing is fetched. Needs the Debian package fonts-noto-cjk. Sizes and file names go
into samples.json beside the titles and questions, which are kept there by hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from sample_pictures import chart, id_card, invoice, product, street

SAMPLES_DIR = Path(__file__).resolve().parents[1] / "src" / "wentu" / "samples"
JPEG_QUALITY = 84

DRAWINGS: Mapping[str, Callable[[], Image.Image]] = {
    "id-card.jpg": id_card.draw,
    "invoice.jpg": invoice.draw,
    "chart.png": chart.draw,
    "product.jpg": product.draw,
    "street.jpg": street.draw,
}


def draw_all(folder: Path) -> dict[str, Image.Image]:
    """Draws and saves every sample into `folder`; file name -> picture."""
    drawn = {name: draw() for name, draw in DRAWINGS.items()}
    for name, image in drawn.items():
        if name.endswith(".jpg"):
            image.save(folder / name, quality=JPEG_QUALITY, optimize=True, progressive=True)
        else:
            image.save(folder / name, optimize=True)
    return drawn


def write_sizes(index: Path, drawn: Mapping[str, Image.Image]) -> None:
    """Brings width and height in samples.json up to date."""
    entries = json.loads(index.read_text("utf-8"))
    for entry in entries:
        entry["width"], entry["height"] = drawn[entry["file"]].size
    index.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        draw_all(Path(sys.argv[1]))
    else:
        write_sizes(SAMPLES_DIR / "samples.json", draw_all(SAMPLES_DIR / "pictures"))
