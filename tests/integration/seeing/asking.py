"""Shows drawn pictures to a real engine and counts the captions that come back exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from seeing import QUESTION, Scene, caption, draw
from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.base import Engine

GREEDY = SamplingParams(max_tokens=12, temperature=0.0, presence_penalty=0.0)


def picture_of(pixels: NDArray[np.uint8]) -> Picture:
    return Picture(hashlib.sha256(pixels.tobytes()).hexdigest(), np.ascontiguousarray(pixels))


def said(engine: Engine, scenes: Sequence[Scene], *, swap_channels: bool = False, at_once: int = 8) -> list[str]:
    """What `engine` answers about each picture, `at_once` of them asked together."""

    def answer(scene: Scene) -> str:
        pixels = draw(scene)[:, :, ::-1] if swap_channels else draw(scene)
        prompt = Prompt((Turn("user", (picture_of(pixels), QUESTION)),))
        return engine.generate(prompt, GREEDY).text

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(answer, scenes))


def exact(answers: Sequence[str], scenes: Sequence[Scene]) -> float:
    """The share of answers, 0..1, that are the picture's caption to the letter."""
    return float(np.mean([answer == caption(scene) for answer, scene in zip(answers, scenes, strict=True)]))


def words_right(answers: Sequence[str], scenes: Sequence[Scene], word: int) -> float:
    """The share of answers, 0..1, whose word number `word` (from 0) is the caption's."""
    pairs = zip(answers, scenes, strict=True)
    return float(
        np.mean([answer.split()[word : word + 1] == [caption(scene).split()[word]] for answer, scene in pairs])
    )
