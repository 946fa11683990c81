"""The Qwen3-VL language model as an OpenVINO graph, from the published weights.

The graph is built with a key/value state a layer (that is what can be saved); `to_paged` turns it into one that
reads and writes a paged cache, after every read. Reference: transformers 5.23, Qwen3VLTextModel.
"""

from __future__ import annotations

from dataclasses import dataclass

import openvino as ov
from openvino import opset15 as ops
from openvino.op.util import Variable, VariableInfo

from wentu.core.errors import EngineMissing
from wentu.engines.loop.checkpoint import Checkpoint, Float32
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.names import EMBEDDING, HEAD, TEXT
from wentu.engines.openvino import nodes
from wentu.engines.openvino.formats import Precision
from wentu.engines.openvino.nodes import Node

PAGED_INPUTS = frozenset(
    {"inputs_embeds", "cos", "sin", "deepstack", "rows"}
    | {"past_lens", "subsequence_begins", "block_indices", "block_indices_begins", "max_context_len"}
)


@dataclass(slots=True)
class _Inputs:
    """Graph inputs. Names and shapes before paging; b: batch, n: tokens."""

    embeds: Node  # (b, n, hidden) float32
    cos: Node  # (b, n, head_dim) float32
    sin: Node  # (b, n, head_dim) float32
    deepstack: Node  # (n_deepstack, b, n, hidden) float32: what the vision model adds after the first layers
    rows: Node  # (m,) int64: for which of the b * n tokens logits are wanted
    beam: Node  # (b,) int32: reorders the state; paging removes it
    mask: Node  # (b, 1, n, all) float32: attention mask; paging replaces it by causality


def build_text(checkpoint: Checkpoint, config: ModelConfig, precision: Precision) -> ov.Model:
    """Embedded tokens in, logits (rows, vocabulary) float32 out. Raises WeightsMissing."""
    return _TextBuilder(checkpoint, config, precision).build()


def to_paged(model: ov.Model) -> None:
    """Replaces the state by a paged cache, in place.

    The transformation is private to openvino, so its result is checked: raises EngineMissing where it is gone or
    gives other inputs than this engine feeds.
    """
    try:
        from openvino._offline_transformations import paged_attention_transformation
    except ImportError as exc:
        raise _unsuited_runtime() from exc
    paged_attention_transformation(model)
    for leftover in [p for p in model.get_parameters() if p.friendly_name in ("mask", "position_ids")]:
        model.remove_parameter(leftover)
    names = {name for p in model.inputs for name in p.get_names()}
    if not names >= PAGED_INPUTS or {n for n in names - PAGED_INPUTS if "_cache." not in n}:
        raise _unsuited_runtime()


def _unsuited_runtime() -> EngineMissing:
    return EngineMissing(
        f"openvino {ov.get_version().split('-')[0]} has no paged attention that this engine can use",
        hint="Install the version that wentu pins: pip install --force-reinstall wentu.",
    )


class _TextBuilder:
    def __init__(self, checkpoint: Checkpoint, config: ModelConfig, precision: Precision) -> None:
        self.checkpoint = checkpoint
        self.config = config.text
        self.n_deepstack = config.n_deepstack
        self.precision = precision
        self.sinks: list[Node] = []

    def build(self) -> ov.Model:
        inputs = self._inputs()
        cos, sin = (ops.unsqueeze(table, nodes.int64(1)) for table in (inputs.cos, inputs.sin))
        visual = ops.split(inputs.deepstack, nodes.axis(0), self.n_deepstack).outputs()
        x = inputs.embeds
        for layer in range(self.config.n_layers):
            x = ops.add(x, self._attention(layer, self._norm(x, layer, "input_layernorm"), cos, sin, inputs))
            x = ops.add(x, self._mlp(layer, self._norm(x, layer, "post_attention_layernorm")))
            if layer < self.n_deepstack:
                x = ops.add(x, ops.squeeze(visual[layer], nodes.int64(0)))
        logits = self._head(x, inputs.rows)
        logits.output(0).set_names({"logits"})
        parameters = [getattr(inputs, name) for name in inputs.__slots__]
        return ov.Model([ops.result(logits)], self.sinks, parameters, "qwen3vl_text")

    def _inputs(self) -> _Inputs:
        c, f32 = self.config, ov.Type.f32
        return _Inputs(
            embeds=nodes.parameter("inputs_embeds", (-1, -1, c.hidden_size), f32),
            cos=nodes.parameter("cos", (-1, -1, c.head_dim), f32),
            sin=nodes.parameter("sin", (-1, -1, c.head_dim), f32),
            deepstack=nodes.parameter("deepstack", (self.n_deepstack, -1, -1, c.hidden_size), f32),
            rows=nodes.parameter("rows", (-1,), ov.Type.i64),
            beam=nodes.parameter("beam_idx", (-1,), ov.Type.i32),
            mask=nodes.parameter("mask", (-1, 1, -1, -1), f32),
        )

    def _weight(self, layer: int, name: str) -> Float32:
        return self.checkpoint.float32(f"{TEXT}layers.{layer}.{name}.weight")

    def _linear(self, x: Node, layer: int, name: str) -> Node:
        matrix = self.checkpoint.matrix(f"{TEXT}layers.{layer}.{name}.weight")
        return nodes.linear(x, matrix, self.precision.text, name=f"{layer}.{name}")

    def _norm(self, x: Node, layer: int, name: str) -> Node:
        return nodes.rms_norm(x, self._weight(layer, name), self.config.rms_eps, rank=3)

    def _attention(self, layer: int, x: Node, cos: Node, sin: Node, inputs: _Inputs) -> Node:
        """Grouped-query attention: queries and keys are normed a head, then turned."""
        c = self.config

        def heads(name: str, count: int) -> Node:
            return ops.reshape(
                self._linear(x, layer, f"self_attn.{name}_proj"), nodes.int64(0, 0, count, c.head_dim), True
            )

        def turned(name: str, count: int) -> Node:
            normed = nodes.rms_norm(
                heads(name, count), self._weight(layer, f"self_attn.{name}_norm"), c.rms_eps, rank=4
            )
            return nodes.rope(nodes.swap_heads(normed), cos, sin, c.head_dim)

        query = turned("q", c.n_heads)
        key = self._state(layer, "key", turned("k", c.n_kv_heads), inputs)
        value = self._state(layer, "value", nodes.swap_heads(heads("v", c.n_kv_heads)), inputs)
        scale = nodes.float32(c.head_dim**-0.5)
        mixed = ops.scaled_dot_product_attention(
            query, self._repeat(key), self._repeat(value), inputs.mask, scale, causal=False
        )
        joined = ops.reshape(nodes.swap_heads(mixed), nodes.int64(0, 0, c.n_heads * c.head_dim), True)
        return self._linear(joined, layer, "self_attn.o_proj")

    def _state(self, layer: int, name: str, new: Node, inputs: _Inputs) -> Node:
        """All keys or values so far, (b, kv_heads, all, head_dim): the past from a variable, `new` appended."""
        c = self.config
        info = VariableInfo()
        info.data_shape = ov.PartialShape([-1, c.n_kv_heads, -1, c.head_dim])
        info.data_type = ov.Type.f32
        info.variable_id = f"past_key_values.{layer}.{name}present.{layer}.{name}"  # the spelling that paging expects
        variable = Variable(info)
        batch = ops.gather(ops.shape_of(inputs.embeds, "i64"), nodes.int64(0), nodes.int64(0))
        empty = ops.broadcast(
            nodes.float32(0.0),
            ops.concat([batch, nodes.int64(c.n_kv_heads), nodes.int64(0), nodes.int64(c.head_dim)], 0),
        )
        past = ops.gather(ops.read_value(empty, variable), inputs.beam, nodes.axis(0))
        joined = ops.concat([past, new], -2)
        self.sinks.append(ops.assign(joined, variable))
        return joined

    def _repeat(self, x: Node) -> Node:
        """(b, kv_heads, all, head_dim) to (b, heads, all, head_dim): each key/value head serves a group of queries."""
        c = self.config
        if c.n_heads == c.n_kv_heads:
            return x
        shape = ops.shape_of(x, "i64")
        batch, length = (ops.gather(shape, nodes.int64(i), nodes.int64(0)) for i in (0, 2))
        group = nodes.int64(c.n_heads // c.n_kv_heads)
        target = ops.concat([batch, nodes.int64(c.n_kv_heads), group, length, nodes.int64(c.head_dim)], 0)
        spread = ops.broadcast(ops.unsqueeze(x, nodes.int64(2)), target, "BIDIRECTIONAL")
        return ops.reshape(spread, nodes.int64(0, c.n_heads, -1, c.head_dim), True)

    def _mlp(self, layer: int, x: Node) -> Node:
        gate = ops.swish(self._linear(x, layer, "mlp.gate_proj"))
        return self._linear(ops.multiply(gate, self._linear(x, layer, "mlp.up_proj")), layer, "mlp.down_proj")

    def _head(self, x: Node, rows: Node) -> Node:
        """Logits of the wanted rows only: the vocabulary is the widest matrix of the model."""
        flat = ops.reshape(x, nodes.int64(-1, self.config.hidden_size), False)
        wanted = ops.gather(flat, rows, nodes.axis(0))
        normed = nodes.rms_norm(wanted, self.checkpoint.float32(TEXT + "norm.weight"), self.config.rms_eps, rank=2)
        name = EMBEDDING if self.config.tied_embeddings or HEAD not in self.checkpoint else HEAD
        return nodes.linear(normed, self.checkpoint.matrix(name), self.precision.head, name=nodes.HEAD_NAME)
