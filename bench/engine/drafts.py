"""What drafts from the page save our own engine: an answer that repeats a page, with and without them.

    python -m bench.engine.drafts FOLDER [--runs 3] [--out bench/results/drafts.json]

FOLDER is a model's; where there is none, one with random weights of the full size is made (4.3 GB). The true text is
replayed as the model's choice, so random weights do. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from wentu.cli.machine import read_machine
from wentu.core.config import EngineSettings, OpenVinoSettings, Settings
from wentu.core.types import Prompt, SamplingParams, TextLine, Turn, VersionSpec
from wentu.engines.loop.sampling import Float32, Sampler
from wentu.engines.openvino import OpenVinoEngine
from wentu.evaluation.bench.measure import QUESTION, SYSTEM
from wentu.evaluation.random_model import make_random_model
from wentu.evaluation.shapes import Sizes

PAGE = "Invoice 20391844, due 2026-05-17, Harbour Lane Books, total 1,284.50, tax 74.11, paid by transfer."


class Replay(Sampler):
    """Chooses a text that was written beforehand, then ends."""

    def __init__(self, tokens: list[int], end: int) -> None:
        self._tokens = [*tokens, end]
        self._n_chosen = 0

    def choose(self, logits: Float32, allowed: object = None) -> int:
        return self._tokens[self._n_chosen]

    def accept(self, token: int) -> None:
        self._n_chosen += 1


def seconds(engine: OpenVinoEngine, *, drafts: bool) -> float:
    """Seconds for the page's text after the prompt has been read."""
    square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    lines = ((TextLine(PAGE, square, 1.0),),) if drafts else ()
    prompt = Prompt((SYSTEM, Turn("user", (QUESTION,))), lines)
    engine.generate(prompt, SamplingParams(max_tokens=1, temperature=0.0))
    parts = engine._parts
    request = parts.request(prompt, SamplingParams(max_tokens=200, temperature=0.0))
    request.answer._sampler = Replay(parts.tokenizer.encode(PAGE), parts.tokenizer.end_tokens[0])
    start = time.perf_counter()
    parts.scheduler.submit(request)
    request.ended.wait()
    return time.perf_counter() - start


def measure(folder: Path, weights: str, runs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=folder.parent) as data_dir:
        settings = Settings(
            data_dir=Path(data_dir),
            engine=EngineSettings(deadline_s=3600),
            openvino=OpenVinoSettings(weights=weights),
        )
        engine = OpenVinoEngine.load(VersionSpec("bench", "openvino", folder), settings)
        plain, drafted = (
            statistics.median(seconds(engine, drafts=drafts) for _ in range(runs)) for drafts in (False, True)
        )
        engine.close()
    return {
        "page_text_plain_s": round(plain, 4),
        "page_text_drafts_s": round(drafted, 4),
        "speedup": round(plain / drafted, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", default="int4")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if not (args.folder / "config.json").is_file():
        make_random_model(args.folder, Sizes())
    found = {
        "machine": asdict(read_machine()),
        "weights": args.weights,
        **measure(args.folder, args.weights, args.runs),
    }
    print(json.dumps(found, indent=2))
    if args.out is not None:
        args.out.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
