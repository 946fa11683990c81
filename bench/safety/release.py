"""What the release checks cost an answer: the same engine with and without them, in turns.

    PYTHONPATH=tests python -m bench.safety.release OUT.json [--rounds 7] [--tokens 200]

Two engines. One says ordinary Chinese sentences at the pace of a CPU: so many milliseconds a token, in which nothing
else is computed, so that whatever a check takes is added to it in full. The other is our own engine with the small
checkpoint of tests/seeing, whose tokens take a millisecond or two: the least favourable case. Writes every run, the
medians of the differences within a round, machine and versions. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from seeing import CHECKPOINT, QUESTION, draw, learnt_scenes
from wentu.cli.machine import read_machine
from wentu.core.clock import Clock
from wentu.core.config import SafetySettings, Settings
from wentu.core.types import Chunk, Message, Picture, Prompt, Query, SamplingParams, Token, Turn, Usage, VersionSpec
from wentu.engines.host import Fleet
from wentu.evaluation.guard.benign import benign_sentences
from wentu.evaluation.guard.report import cost
from wentu.safety import Safety, release
from wentu.safety.guard import Guard

PACES_MS = (20.0, 50.0, 100.0)
WARM_UP = 2
GREEDY = SamplingParams(max_tokens=12, temperature=0.0, presence_penalty=0.0)
Chunks = Callable[[], Iterator[Chunk]]


class Open:
    """In the place of a guard: lets everything through."""

    def feed(self, text: str) -> str:
        return text

    def finish(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Run:
    """One answer: seconds until its first and its last text was released, and how many tokens the engine made."""

    first_s: float
    all_s: float
    tokens: int


def paced(pace_ms: float, tokens: int) -> Chunks:
    """An engine that says sentences, 1.5 characters a token as Qwen's tokenizer cuts Chinese, `pace_ms` apart."""
    text = "。".join(benign_sentences())
    sizes = [1 + n % 2 for n in range(tokens)]
    starts = [sum(sizes[:n]) for n in range(tokens)]
    pieces = [text[start : start + size] for start, size in zip(starts, sizes, strict=True)]

    def chunks() -> Iterator[Chunk]:
        for piece in pieces:
            time.sleep(pace_ms / 1e3)
            yield Chunk(piece)
        yield Chunk(finish_reason="stop", usage=Usage(1, tokens))

    return chunks


def seeing(fleet: Fleet) -> Chunks:
    """Our engine, in its own process, captions one drawn picture after another."""
    scenes = iter(learnt_scenes() * 1000)

    def chunks() -> Iterator[Chunk]:
        pixels = np.ascontiguousarray(draw(next(scenes)))
        picture = Picture(hashlib.sha256(pixels.tobytes()).hexdigest(), pixels)
        return fleet.get("sees").stream(Prompt((Turn("user", (picture, QUESTION)),)), GREEDY)

    return chunks


def timed(chunks: Chunks, guard: Guard | Open) -> Run:
    """One answer through the release of wentu.safety."""
    first, tokens, start = 0.0, 0, time.perf_counter()
    running = release(chunks(), guard, Clock())  # type: ignore[arg-type]
    while True:
        try:
            event = next(running)
        except StopIteration as end:
            tokens = end.value.said.usage.completion_tokens
            return Run(first, time.perf_counter() - start, tokens)
        if isinstance(event, Token) and not first:
            first = time.perf_counter() - start


def compare(chunks: Chunks, safety: Safety, rounds: int, answers: int = 1) -> dict[str, Any]:
    """Both sides in turns, the one that begins changing from round to round."""
    query = Query((Message("user", ("?",)),))
    guards: dict[str, Callable[[], Guard | Open]] = {"off": Open, "on": lambda: safety.watch(query).guard()}
    runs: dict[str, list[Run]] = {"off": [], "on": []}
    for number in range(rounds + WARM_UP):
        for side in ("off", "on") if number % 2 else ("on", "off"):
            made = [timed(chunks, guards[side]()) for _ in range(answers)]
            if number >= WARM_UP:
                runs[side].append(_joined(made))
    pairs = list(zip(runs["off"], runs["on"], strict=True))
    losses = [1 - (on.tokens / on.all_s) / (off.tokens / off.all_s) for off, on in pairs]
    added = [(on.first_s - off.first_s) * 1e3 for off, on in pairs]
    return {
        "tokens_per_s_lost_share": statistics.median(losses),
        "first_token_added_ms": statistics.median(added),
        "tokens_per_s": {side: statistics.median(one.tokens / one.all_s for one in runs[side]) for side in runs},
        "first_token_ms": {side: statistics.median(one.first_s * 1e3 for one in runs[side]) for side in runs},
        "runs": {side: [asdict(one) for one in runs[side]] for side in runs},
    }


def _joined(runs: list[Run]) -> Run:
    """Several answers as one: mean time to the first token, and the sums."""
    return Run(
        statistics.mean(one.first_s for one in runs), sum(one.all_s for one in runs), sum(one.tokens for one in runs)
    )


def way_in(safety: Safety) -> dict[str, float]:
    """Milliseconds of the checks before the engine is asked: a question of 60 characters, and a picture of 1 MP."""
    question = Query((Message("user", ("。".join(benign_sentences()[:4])[:60],)),))
    pixels = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), np.uint8)
    pictures = [Picture(f"{n:064x}", pixels) for n in range(12)]  # scores are remembered by digest
    texts = [_ms(safety.watch(question).check_question) for _ in range(50)]
    looks = [_ms(lambda one=one: safety.watch(question).check_pictures([one])) for one in pictures]
    return {"question_ms": statistics.median(texts[5:]), "picture_ms": statistics.median(looks[2:])}


def _ms(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=200)
    arguments = parser.parse_args()
    safety = Safety(SafetySettings())
    safety.load()
    us_per_token, first_ms = cost(safety.screen())
    found: dict[str, Any] = {"guard_alone": {"us_per_token": us_per_token, "first_token_ms": first_ms}}
    for pace_ms in PACES_MS:
        found[f"{pace_ms:g} ms a token"] = compare(paced(pace_ms, arguments.tokens), safety, arguments.rounds)
    with tempfile.TemporaryDirectory() as data_dir:
        settings = Settings.model_validate({"data_dir": data_dir, "openvino": {"weights": "float32"}})
        fleet = Fleet(settings)
        try:
            fleet.set([VersionSpec("sees", "openvino", CHECKPOINT)])
            found["tiny checkpoint"] = compare(seeing(fleet), safety, arguments.rounds, answers=20)
        finally:
            fleet.close()
    found["way_in"] = way_in(safety)
    machine = asdict(read_machine())
    versions = {name: version(name) for name in ("wentu", "openvino", "numpy", "pyahocorasick")}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"machine": machine, "versions": versions, **found}, indent=1) + "\n", "utf-8")
    for name, one in found.items():
        if "runs" in one:
            lost, added = one["tokens_per_s_lost_share"], one["first_token_added_ms"]
            print(f"{name}: {lost:.2%} of tokens/s, {added:+.2f} ms to the first token")
        else:
            print(f"{name}: " + ", ".join(f"{what} {value:.2f}" for what, value in one.items()))


if __name__ == "__main__":
    main()
