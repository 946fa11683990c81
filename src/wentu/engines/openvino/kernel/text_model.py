"""The language model as the kernel computes it: rows of several sequences in, logits out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from wentu.core.errors import EngineError, OutOfMemory
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import ModelConfig, TextConfig
from wentu.engines.loop.names import TEXT
from wentu.engines.loop.positions import Float32, TextRotary
from wentu.engines.loop.rows import BLOCK_TOKENS, Rows, joined_deepstack, parted, wanted_rows
from wentu.engines.openvino.kernel.library import CBatch, CLayer, CModel, find_library
from wentu.engines.openvino.kernel.weights import Quantized, read_quantized
from wentu.engines.openvino.nodes import HEAD_NAME
from wentu.engines.openvino.runtime import KvPrecision, openvino_errors

_NAMES = (
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
)
_NORMS = ("input_layernorm", "post_attention_layernorm", "self_attn.q_norm", "self_attn.k_norm")
_CHANNELS = 32  # of a head that share a scale in the cache (kernel.h)


class KernelText:
    """One model, one team of threads, one cache: to be called from one thread. Made by `open`."""

    @classmethod
    def open(
        cls,
        model: ov.Model,
        checkpoint: Checkpoint,
        config: ModelConfig,
        threads: int,
        cache_bytes: int,
        kv_precision: KvPrecision = "u8",
    ) -> Self | None:
        """The matrices come from the graph, the norms from the checkpoint; `threads` 0 means all cores.

        None where there is no kernel, or it lacks this kind of weights or these sizes. Raises WeightsMissing.
        """
        library = find_library()
        if library is None or not _sizes_fit(config.text):
            return None
        with openvino_errors("loading the language model"):
            matrices = read_quantized(model, _shapes(config.text))
        norms = [
            [checkpoint.float32(f"{TEXT}layers.{i}.{n}.weight") for n in _NORMS] for i in range(config.text.n_layers)
        ]
        last_norm = checkpoint.float32(TEXT + "norm.weight")
        if matrices is None or not _alike(matrices, config.text) or not _norms_fit(norms, last_norm, config.text):
            return None
        return cls(library, config, matrices, norms, last_norm, threads or _cores(), cache_bytes, kv_precision)

    def __init__(
        self,
        library: Any,
        config: ModelConfig,
        matrices: dict[str, Quantized],
        norms: list[list[Float32]],
        last_norm: Float32,
        threads: int,
        cache_bytes: int,
        kv_precision: KvPrecision,
    ) -> None:
        text = config.text
        self._library, self._config, self._n_deepstack = library, text, config.n_deepstack
        self._rotary = TextRotary(text)
        self._kept = (matrices, norms, last_norm)  # C has only their addresses
        self._layers = (CLayer * text.n_layers)(
            *(
                CLayer(
                    *(gain.ctypes.data for gain in norms[layer]),
                    *(matrices[f"{layer}.{name}"].as_c() for name in _NAMES),
                )
                for layer in range(text.n_layers)
            )
        )
        self._model = CModel(
            text.n_heads, text.n_kv_heads, text.head_dim, int(kv_precision == "full"),
            text.n_layers, text.hidden_size, text.intermediate_size, config.n_deepstack, 0, text.rms_eps,
            self._layers, last_norm.ctypes.data, matrices[HEAD_NAME].as_c(), None,
        )  # fmt: skip
        block = int(library.wentu_cache_bytes(self._model))
        self.block_bytes = block * text.n_layers
        self.n_blocks = max(2, cache_bytes // self.block_bytes)
        # Zeros, since C multiplies what nobody has written yet by zero; the pages are touched when first written.
        self._cache = np.zeros((text.n_layers, self.n_blocks, block), np.uint8)
        self._model.n_blocks, self._model.cache = self.n_blocks, self._cache.ctypes.data
        self._memory = np.empty(0, np.uint8)
        self._team = library.wentu_open(threads)
        if not self._team:
            raise OutOfMemory("there is not enough memory for the engine's threads", doing="loading")
        # Not at exit: the engine's thread, a daemon, may still be computing then.
        weakref.finalize(self, library.wentu_close, self._team).atexit = False

    def copy_block(self, source: int, target: int) -> None:
        """Writes the keys and values of one block into another, in every layer."""
        self._cache[:, target] = self._cache[:, source]

    def run(self, batch: Sequence[Rows]) -> list[Float32]:
        """Logits (wanted, vocabulary) float32 for each of `batch`. Raises EngineError, OutOfMemory."""
        with openvino_errors("computing tokens"):
            for rows in batch:
                self._check(rows)
            logits = self._compute(batch)
        return parted(logits, batch)

    def _check(self, rows: Rows) -> None:
        """C trusts what it is given, so a wrong index must end here. Raises EngineError."""
        n, hidden = rows.n, self._config.hidden_size
        right = (
            n > 0
            and rows.past >= 0
            and rows.embeds.shape == (n, hidden)
            and rows.positions.shape == (3, n)
            and 0 <= rows.wanted <= n
            and len(rows.used) * BLOCK_TOKENS >= rows.past + n
            and all(0 <= block < self.n_blocks for block in rows.used)
            and (rows.deepstack is None or rows.deepstack.shape == (self._n_deepstack, n, hidden))
        )
        if not right:
            raise EngineError("the rows of a call do not fit the model", rows=n)

    def _compute(self, batch: Sequence[Rows]) -> Float32:
        """(all wanted, vocabulary)"""
        begins = _int32(np.cumsum([0, *(rows.n for rows in batch)]))
        used = [rows.used for rows in batch]
        blocks = _int32([block for some in used for block in some])
        block_begins = _int32(np.cumsum([0, *(len(some) for some in used)])[:-1])
        past = _int32([rows.past for rows in batch])
        wanted = _int32(wanted_rows(batch))
        x = np.concatenate([rows.embeds for rows in batch], dtype=np.float32)  # a copy: C writes into it
        cos, sin = self._rotary.tables(np.concatenate([rows.positions for rows in batch], 1))
        deepstack = joined_deepstack(batch, self._n_deepstack)
        logits = np.empty((len(wanted), self._config.vocab_size), np.float32)
        given = (x, cos, sin, deepstack, begins, past, blocks, block_begins, wanted, logits)
        addresses = [None if array is None else array.ctypes.data for array in given]
        self._library.wentu_run(
            self._team, self._model, CBatch(len(x), len(batch), len(wanted), 0, *addresses), self._workspace(len(x))
        )
        return logits

    def _workspace(self, n: int) -> int:
        """The address of memory for `n` rows, kept for the next call."""
        needed = int(self._library.wentu_workspace_bytes(self._team, self._model, n))
        if len(self._memory) < needed:
            self._memory = np.empty(needed, np.uint8)
        return int(self._memory.ctypes.data)


def _sizes_fit(text: TextConfig) -> bool:
    """Heads of whole groups of channels, rows of whole vectors."""
    return (
        text.head_dim % _CHANNELS == 0
        and text.hidden_size % 16 == 0
        and text.intermediate_size % 16 == 0
        and text.n_heads % text.n_kv_heads == 0
    )


def _shapes(text: TextConfig) -> dict[str, tuple[int, int]]:
    """(rows, columns) of every matrix by the name of its constants."""
    queries, keys = text.n_heads * text.head_dim, text.n_kv_heads * text.head_dim
    hidden, inner = text.hidden_size, text.intermediate_size
    of_layer = [(queries, hidden), (keys, hidden), (keys, hidden), (hidden, queries)]
    of_layer += [(inner, hidden), (inner, hidden), (hidden, inner)]
    shapes = {
        f"{layer}.{name}": shape for layer in range(text.n_layers) for name, shape in zip(_NAMES, of_layer, strict=True)
    }
    return {**shapes, HEAD_NAME: (text.vocab_size, hidden)}


def _alike(matrices: Mapping[str, Quantized], text: TextConfig) -> bool:
    """Whether those that share their inputs, quantised once, are of one kind."""
    shared = (("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"), ("mlp.gate_proj", "mlp.up_proj"))
    return all(
        len({matrices[f"{layer}.{name}"].group for name in names}) == 1
        for layer in range(text.n_layers)
        for names in shared
    )


def _norms_fit(norms: Sequence[Sequence[Float32]], last_norm: Float32, text: TextConfig) -> bool:
    expected = [(text.hidden_size,)] * 2 + [(text.head_dim,)] * 2
    return last_norm.shape == expected[0] and all([gain.shape for gain in some] == expected for some in norms)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _int32(values: Any) -> NDArray[np.int32]:
    return np.ascontiguousarray(values, np.int32)
