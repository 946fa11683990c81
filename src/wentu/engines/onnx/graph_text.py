"""The Qwen3-VL language model as an ONNX graph over a cache of slots, from the published weights.

ONNX has no paged attention, so the graph takes the cache whole, gathers the slots that this call needs, and returns
the keys and values of the new tokens for the engine to write. The rows of all sequences stand one under another, and
a mask says which row may look where: one call serves prompts, single tokens, guesses and many sequences alike.
Reference: transformers 5.23, Qwen3VLTextModel.
"""

from __future__ import annotations

from pathlib import Path

from wentu.engines.loop.checkpoint import Checkpoint, Float32
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.names import EMBEDDING, HEAD, TEXT
from wentu.engines.onnx import nodes
from wentu.engines.onnx.graph import INT64, Graph
from wentu.engines.onnx.nodes import Weights


def write_text(checkpoint: Checkpoint, config: ModelConfig, weights: Weights, path: Path) -> None:
    """Writes the graph. n: new tokens, s: slots gathered, c: slots of the cache, m: rows whose logits are wanted.

    Inputs: inputs_embeds (n, hidden), cos and sin (n, head_dim), deepstack (n_deepstack, n or 1, hidden), mask
    (n, s + n) added to attention scores, slots (s,) int64, rows (m,) int64, key_cache.l and value_cache.l
    (c, kv_heads, head_dim). Outputs: logits (m, vocabulary), key.l and value.l (n, kv_heads, head_dim).
    Raises WeightsMissing.
    """
    with Graph("qwen3vl_text", path) as graph:
        _TextWriter(graph, checkpoint, config, weights).write()


class _TextWriter:
    def __init__(self, graph: Graph, checkpoint: Checkpoint, config: ModelConfig, weights: Weights) -> None:
        self.graph = graph
        self.checkpoint = checkpoint
        self.config = config.text
        self.n_deepstack = config.n_deepstack
        self.weights = weights

    def write(self) -> None:
        g, c = self.graph, self.config
        x = g.input("inputs_embeds", ("n", c.hidden_size))
        self.angles = [g.op("Unsqueeze", g.input(name, ("n", c.head_dim)), g.int64(1)) for name in ("cos", "sin")]
        deepstack = g.input("deepstack", (self.n_deepstack, "n_or_1", c.hidden_size))
        self.mask = g.input("mask", ("n", "all"))
        self.slots = g.input("slots", ("s",), INT64)
        rows = g.input("rows", ("m",), INT64)
        visual = g.ops("Split", deepstack, n_outputs=self.n_deepstack, axis=0, num_outputs=self.n_deepstack)
        for layer in range(c.n_layers):
            x = g.op("Add", x, self._attention(layer, self._norm(x, layer, "input_layernorm")))
            x = g.op("Add", x, self._mlp(layer, self._norm(x, layer, "post_attention_layernorm")))
            if layer < self.n_deepstack:
                x = g.op("Add", x, g.op("Squeeze", visual[layer], g.int64(0)))
        g.output(self._head(g.op("Gather", x, rows, axis=0)), "logits", ("m", c.vocab_size))

    def _gain(self, layer: int, name: str) -> Float32:
        return self.checkpoint.float32(f"{TEXT}layers.{layer}.{name}.weight")

    def _norm(self, x: str, layer: int, name: str) -> str:
        return nodes.rms_norm(self.graph, x, self._gain(layer, name), self.config.rms_eps)

    def _linear(self, x: str, layer: int, name: str) -> str:
        matrix = self.checkpoint.matrix(f"{TEXT}layers.{layer}.{name}.weight")
        return nodes.linear(self.graph, x, matrix, self.weights)

    def _attention(self, layer: int, x: str) -> str:
        """Grouped-query attention: the queries of a group stand under one another, so each group is one product."""
        g, c = self.graph, self.config
        query = self._heads(x, layer, "q", c.n_heads)
        grouped = g.op("Reshape", g.op("Transpose", query, perm=[1, 0, 2]), g.int64(c.n_kv_heads, -1, c.head_dim))
        keys = self._with_past(layer, "key", self._heads(x, layer, "k", c.n_kv_heads))
        values = self._with_past(layer, "value", self._split(self._linear(x, layer, "self_attn.v_proj"), c.n_kv_heads))
        scores = g.op("MatMul", grouped, g.op("Transpose", keys, perm=[1, 2, 0]))
        scaled = g.op("Mul", scores, g.number(c.head_dim**-0.5))
        masked = g.op("Add", self._ungroup(scaled), self.mask)
        shares = g.op("Reshape", g.op("Softmax", masked, axis=-1), g.op("Shape", scores))
        mixed = g.op("MatMul", shares, g.op("Transpose", values, perm=[1, 0, 2]))
        heads = g.op("Reshape", mixed, g.int64(c.n_heads, -1, c.head_dim))
        joined = g.op("Reshape", g.op("Transpose", heads, perm=[1, 0, 2]), g.int64(-1, c.n_heads * c.head_dim))
        return self._linear(joined, layer, "self_attn.o_proj")

    def _split(self, x: str, n_heads: int) -> str:
        """(n, heads * head_dim) to (n, heads, head_dim)."""
        return self.graph.op("Reshape", x, self.graph.int64(-1, n_heads, self.config.head_dim))

    def _heads(self, x: str, layer: int, name: str, n_heads: int) -> str:
        """Queries or keys, normed a head and turned: (n, heads, head_dim)."""
        heads = self._split(self._linear(x, layer, f"self_attn.{name}_proj"), n_heads)
        return nodes.rope(self.graph, self._norm(heads, layer, f"self_attn.{name}_norm"), *self.angles)

    def _with_past(self, layer: int, kind: str, new: str) -> str:
        """What the cache holds of this call's sequences, and the new ones after it: (s + n, kv_heads, head_dim)."""
        g, dims = self.graph, (self.config.n_kv_heads, self.config.head_dim)
        cache = g.input(f"{kind}_cache.{layer}", ("c", *dims))
        g.output(new, f"{kind}.{layer}", ("n", *dims))
        return g.op("Concat", g.op("Gather", cache, self.slots, axis=0), new, axis=0)

    def _ungroup(self, scores: str) -> str:
        """(kv_heads, group * n, all) to (heads, n, all), as the mask fits."""
        g = self.graph
        shape = g.op("Concat", g.int64(self.config.n_heads), g.op("Shape", self.mask), axis=0)
        return g.op("Reshape", scores, shape)

    def _mlp(self, layer: int, x: str) -> str:
        g, gate = self.graph, self._linear(x, layer, "mlp.gate_proj")
        active = g.op("Mul", gate, g.op("Sigmoid", gate))
        return self._linear(g.op("Mul", active, self._linear(x, layer, "mlp.up_proj")), layer, "mlp.down_proj")

    def _head(self, x: str) -> str:
        normed = nodes.rms_norm(self.graph, x, self.checkpoint.float32(TEXT + "norm.weight"), self.config.rms_eps)
        name = EMBEDDING if self.config.tied_embeddings or HEAD not in self.checkpoint else HEAD
        # The head is spared the fourth bit's loss, as in our openvino engine.
        weights: Weights = "int8" if self.weights == "int4" else self.weights
        return nodes.linear(self.graph, normed, self.checkpoint.matrix(name), weights)
