"""From a Prompt to what the network takes: token ids and patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wentu.core.errors import ContextOverflow, EngineError
from wentu.core.types import Picture, Prompt
from wentu.engines.specs.chatml import Control, Slot, Text, segments
from wentu.engines.transformers.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Patches:
    """One picture cut up. `values` is (n_patches, 3 * 2 * patch * patch), `grid` is (1, 3): time, rows, columns.

    `n_tokens` is what remains after merging: the picture's visual tokens.
    """

    values: Tensor
    grid: Tensor
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """`ids` has exactly `n_tokens` placeholders for each picture, in order."""

    ids: tuple[int, ...]
    pictures: tuple[Patches, ...]


def read_prompt(prompt: Prompt, weights: Weights) -> Inputs:
    """Ids and patches of a prompt. Raises ContextOverflow if no token of an answer would fit behind them."""
    pictures = tuple(_patches(picture, weights) for picture in prompt.pictures)
    vocabulary = weights.vocabulary
    ids: list[int] = []
    for segment in segments(prompt):
        match segment:
            case Control(token):
                ids.append(vocabulary.control(token))
            case Text(text):
                ids.extend(vocabulary.encode(text))
            case Slot(picture):
                ids.extend([weights.model.config.image_token_id] * pictures[picture].n_tokens)
    if len(ids) >= weights.max_positions:
        raise ContextOverflow(
            f"the question has {len(ids)} tokens; this model takes {weights.max_positions}",
            tokens=len(ids),
            limit=weights.max_positions,
        )
    return Inputs(tuple(ids), pictures)


def _patches(picture: Picture, weights: Weights) -> Patches:
    longest, shortest = max(picture.width, picture.height), min(picture.width, picture.height)
    if shortest == 0 or longest / shortest > weights.spec.max_aspect:
        raise EngineError(
            f"the model takes pictures of an aspect up to {weights.spec.max_aspect:g}",
            hint="Cut the picture into parts that are less long and thin.",
            limit=f"{weights.spec.max_aspect:g}",
        )
    least, most = weights.pixel_budget
    processor = weights.image_processor
    made = processor.preprocess(
        [picture.pixels],
        size={"shortest_edge": least, "longest_edge": most},
        input_data_format="channels_last",  # a picture 3 pixels high would be taken for one with its colours first
        return_tensors="pt",
    )
    values, grid = made["pixel_values"], made["image_grid_thw"]
    return Patches(values, grid, int(grid.prod()) // processor.merge_size**2)
