"""One engine's figures, found through nothing but `generate`: the same questions for every engine."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.base import Engine
from wentu.evaluation.bench.memory import peak_mb

SYSTEM = Turn("system", ("You answer questions about pictures, briefly and only from what they show.",))
QUESTION = "How much is the total of this invoice, and when is it due?"
OTHER_QUESTION = "Who sells here, and what was bought?"
NAMES = ["number", "date", "buyer_tax_id", "seller_tax_id", "amount", "tax_amount"]
FIELDS = json.dumps(
    {
        "type": "object",
        "properties": {name: {"type": "string", "pattern": "^[0-9]{4}$"} for name in NAMES},
        "required": NAMES,
        "additionalProperties": False,
    }
)
# Under 96 tokens, so that random weights that write in circles are not cut off by the loop guard.
N_DECODED = 64
_FIELDS_TOKENS = 400

Report = Callable[[str], None]


def measure(engine: Engine, runs: int, report: Report, *, started: float | None = None) -> dict[str, float | None]:
    """The figures of a loaded engine by name; `report` hears the name of each before it is measured.

    `started`: when its loading began, by `time.perf_counter`; without it the time to its first answer is not known.
    """
    bench = _Bench(engine, runs)
    steps: dict[str, Callable[[], float | None]] = {
        "load_to_first_answer_s": lambda: bench.first_answer(started),
        "first_token_448_cold_s": lambda: bench.median(lambda: bench.cold(448)),
        "first_token_448_uploaded_before_s": lambda: (
            bench.median(bench.uploaded_before) if engine.capabilities.warms else None
        ),
        "first_token_448_read_before_s": lambda: bench.median(bench.read_before),
        "first_token_turn_2_s": lambda: bench.median(bench.turn_2),
        "prefill_tokens_per_s": lambda: bench.median(bench.prefill),
        "decode_tokens_per_s": lambda: bench.median(lambda: bench.decode(1)),
        "decode_4_streams_tokens_per_s": lambda: bench.median(lambda: bench.decode(4)),
        "fields_json_s": lambda: bench.median(bench.fields) if engine.capabilities.json_schema else None,
        "peak_448_mb": peak_mb,
        "first_token_1024_cold_s": lambda: bench.median(lambda: bench.cold(1024)),
        "peak_1024_mb": peak_mb,
    }
    found: dict[str, float | None] = {}
    for name, step in steps.items():
        report(name)
        found[name] = step()
    return found


class _Bench:
    """The questions. Every text and picture is a new one, so that an engine remembers only what it is meant to."""

    def __init__(self, engine: Engine, runs: int) -> None:
        self._engine = engine
        self._runs = runs
        self._n_new = 0

    def median(self, once: Callable[[], float | None]) -> float | None:
        found = [value for _ in range(self._runs) if (value := once()) is not None]
        return round(statistics.median(found), 4) if found else None

    def cold(self, side_px: int) -> float:
        return self._seconds(_prompt(self._picture(side_px), QUESTION))

    def first_answer(self, started: float | None) -> float | None:
        self.cold(448)
        return None if started is None else round(time.perf_counter() - started, 3)

    def uploaded_before(self) -> float:
        """A picture that was read while its question was being typed."""
        shown = self._picture(448)
        for _ in self._engine.warm(Prompt((SYSTEM, Turn("user", (shown,))))):
            pass
        return self._seconds(_prompt(shown, QUESTION))

    def read_before(self) -> float:
        shown = self._picture(448)
        self._seconds(_prompt(shown, QUESTION))
        return self._seconds(_prompt(shown, OTHER_QUESTION))

    def turn_2(self) -> float:
        first = _prompt(self._picture(448), QUESTION)
        answer = self._engine.generate(first, _greedy(32)).text or "?"
        return self._seconds(Prompt((*first.turns, Turn("assistant", (answer,)), Turn("user", ("And the tax?",)))))

    def prefill(self) -> float:
        prompt = Prompt((Turn("user", (f"{self._new()} " + "what is it? " * 100,)),))
        start = time.perf_counter()
        n_tokens = self._engine.generate(prompt, _greedy(1)).usage.prompt_tokens
        return n_tokens / (time.perf_counter() - start)

    def decode(self, n_streams: int) -> float | None:
        """Tokens a second of all streams; None where the answers end at once."""
        prompts = [_prompt(f"{self._new()} {QUESTION}") for _ in range(n_streams)]
        self._together(prompts, 1)  # the prompts are read
        first_s, n_first = self._together(prompts, 1)
        whole_s, n_whole = self._together(prompts, N_DECODED)
        if n_whole <= n_first or whole_s <= first_s:
            return None
        return (n_whole - n_first) / (whole_s - first_s)

    def fields(self) -> float:
        prompt = Prompt(_prompt(f"{self._new()} {QUESTION}").turns, json_schema=FIELDS)
        self._engine.generate(prompt, _greedy(1))
        return self._seconds(prompt, _FIELDS_TOKENS)

    def _seconds(self, prompt: Prompt, max_tokens: int = 1) -> float:
        start = time.perf_counter()
        self._engine.generate(prompt, _greedy(max_tokens))
        return time.perf_counter() - start

    def _together(self, prompts: list[Prompt], max_tokens: int) -> tuple[float, int]:
        """Seconds until the last answer is there, and the tokens of all."""
        with ThreadPoolExecutor(len(prompts)) as pool:
            start = time.perf_counter()
            answers = list(pool.map(lambda prompt: self._engine.generate(prompt, _greedy(max_tokens)), prompts))
            return time.perf_counter() - start, sum(answer.usage.completion_tokens for answer in answers)

    def _new(self) -> int:
        self._n_new += 1
        return self._n_new

    def _picture(self, side_px: int) -> Picture:
        """A colour gradient that the engine has not seen."""
        shade = np.linspace(0, 255, side_px, dtype=np.float32)
        blue = np.full((side_px, side_px), 37 * self._new() % 256, np.float32)
        planes: list[Any] = [np.broadcast_to(shade, blue.shape), np.broadcast_to(shade[:, None], blue.shape), blue]
        return Picture.of_pixels(np.stack(planes, axis=-1))


def _prompt(*parts: str | Picture) -> Prompt:
    return Prompt((SYSTEM, Turn("user", parts)))


def _greedy(max_tokens: int) -> SamplingParams:
    return SamplingParams(max_tokens=max_tokens, temperature=0.0, presence_penalty=0.0)
