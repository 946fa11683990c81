"""The reference: transformers in float32 on the same folder, and our graphs without the engine around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import Qwen2VLImageProcessorPil, Qwen3VLForConditionalGeneration

from wentu.core.types import Picture
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import ModelConfig, read_config
from wentu.engines.loop.names import EMBEDDING, POSITION_TABLE
from wentu.engines.loop.pictures import PixelBudget, patch_grid
from wentu.engines.loop.positions import mrope_positions
from wentu.engines.loop.rows import Rows
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.graph_text import build_text
from wentu.engines.openvino.graph_vision import build_vision
from wentu.engines.openvino.runtime import Runtime
from wentu.engines.openvino.text_model import TextModel
from wentu.engines.openvino.vision_model import VisionModel

BUDGET = PixelBudget(65_536, 16_777_216)
Logits = NDArray[np.float32]


class Reference:
    """transformers' own model and picture preparation."""

    def __init__(self, folder: Path) -> None:
        self.model = Qwen3VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        self.processor = Qwen2VLImageProcessorPil.from_pretrained(folder)
        self.image_token = self.model.config.image_token_id

    def logits(self, ids: Sequence[int], pictures: Sequence[Picture] = ()) -> Logits:
        """(n, vocabulary) float32, all positions in one forward pass."""
        inputs = {}
        if pictures:
            images = [Image.fromarray(picture.pixels) for picture in pictures]
            inputs = dict(self.processor(images, return_tensors="pt"))
            inputs["mm_token_type_ids"] = torch.tensor([[int(i == self.image_token) for i in ids]])
        self.model.model.rope_deltas = None
        with torch.no_grad():
            return np.asarray(self.model(input_ids=torch.tensor([list(ids)]), **inputs).logits[0].numpy())

    def greedy(self, ids: Sequence[int], pictures: Sequence[Picture], n: int) -> list[int]:
        """The `n` most likely tokens one after another, each from a whole forward pass: no cache to be wrong."""
        written: list[int] = []
        for _ in range(n):
            written.append(int(self.logits([*ids, *written], pictures)[-1].argmax()))
        return written


class Graphs:
    """Our two models over one folder."""

    def __init__(self, folder: Path, precision: str = "float32", text: ov.Model | None = None) -> None:
        """`text` replaces the language model that would be built from the folder."""
        self.checkpoint = Checkpoint(folder)
        self.config: ModelConfig = read_config(folder)
        chosen = find_precision(precision)
        runtime = Runtime(2, chosen, kv_precision="full")
        text = text or build_text(self.checkpoint, self.config, chosen)
        self.text = TextModel(text, self.config, runtime, cache_bytes=40_000_000)
        stages = build_vision(self.checkpoint, self.config, chosen, fast_attention=False)
        self.vision = VisionModel(stages, self.config, runtime, self.checkpoint.float32(POSITION_TABLE))

    def features(self, picture: Picture) -> NDArray[np.float32]:
        steps = self.vision.encode(picture, patch_grid(picture, self.config.vision, BUDGET))
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return np.asarray(end.value)

    def rows(self, ids: Sequence[int], pictures: Sequence[Picture], blocks: Sequence[int]) -> Rows:
        """A whole prompt as one call's rows, logits wanted everywhere."""
        visual = np.array([i == self.config.image_token for i in ids])
        grids = [patch_grid(picture, self.config.vision, BUDGET) for picture in pictures]
        positions, _ = mrope_positions(visual, grids, self.config.vision.merge_size)
        embeds, deepstack = self.checkpoint.rows(EMBEDDING, list(ids)), None
        if pictures:
            features = np.concatenate([self.features(picture) for picture in pictures], 1)
            embeds[visual] = features[0]
            deepstack = np.zeros((self.config.n_deepstack, len(ids), embeds.shape[1]), np.float32)
            deepstack[:, visual] = features[1:]
        return Rows(embeds, positions, deepstack, 0, blocks, len(ids))

    def logits(self, ids: Sequence[int], pictures: Sequence[Picture] = ()) -> Logits:
        return np.asarray(self.text.run([self.rows(ids, pictures, range(len(ids) // 32 + 1))])[0])


def prompt_ids(config: ModelConfig, pictures: Sequence[Picture], seed: int = 0) -> list[int]:
    """Random text around framed pictures."""
    random = np.random.default_rng(seed)
    ids = random.integers(0, 256, 9).tolist()
    for picture in pictures:
        n = patch_grid(picture, config.vision, BUDGET).n_tokens(config.vision.merge_size)
        ids += [config.vision_start_token, *[config.image_token] * n, config.vision_end_token]
        ids += random.integers(0, 256, 7).tolist()
    return ids
