"""What is known about a family of models beyond its config.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wentu.core.types import Box, SamplingParams


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling numbers with nothing left open. `temperature` 0 is greedy; `top_k` 0 and `top_p` 1 are off."""

    temperature: float
    top_p: float
    top_k: int
    presence_penalty: float
    repetition_penalty: float

    def over(self, params: SamplingParams) -> Sampling:
        """The call's own values, and these where the call says None."""

        def chosen(asked: Any, default: Any) -> Any:
            return default if asked is None else asked

        return Sampling(
            temperature=chosen(params.temperature, self.temperature),
            top_p=chosen(params.top_p, self.top_p),
            top_k=chosen(params.top_k, self.top_k),
            presence_penalty=chosen(params.presence_penalty, self.presence_penalty),
            repetition_penalty=chosen(params.repetition_penalty, self.repetition_penalty),
        )


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One family. Token ids and sizes are not here: they are read from the checkpoint's own files.

    `box_scale`: boxes are written as [x1, y1, x2, y2] relative to this number in both directions.
    `min_pixels`, `max_pixels`: the maker's pixel budget for one picture where preprocessor_config.json is silent.
    `token_px`: side of the square that one visual token covers, where the checkpoint's own files can't be read.
    `max_aspect`: the longest side over the shortest that the preprocessing takes.
    `names`: what lower-case model names of the family contain, to know it on a server that shows only a name.
    """

    family: str
    model_type: str
    names: tuple[str, ...]
    box_scale: float
    min_pixels: int
    max_pixels: int
    max_aspect: float
    token_px: int
    sampling: Sampling

    def box(self, numbers: Sequence[float], width: int, height: int) -> Box:
        """`bbox_2d` as written by the model -> Box in pixels of a (width, height) picture, in order and clamped."""
        x0, y0, x1, y1 = (min(max(number / self.box_scale, 0.0), 1.0) for number in numbers)
        return Box(min(x0, x1) * width, min(y0, y1) * height, max(x0, x1) * width, max(y0, y1) * height)

    def sampling_of(self, generation_config: Mapping[str, Any]) -> Sampling:
        """The defaults of one checkpoint: its generation_config.json, and the family's where that is silent."""
        family = self.sampling
        greedy = generation_config.get("do_sample") is False
        return Sampling(
            temperature=0.0 if greedy else float(generation_config.get("temperature", family.temperature)),
            top_p=float(generation_config.get("top_p", family.top_p)),
            top_k=int(generation_config.get("top_k", family.top_k)),
            presence_penalty=float(generation_config.get("presence_penalty", family.presence_penalty)),
            repetition_penalty=float(generation_config.get("repetition_penalty", family.repetition_penalty)),
        )
