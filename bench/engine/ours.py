"""Times and memory of our own engine on this machine, with the random full-size checkpoint.

    PYTHONPATH=tests python -m bench.engine.ours FOLDER [--weights int4] [--out result.json]

Nothing else should run meanwhile. Every figure but conversion and load is the median of some runs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from bench.engine.full_size import make_full_size

from tiny import picture
from wentu.core.config import EngineSettings, OpenVinoSettings, Settings
from wentu.core.types import Picture, Prompt, SamplingParams, TextLine, Turn
from wentu.engines.base import VersionSpec
from wentu.engines.openvino import OpenVinoEngine
from wentu.engines.openvino.assembly import prepare
from wentu.engines.openvino.sampling import Float32, Sampler

QUESTION = "How much is the total of this invoice, and when is it due?"
SYSTEM = Turn("system", ("You answer questions about pictures, briefly and only from what they show.",))
FIELDS = json.dumps(
    {
        "type": "object",
        "properties": {
            name: {"type": "string", "pattern": "^[0-9]{4}$"}
            for name in ("number", "date", "buyer_tax_id", "seller_tax_id", "amount", "tax_amount")
        },
        "required": ["number", "date", "buyer_tax_id", "seller_tax_id", "amount", "tax_amount"],
        "additionalProperties": False,
    }
)
# Under 96 tokens, so that random weights that write in circles are not cut off by the loop guard.
DECODED = 64


@dataclass
class Bench:
    """One loaded engine and what was measured with it."""

    engine: OpenVinoEngine
    runs: int
    pictures: int = 0

    def picture(self, side_px: int) -> Picture:
        """One that the engine has not seen."""
        self.pictures += 1
        return picture(side_px, side_px, self.pictures)

    def median(self, measure: Callable[[], float]) -> float:
        return round(statistics.median(measure() for _ in range(self.runs)), 3)

    def first_token(self, prompt: Prompt) -> float:
        start = time.perf_counter()
        self.engine.generate(prompt, greedy(1))
        return time.perf_counter() - start

    def first_token_cold(self, side_px: int) -> float:
        return self.first_token(Prompt((SYSTEM, Turn("user", (self.picture(side_px), QUESTION)))))

    def first_token_uploaded(self) -> float:
        shown = self.picture(448)
        self.engine.warm(Prompt((SYSTEM, Turn("user", (shown,))))).wait()
        return self.first_token(Prompt((SYSTEM, Turn("user", (shown, QUESTION)))))

    def first_token_turn_2(self) -> float:
        first = Prompt((SYSTEM, Turn("user", (self.picture(448), QUESTION))))
        answer = self.engine.generate(first, greedy(32)).text
        return self.first_token(Prompt((*first.turns, Turn("assistant", (answer,)), Turn("user", ("And the tax?",)))))

    def prefill_tokens_per_s(self) -> float:
        self.pictures += 1
        prompt = Prompt((Turn("user", (f"{self.pictures} " + "what is it? " * 100,)),))
        n = len(self.engine._parts.encoder.encode(prompt).ids)
        return n / self.first_token(prompt)

    def decode_tokens_per_s(self, streams: int) -> float:
        """Tokens of all streams together after their first ones, without guesses."""
        prompts = [Prompt((SYSTEM, Turn("user", (f"{i} {QUESTION}",)))) for i in range(streams)]
        for prompt in prompts:
            self.engine.generate(prompt, greedy(1))
        with ThreadPoolExecutor(streams) as pool:
            start = time.perf_counter()
            answers = list(pool.map(lambda prompt: self.engine.generate(prompt, greedy(DECODED)), prompts))
            return sum(answer.usage.completion_tokens for answer in answers) / (time.perf_counter() - start)

    def fields_json(self) -> float:
        prompt = Prompt((SYSTEM, Turn("user", (QUESTION,))), json_schema=FIELDS)
        self.engine.generate(prompt, greedy(1))
        start = time.perf_counter()
        self.engine.generate(prompt, greedy(400))
        return time.perf_counter() - start

    def page_text(self, *, drafts: bool) -> float:
        """Seconds for an answer that repeats a page, the true text replayed as the model's choice."""
        page = "Invoice 20391844, due 2026-05-17, Harbour Lane Books, total 1,284.50, tax 74.11, paid by transfer."
        square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
        lines = ((TextLine(page, square, 1.0),),) if drafts else ()
        prompt = Prompt((SYSTEM, Turn("user", (QUESTION,))), lines)
        self.engine.generate(prompt, greedy(1))
        request = self.engine._parts.request(prompt, greedy(200))
        request.answer._sampler = Replay(self.engine._parts.tokenizer.encode(page), self.engine)
        start = time.perf_counter()
        self.engine._parts.scheduler.submit(request)
        request.ended.wait()
        return time.perf_counter() - start


class Replay(Sampler):
    """Chooses a text that was written beforehand, then ends."""

    def __init__(self, tokens: list[int], engine: OpenVinoEngine) -> None:
        self._tokens = [*tokens, engine._parts.tokenizer.end_tokens[0]]
        self._chosen = 0

    def choose(self, logits: Float32, allowed: object = None) -> int:
        return self._tokens[self._chosen]

    def accept(self, token: int) -> None:
        self._chosen += 1


def greedy(max_tokens: int) -> SamplingParams:
    return SamplingParams(max_tokens=max_tokens, temperature=0.0, presence_penalty=0.0)


def _convert(folder: Path, settings: Settings, answers: multiprocessing.Queue[tuple[float, int]]) -> None:
    start = time.perf_counter()
    prepare(folder, settings)
    answers.put((time.perf_counter() - start, peak_mb()))


def converted(folder: Path, settings: Settings) -> tuple[float, int]:
    """Seconds and peak MB of a conversion, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_convert, args=(folder, settings, answers))
    process.start()
    result: tuple[float, int] = answers.get()
    process.join()
    return result


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


def read_gb_per_s() -> float:
    """Memory bandwidth of one thread reading 1 GB: flips from hour to hour on shared machines."""
    data = np.ones(1 << 27, np.float64)
    start = time.perf_counter()
    data.sum()
    return round(data.nbytes / 1e9 / (time.perf_counter() - start), 1)


def measure(folder: Path, weights: str, runs: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as data_dir:
        settings = Settings(
            data_dir=Path(data_dir),
            engine=EngineSettings(deadline_s=3600),
            openvino=OpenVinoSettings(weights=weights),
        )
        result: dict[str, object] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "openvino": ov.get_version(),
            "weights": weights,
            "read_gb_per_s_before": read_gb_per_s(),
        }
        result["convert_s"], result["convert_peak_mb"] = converted(folder, settings)
        start = time.perf_counter()
        engine = OpenVinoEngine.load(VersionSpec("bench", "openvino", folder), settings)
        result["load_and_warm_up_s"] = round(time.perf_counter() - start, 2)
        bench = Bench(engine, runs)
        result["first_token_448_cold_s"] = bench.median(lambda: bench.first_token_cold(448))
        result["first_token_448_uploaded_before_s"] = bench.median(bench.first_token_uploaded)
        result["first_token_turn_2_s"] = bench.median(bench.first_token_turn_2)
        result["prefill_tokens_per_s"] = bench.median(bench.prefill_tokens_per_s)
        for streams in (1, 4, 8):
            result[f"decode_{streams}_tokens_per_s"] = bench.median(lambda n=streams: bench.decode_tokens_per_s(n))
        result["fields_json_s"] = bench.median(bench.fields_json)
        result["page_text_plain_s"] = bench.median(lambda: bench.page_text(drafts=False))
        result["page_text_drafts_s"] = bench.median(lambda: bench.page_text(drafts=True))
        result["peak_mb_after_448"] = peak_mb()
        result["first_token_1024_cold_s"] = round(bench.first_token_cold(1024), 2)
        result["peak_mb_with_1024"] = peak_mb()
        result["read_gb_per_s_after"] = read_gb_per_s()
        engine.close()
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", default="int4")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    result = measure(make_full_size(args.folder), args.weights, args.runs)
    text = json.dumps(result, indent=2)
    print(text)
    if args.out:
        args.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
