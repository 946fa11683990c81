"""The language model's session and its key/value cache: rows of several sequences in, logits out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.positions import Float32, Int64, TextRotary
from wentu.engines.loop.rows import BLOCK_TOKENS, Rows, joined_deepstack, parted, wanted_rows
from wentu.engines.onnx.runtime import onnx_errors, open_session


class TextModel:
    """One session and one cache in float32: to be called from one thread."""

    def __init__(self, path: Path, config: ModelConfig, threads: int, cache_bytes: int) -> None:
        c = config.text
        with onnx_errors("loading the language model"):
            self._session = open_session(path, threads, keep_scratch=True)
        self._rotary = TextRotary(c)
        self._no_deepstack = np.zeros((config.n_deepstack, 1, c.hidden_size), np.float32)  # broadcast
        names = [f"{kind}_cache.{layer}" for layer in range(c.n_layers) for kind in ("key", "value")]
        self.n_blocks = max(2, cache_bytes // (len(names) * BLOCK_TOKENS * c.n_kv_heads * c.head_dim * 4))
        # Empty pages cost nothing until they are written to.
        slots = (self.n_blocks * BLOCK_TOKENS, c.n_kv_heads, c.head_dim)
        self._caches = {name: np.zeros(slots, np.float32) for name in names}
        self._outputs = ["logits", *(name.replace("_cache", "") for name in names)]

    def copy_block(self, source: int, target: int) -> None:
        """Writes the keys and values of one block into another, in every layer."""
        into, of = (slice(block * BLOCK_TOKENS, (block + 1) * BLOCK_TOKENS) for block in (target, source))
        for cache in self._caches.values():
            cache[into] = cache[of]

    def run(self, batch: Sequence[Rows]) -> list[Float32]:
        """Logits (wanted, vocabulary) float32 for each of `batch`. Raises EngineError, OutOfMemory."""
        with onnx_errors("computing tokens"):
            logits, *new = self._session.run(self._outputs, self._inputs(batch) | self._caches)
        slots = np.concatenate([_slots(rows, rows.past, rows.past + rows.n) for rows in batch])
        for cache, computed in zip(self._caches.values(), new, strict=True):
            cache[slots] = computed
        return parted(logits, batch)

    def _inputs(self, batch: Sequence[Rows]) -> dict[str, NDArray[np.generic]]:
        cos, sin = self._rotary.tables(np.concatenate([rows.positions for rows in batch], 1))
        deepstack = joined_deepstack(batch, len(self._no_deepstack))
        return {
            "inputs_embeds": np.concatenate([rows.embeds for rows in batch]),
            "cos": cos,
            "sin": sin,
            "deepstack": self._no_deepstack if deepstack is None else deepstack,
            "mask": attention_mask(batch),
            "slots": np.concatenate([_slots(rows, 0, rows.past) for rows in batch]),
            "rows": wanted_rows(batch),
        }


def attention_mask(batch: Sequence[Rows]) -> Float32:
    """(n, all pasts + n) float32: 0 where a row may look (its own past, and itself and before), else -inf."""
    n, past = sum(rows.n for rows in batch), sum(rows.past for rows in batch)
    mask = np.full((n, past + n), -np.inf, np.float32)
    row = before = 0
    for rows in batch:
        own = slice(row, row + rows.n)
        mask[own, before : before + rows.past] = 0
        mask[own, past + row : past + row + rows.n] = np.triu(np.full((rows.n, rows.n), -np.inf, np.float32), 1)
        row, before = own.stop, before + rows.past
    return mask


def _slots(rows: Rows, start: int, end: int) -> Int64:
    """Where the cache keeps a sequence's entries `start` to `end` (not included)."""
    entries = np.arange(start, end)
    blocks = np.asarray(rows.blocks, np.int64)
    return np.asarray(blocks[entries // BLOCK_TOKENS] * BLOCK_TOKENS + entries % BLOCK_TOKENS, np.int64)
