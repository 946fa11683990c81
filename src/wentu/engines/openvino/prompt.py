"""A prompt as the model reads it: ChatML around text and pictures, with the place of every visual token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wentu.core.errors import BadRequest
from wentu.core.types import Picture, Prompt, Turn
from wentu.engines.openvino.cache import Key
from wentu.engines.openvino.config import ModelConfig
from wentu.engines.openvino.pictures import Grid, PixelBudget, patch_grid
from wentu.engines.openvino.positions import Int64, mrope_positions
from wentu.engines.openvino.tokens import Tokenizer

_BEGIN: Final = "<|im_start|>"
_END: Final = "<|im_end|>"


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
    """Writes prompts in Qwen3-VL's chat format (the `chat_template` published beside the weights)."""

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer, budget: PixelBudget) -> None:
        self._config = config
        self._tokenizer = tokenizer
        self._budget = budget

    def encode(self, prompt: Prompt, *, complete: bool = True) -> Encoded:
        """The prompt up to where the answer begins; or, not `complete`, up to where its last turn could go on.

        Special tokens come from here alone: text never becomes one, so pictures and placeholders always agree.
        """
        if not prompt.turns:
            raise BadRequest("the prompt is empty")
        writer = _Writer(self._config, self._tokenizer, self._budget)
        for turn in prompt.turns[:-1]:
            writer.turn(turn)
        writer.turn(prompt.turns[-1], close=complete)
        if complete:
            writer.special(_BEGIN)
            writer.text("assistant\n")
        return writer.finish()


class _Writer:
    def __init__(self, config: ModelConfig, tokenizer: Tokenizer, budget: PixelBudget) -> None:
        self._config = config
        self._tokenizer = tokenizer
        self._budget = budget
        self._ids: list[int] = []
        self._visuals: list[Visual] = []
        self._pending = ""  # text is tokenised from special token to special token, as the published template is

    def turn(self, turn: Turn, *, close: bool = True) -> None:
        self.special(_BEGIN)
        self.text(turn.role + "\n")
        for part in turn.parts:
            if isinstance(part, str):
                self.text(part)
            else:
                self._picture(part)
        if close:
            self.special(_END)
            self.text("\n")

    def text(self, text: str) -> None:
        self._pending += text

    def special(self, name: str) -> None:
        self._flush()
        self._ids.append(self._tokenizer.ids[name])

    def finish(self) -> Encoded:
        self._flush()
        merge = self._config.vision.merge_size
        keys: list[Key] = list(self._ids)
        visual = np.zeros(len(keys), np.bool_)
        for item in self._visuals:
            keys[item.start : item.end] = [(item.name, index) for index in range(item.end - item.start)]
            visual[item.start : item.end] = True
        positions, following = mrope_positions(visual, [item.grid for item in self._visuals], merge)
        return Encoded(self._ids, keys, positions, following, tuple(self._visuals))

    def _picture(self, picture: Picture) -> None:
        self._flush()
        grid = patch_grid(picture, self._config.vision, self._budget)
        name = f"{picture.digest}-{grid.rows}x{grid.columns}"
        start = len(self._ids) + 1
        end = start + grid.n_tokens(self._config.vision.merge_size)
        self._visuals.append(Visual(name, picture, grid, start, end))
        self._ids.append(self._config.vision_start_token)
        self._ids += [self._config.image_token] * (end - start)
        self._ids.append(self._config.vision_end_token)

    def _flush(self) -> None:
        if self._pending:
            self._ids += self._tokenizer.encode(self._pending)
            self._pending = ""
