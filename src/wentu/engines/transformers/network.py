"""The forward passes, one at a time: see a picture, read a stretch of the prompt, take one step."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wentu.engines.transformers.inputs import Inputs, Patches

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture's features. `embeddings` is (n, hidden); `deepstack` has one (n, hidden) for each DeepStack layer."""

    embeddings: Tensor
    deepstack: tuple[Tensor, ...]


@dataclass(slots=True)
class Reading:
    """How far one prompt and its answer have been read. Belongs to one call; nothing of it is in the network.

    `embeddings` is (1, T, hidden), `positions` (3, 1, T) for time, row and column, `visual` (1, T) bool.
    `next_position` is the text position after all that has been read.
    """

    embeddings: Tensor
    positions: Tensor
    visual: Tensor
    deepstack: tuple[Tensor, ...]
    next_position: int
    cache: Any


class Network:
    """A Qwen3VLForConditionalGeneration that several threads may use: its passes take turns, token by token.

    The library keeps the position offset of the last prompt in the model (`rope_deltas`), which two answers would
    overwrite for each other; here positions and cache travel with the call.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._turn = threading.Lock()

    def see(self, picture: Patches) -> Seen:
        """The vision tower's view of one picture."""
        with self._computing():
            out = self._model.model.get_image_features(picture.values, picture.grid, return_dict=True)
            return Seen(out.pooler_output[0], tuple(layer[0] for layer in out.deepstack_features))

    def open(self, inputs: Inputs, seen: list[Seen]) -> Reading:
        """A prompt with its pictures in place, nothing of it read yet."""
        import torch
        from transformers import DynamicCache

        config = self._model.config
        ids = torch.tensor([inputs.ids])
        visual = ids == config.image_token_id
        grids = torch.cat([picture.grid for picture in inputs.pictures]) if seen else None
        with self._computing():
            embeddings = self._model.get_input_embeddings()(ids)
            positions, offset = self._model.model.get_rope_index(ids, visual.int(), image_grid_thw=grids)
        if seen:
            features = torch.cat([picture.embeddings for picture in seen]).to(embeddings.dtype)
            embeddings = embeddings.masked_scatter(visual[..., None], features)
        layers = zip(*(picture.deepstack for picture in seen), strict=True)
        return Reading(
            embeddings=embeddings,
            positions=positions,
            visual=visual,
            deepstack=tuple(torch.cat(layer) for layer in layers),
            next_position=len(inputs.ids) + int(offset),
            cache=DynamicCache(config=config.text_config),
        )

    def read(self, reading: Reading, begin: int, end: int) -> Tensor:
        """Reads tokens `begin` to `end` of the prompt; logits (vocabulary,) float32 after the last of them."""
        visual = reading.visual[:, begin:end]
        n_before, n_here = int(reading.visual[:, :begin].sum()), int(visual.sum())
        pictures: dict[str, Any] = {}
        if n_here:
            layers = [layer[n_before : n_before + n_here] for layer in reading.deepstack]
            pictures = {"visual_pos_masks": visual, "deepstack_visual_embeds": layers}
        with self._computing():
            return self._forward(
                reading, reading.embeddings[:, begin:end], reading.positions[:, :, begin:end], pictures
            )

    def step(self, reading: Reading, token: int) -> Tensor:
        """Reads one token of the answer; logits (vocabulary,) float32 after it."""
        import torch

        position = torch.full((3, 1, 1), reading.next_position)
        reading.next_position += 1
        with self._computing():
            embedding = self._model.get_input_embeddings()(torch.tensor([[token]]))
            return self._forward(reading, embedding, position, {})

    def _forward(self, reading: Reading, embeddings: Tensor, positions: Tensor, pictures: dict[str, Any]) -> Tensor:
        out = self._model.model.language_model(
            inputs_embeds=embeddings,
            position_ids=positions,
            past_key_values=reading.cache,
            use_cache=True,
            **pictures,
        )
        logits: Tensor = self._model.lm_head(out.last_hidden_state[:, -1])[0].float()
        return logits

    def _computing(self) -> _Turn:
        return _Turn(self._turn)


class _Turn:
    """One pass: alone on the network, without gradients. Never held while an answer waits for its reader."""

    def __init__(self, lock: threading.Lock) -> None:
        import torch

        self._lock = lock
        self._mode = torch.inference_mode()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._mode.__enter__()

    def __exit__(self, *exc: object) -> None:
        self._mode.__exit__(*exc)
        self._lock.release()
