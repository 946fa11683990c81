"""The questions of a measurement, asked of an engine whose speed is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Self

import pytest

from wentu.core.config import Settings
from wentu.core.types import Chunk, Picture, Prompt, SamplingParams, Usage, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.evaluation.bench import STEPS
from wentu.evaluation.bench.measure import measure

TOKEN_S, PICTURE_S = 0.001, 0.03


class Metronome(Engine):
    """A token takes 1 ms, a picture that it has not seen 30 ms, a prompt token nothing."""

    capabilities = Capabilities(sees=True, json_schema=False)

    def __init__(self, n_said: int = 1000) -> None:
        self.n_said = n_said
        self.seen: set[str] = set()
        self.prompts: list[Prompt] = []

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        return cls()

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        self.prompts.append(prompt)
        new = {picture.digest for picture in prompt.pictures} - self.seen
        self.seen |= new
        n_tokens = min(params.max_tokens, self.n_said)
        time.sleep(len(new) * PICTURE_S + n_tokens * TOKEN_S)
        yield Chunk("x" * n_tokens, finish_reason="length", usage=Usage(100, n_tokens))


def test_the_figures_are_those_of_the_engine() -> None:
    steps: list[str] = []
    found = measure(Metronome(), 3, steps.append)
    assert steps == [name for name in STEPS if name in found]
    for cold in ("first_token_448_cold_s", "first_token_1024_cold_s"):
        assert found[cold] == pytest.approx(PICTURE_S + TOKEN_S, rel=0.5)
    for warm in ("first_token_448_read_before_s", "first_token_turn_2_s"):
        assert found[warm] < PICTURE_S / 2
    assert found["decode_tokens_per_s"] == pytest.approx(1000, rel=0.3)
    assert found["decode_4_streams_tokens_per_s"] > 2 * found["decode_tokens_per_s"]
    assert 100 / 0.02 < found["prefill_tokens_per_s"] <= 100 / TOKEN_S


def test_what_an_engine_does_not_have_stays_open() -> None:
    assert measure(Metronome(), 1, lambda step: None)["fields_json_s"] is None
    assert measure(Metronome(n_said=1), 1, lambda step: None)["decode_tokens_per_s"] is None


def test_cold_pictures_are_new_ones_and_have_the_size_that_is_named() -> None:
    engine = Metronome()
    measure(engine, 2, lambda step: None)
    pictures = [part for prompt in engine.prompts for turn in prompt.turns for part in turn.parts]
    sizes = {(part.width, part.height) for part in pictures if isinstance(part, Picture)}
    assert sizes == {(448, 448), (1024, 1024)}
    # the first answer, then two runs of: cold, read before, turn 2, large
    assert len(engine.seen) == 9
