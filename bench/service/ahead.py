"""What reading an uploaded picture ahead saves: time to the answer of the built-in reader, with and without.

    PYTHONPATH=tests python -m bench.service.ahead [--questions 10]

A question comes 3 s after its picture, as somebody types it. Each picture is another one (a line of pixels differs), so
nothing is remembered from the one before. Writes bench/results/latency.json. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np
from bench.record import record, spread
from PIL import Image

from running import serving
from wentu import samples

SAMPLE, TYPING_S = "invoice", 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=10)
    args = parser.parse_args()
    found = {}
    for name, ahead in (("asked_without", "false"), ("read_ahead", "true")):
        settings = {
            "WENTU_OCR__AHEAD": ahead,
            "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
            "WENTU_ENGINE__NAME": "reader",
        }
        with tempfile.TemporaryDirectory(prefix="wentu-") as folder:
            with serving(Path(folder) / "data", **settings) as running:
                found[name] = _asked(running.url, args.questions)
    saved = statistics.median(found["asked_without"]) - statistics.median(found["read_ahead"])
    figures = {**{name: spread(seconds) for name, seconds in found.items()}, "saved_ms": round(1000 * saved, 1)}
    path = record(
        "latency", "reading_ahead", {**figures, "picture": SAMPLE, "typing_s": TYPING_S}, ("rapidocr", "openvino")
    )
    for name, seconds in found.items():
        print(
            f"{name}: answer {1000 * statistics.median(seconds):.0f} ms after the question (median of {len(seconds)})"
        )
    print(f"saved: {1000 * saved:.0f} ms ({path})")


def _asked(url: str, n_questions: int) -> list[float]:
    """Seconds from the question to the whole answer; the first one loads the reader and is not counted."""
    seconds = []
    with httpx.Client(base_url=url, timeout=60) as http:
        for number in range(n_questions + 1):
            picture = http.post("/v1/pictures", files={"file": _another(number)}).json()["id"]
            time.sleep(TYPING_S)
            parts = [
                {"type": "text", "text": "合计多少钱？"},
                {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}},
            ]
            begun = time.perf_counter()
            body = {"model": "stable", "messages": [{"role": "user", "content": parts}]}
            http.post("/v1/chat/completions", json=body).raise_for_status()
            seconds.append(time.perf_counter() - begun)
    return seconds[1:]


def _another(number: int) -> bytes:
    """The sample with a mark of its own in the margin."""
    pixels = np.array(Image.open(io.BytesIO(samples.read(SAMPLE))).convert("RGB"))
    pixels[0, : number + 1] = (number, 0, 0)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
