"""The compiled language model over a paged key/value cache: rows of several sequences in, logits out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.positions import Float32, TextRotary
from wentu.engines.loop.rows import Rows, joined_deepstack, parted, wanted_rows
from wentu.engines.openvino.graph_text import to_paged
from wentu.engines.openvino.runtime import Runtime, openvino_errors


class TextModel:
    """One compiled model, one infer request, one cache: to be called from one thread."""

    def __init__(self, model: ov.Model, config: ModelConfig, runtime: Runtime, cache_bytes: int) -> None:
        """`model` is the stateful graph as `build_text` made it or as it was read; it is changed in place."""
        with openvino_errors("loading the language model"):
            to_paged(model)
            self._compiled = runtime.compile_text(model)
            self._request = self._compiled.create_infer_request()
            self._rotary = TextRotary(config.text)
            self._no_deepstack = np.zeros((config.n_deepstack, 1, 1, config.text.hidden_size), np.float32)  # broadcast
            self._caches = self._allocate(config.text.n_layers, cache_bytes)

    def _allocate(self, n_layers: int, cache_bytes: int) -> list[ov.Tensor]:
        """The cache of every layer, (n_blocks, kv_heads, ...) each; the pages are touched when first written."""
        ports = [
            self._compiled.input(f"{kind}_cache.{layer}") for layer in range(n_layers) for kind in ("key", "value")
        ]
        shapes = [[size.get_length() for size in list(port.partial_shape)[1:]] for port in ports]
        block_bytes = sum(
            int(np.prod(shape)) * port.element_type.size for port, shape in zip(ports, shapes, strict=True)
        )
        self.n_blocks = max(2, cache_bytes // block_bytes)
        self.block_bytes = block_bytes
        caches = []
        for port, shape in zip(ports, shapes, strict=True):
            cache = ov.Tensor(port.element_type, ov.Shape([self.n_blocks, *shape]))
            self._request.set_tensor(port.get_any_name(), cache)
            caches.append(cache)
        return caches

    def copy_block(self, source: int, target: int) -> None:
        """Writes the keys and values of one block into another, in every layer."""
        for cache in self._caches:
            cache.data[target] = cache.data[source]

    def run(self, batch: Sequence[Rows]) -> list[Float32]:
        """Logits (wanted, vocabulary) float32 for each of `batch`. Raises EngineError, OutOfMemory."""
        with openvino_errors("computing tokens"):
            outputs = self._request.infer(self._inputs(batch), share_inputs=True, share_outputs=True)
            logits = outputs[0].reshape(-1, outputs[0].shape[-1])
        # Copied: the runtime's output memory is written again by the next call.
        return [part.copy() for part in parted(logits, batch)]

    def _inputs(self, batch: Sequence[Rows]) -> dict[str, NDArray[np.generic]]:
        cos, sin = self._rotary.tables(np.concatenate([rows.positions for rows in batch], 1))
        ends = np.cumsum([rows.n for rows in batch])
        used = [rows.used for rows in batch]
        deepstack = joined_deepstack(batch, len(self._no_deepstack))
        return {
            "inputs_embeds": np.concatenate([rows.embeds for rows in batch]),
            "cos": cos[:, None],
            "sin": sin[:, None],
            "deepstack": self._no_deepstack if deepstack is None else deepstack[:, :, None],
            "rows": wanted_rows(batch),
            "past_lens": np.array([rows.past for rows in batch], np.int32),
            "subsequence_begins": np.array([0, *ends], np.int32),
            "block_indices": np.array([block for blocks in used for block in blocks], np.int32),
            "block_indices_begins": np.cumsum([0, *(len(blocks) for blocks in used)]).astype(np.int32),
            "max_context_len": np.array(max(rows.past + rows.n for rows in batch), np.int32),
        }
