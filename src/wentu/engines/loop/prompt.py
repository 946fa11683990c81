"""A prompt as the model reads it: ChatML around text and pictures, with the place of every visual token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wentu.core.errors import EngineError
from wentu.core.types import Picture, Prompt
from wentu.engines.loop.cache import Key
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.pictures import Grid, PixelBudget, patch_grid
from wentu.engines.loop.positions import Int64, mrope_positions
from wentu.engines.loop.tokens import Tokenizer
from wentu.engines.specs.chatml import Control, Text, segments

_CLOSING: Final = 4  # segments after the last turn's text: its end, a newline, and the opening of the answer


@dataclass(frozen=True, slots=True)
class Visual:
    """A picture in a prompt: its visual tokens are the entries `start` to `end` (not included).

    `name` stands for the pixels that the model sees: the picture's digest and the size it is resized to.
    """

    name: str
    picture: Picture
    grid: Grid
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt in tokens: ids (n,), cache keys (n), MRoPE positions (3, n), the position that comes next, pictures."""

    ids: list[int]
    keys: list[Key]
    positions: Int64
    next_position: int
    visuals: tuple[Visual, ...]


class PromptEncoder:
    """Writes prompts in ChatML as `specs.chatml` cuts them.

    Control tokens come from there alone: text never becomes one, so pictures and placeholders always agree.
    """

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer, budget: PixelBudget) -> None:
        self._config = config
        self._tokenizer = tokenizer
        self._budget = budget

    def encode(self, prompt: Prompt, *, complete: bool = True) -> Encoded:
        """The prompt up to where the answer begins; or, not `complete`, up to where its last turn could go on.

        Raises EngineError for an empty prompt and for a picture too long and thin.
        """
        if not prompt.turns:
            raise EngineError("there is no question", hint="Ask something.")
        ids: list[int] = []
        visuals: list[Visual] = []
        for segment in segments(prompt)[: None if complete else -_CLOSING]:
            if isinstance(segment, Text):
                ids += self._tokenizer.encode(segment.text)
            elif isinstance(segment, Control):
                ids.append(self._tokenizer.ids[segment.token])
            else:
                visuals.append(self._place(prompt.pictures[segment.picture], len(ids)))
                ids += [self._config.image_token] * (visuals[-1].end - visuals[-1].start)
        return self._located(ids, visuals)

    def _place(self, picture: Picture, start: int) -> Visual:
        grid = patch_grid(picture, self._config.vision, self._budget)
        name = f"{picture.digest}-{grid.rows}x{grid.columns}"
        return Visual(name, picture, grid, start, start + grid.n_tokens(self._config.vision.merge_size))

    def _located(self, ids: list[int], visuals: list[Visual]) -> Encoded:
        keys: list[Key] = list(ids)
        is_picture = np.zeros(len(ids), np.bool_)
        for visual in visuals:
            keys[visual.start : visual.end] = [(visual.name, index) for index in range(visual.end - visual.start)]
            is_picture[visual.start : visual.end] = True
        grids = [visual.grid for visual in visuals]
        positions, following = mrope_positions(is_picture, grids, self._config.vision.merge_size)
        return Encoded(ids, keys, positions, following, tuple(visuals))
