"""Pictures and captions as transformers' own model takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor
from transformers import Qwen2VLImageProcessorPil

from seeing.drawing import QUESTION, Scene, caption, draw

IGNORED = -100  # the label of a token whose prediction is not asked for (torch.nn.functional.cross_entropy)


@dataclass(frozen=True, slots=True)
class Example:
    """One picture with its question and caption. `values` is (n_patches, 1536), `grid` (1, 3).

    `labels` repeats `ids` where the caption and its end are, and is IGNORED before.
    """

    values: Tensor
    grid: Tensor
    ids: list[int]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples side by side, padded on the right; fields as Qwen3VLForConditionalGeneration names them."""

    input_ids: Tensor
    attention_mask: Tensor
    mm_token_type_ids: Tensor
    labels: Tensor
    pixel_values: Tensor
    image_grid_thw: Tensor

    def inputs(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Reader:
    """Prepares pictures as the publisher's processor does, and writes prompts as its chat template does."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._processor = Qwen2VLImageProcessorPil.from_pretrained(folder)
        self._image, self._end, self._pad = (
            self._tokenizer.token_to_id(token) for token in ("<|image_pad|>", "<|im_end|>", "<|endoftext|>")
        )

    def example(self, scene: Scene) -> Example:
        made = self._processor([Image.fromarray(draw(scene))], return_tensors="pt")
        n_tokens = int(made["image_grid_thw"].prod()) // self._processor.merge_size**2
        shown = "<|vision_start|>" + "<|image_pad|>" * n_tokens + "<|vision_end|>"
        prompt = self._ids(f"<|im_start|>user\n{shown}{QUESTION}<|im_end|>\n<|im_start|>assistant\n")
        answer = [*self._ids(caption(scene)), self._end]
        labels = [IGNORED] * len(prompt) + answer
        return Example(made["pixel_values"], made["image_grid_thw"], prompt + answer, labels)

    def batch(self, examples: Sequence[Example]) -> Batch:
        ids = _padded([example.ids for example in examples], self._pad)
        return Batch(
            input_ids=ids,
            attention_mask=_padded([[1] * len(example.ids) for example in examples], 0),
            mm_token_type_ids=(ids == self._image).int(),
            labels=_padded([example.labels for example in examples], IGNORED),
            pixel_values=torch.cat([example.values for example in examples]),
            image_grid_thw=torch.cat([example.grid for example in examples]),
        )

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _padded(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])
