"""The Qwen3-VL vision model as a chain of OpenVINO graphs, from the published weights.

It is cut into stages of a few layers so that other work can be done between them, and so that a large picture's
scratch memory can be given back stage by stage. Reference: transformers 5.23, Qwen3VLVisionModel.
"""

from __future__ import annotations

from collections.abc import Iterator

import openvino as ov
from openvino import opset15 as ops

from wentu.engines.loop.checkpoint import Checkpoint, Float32
from wentu.engines.loop.config import ModelConfig, VisionConfig
from wentu.engines.loop.names import VISION
from wentu.engines.loop.stages import Stage, plan_stages
from wentu.engines.openvino import nodes
from wentu.engines.openvino.formats import FLOAT32, Precision
from wentu.engines.openvino.nodes import Node


def build_vision(
    checkpoint: Checkpoint, config: ModelConfig, precision: Precision, *, fast_attention: bool
) -> Iterator[ov.Model]:
    """One graph a stage, built when asked for, so that only one stage's weights are in memory.

    Inputs: the first stage takes pixels (n, 3 * patch**2) and position (n, hidden); the others hidden (n, hidden);
    all take cos and sin (n, head_dim). Outputs: hidden (n, hidden) and features (mergers, n / merge**2, out_hidden)
    where the stage has mergers. All float32. `fast_attention` runs attention in bfloat16.
    """
    for stage in plan_stages(config.vision):
        yield _VisionBuilder(checkpoint, config.vision, precision, fast_attention).build(stage)


class _VisionBuilder:
    def __init__(
        self, checkpoint: Checkpoint, config: VisionConfig, precision: Precision, fast_attention: bool
    ) -> None:
        self.checkpoint = checkpoint
        self.config = config
        self.precision = precision
        self.fast_attention = fast_attention

    def build(self, stage: Stage) -> ov.Model:
        c, f32 = self.config, ov.Type.f32
        cos, sin = (nodes.parameter(name, (-1, c.head_dim), f32) for name in ("cos", "sin"))
        parameters, x = self._entry(stage)
        tables = [ops.unsqueeze(table, nodes.int64(0, 1)) for table in (cos, sin)]
        for layer in range(stage.start, stage.end):
            x = self._block(x, f"blocks.{layer}.", *tables)
        results = []
        if stage.end < c.depth:
            results.append(_named(x, "hidden"))
        if stage.mergers:
            features = [ops.unsqueeze(self._merge(x, prefix), nodes.int64(0)) for prefix in stage.mergers]
            results.append(_named(ops.concat(features, 0), "features"))
        return ov.Model(results, [*parameters, cos, sin], f"qwen3vl_vision_{stage.index}")

    def _entry(self, stage: Stage) -> tuple[list[Node], Node]:
        c = self.config
        if not stage.first:
            hidden = nodes.parameter("hidden_in", (-1, c.hidden_size), ov.Type.f32)
            return [hidden], hidden
        pixels = nodes.parameter("pixels", (-1, 3 * c.patch_size**2), ov.Type.f32)
        position = nodes.parameter("position", (-1, c.hidden_size), ov.Type.f32)
        # Both frames of a still picture are equal, so their weights may be summed beforehand.
        kernel = self._weight("patch_embed.proj.weight").reshape(c.hidden_size, 3, c.temporal_patch_size, -1).sum(2)
        embedded = nodes.linear(
            pixels, kernel.reshape(c.hidden_size, -1), FLOAT32, self._weight("patch_embed.proj.bias")
        )
        return [pixels, position], ops.add(embedded, position)

    def _block(self, x: Node, prefix: str, cos: Node, sin: Node) -> Node:
        x = ops.add(x, self._attention(self._norm(x, prefix + "norm1"), prefix + "attn.", cos, sin))
        hidden = ops.gelu(self._linear(self._norm(x, prefix + "norm2"), prefix + "mlp.linear_fc1"), "tanh")
        return ops.add(x, self._linear(hidden, prefix + "mlp.linear_fc2"))

    def _attention(self, x: Node, prefix: str, cos: Node, sin: Node) -> Node:
        """Every patch attends to every patch of its picture: there is no mask, for one picture runs at a time."""
        c = self.config
        split = ops.reshape(self._linear(x, prefix + "qkv"), nodes.int64(1, -1, 3 * c.n_heads, c.head_dim), False)
        query, key, value = ops.split(nodes.swap_heads(split), nodes.axis(1), 3).outputs()
        turned = [nodes.rope(part, cos, sin, c.head_dim) for part in (query, key)]
        # Linear layers run in int8 and need the float32 hint; only attention is lowered to bfloat16 explicitly.
        parts = [ops.convert(p, ov.Type.bf16) if self.fast_attention else p for p in (*turned, value)]
        mixed = ops.scaled_dot_product_attention(*parts, causal=False)
        mixed = ops.convert(mixed, ov.Type.f32) if self.fast_attention else mixed
        return self._linear(
            ops.reshape(nodes.swap_heads(mixed), nodes.int64(-1, c.hidden_size), False), prefix + "proj"
        )

    def _merge(self, x: Node, prefix: str) -> Node:
        """(n, hidden) to (n / merge**2, out_hidden): neighbouring patches are joined into one visual token.

        The main merger norms patches before joining them, the DeepStack mergers the joined ones.
        """
        joined = nodes.int64(-1, self.config.hidden_size * self.config.merge_size**2)
        if prefix == "merger.":
            tokens = ops.reshape(self._norm(x, prefix + "norm"), joined, False)
        else:
            tokens = self._norm(ops.reshape(x, joined, False), prefix + "norm")
        return self._linear(ops.gelu(self._linear(tokens, prefix + "linear_fc1"), "erf"), prefix + "linear_fc2")

    def _weight(self, name: str) -> Float32:
        return self.checkpoint.float32(VISION + name)

    def _linear(self, x: Node, name: str) -> Node:
        return nodes.linear(
            x, self.checkpoint.matrix(VISION + name + ".weight"), self.precision.vision, self._weight(name + ".bias")
        )

    def _norm(self, x: Node, name: str) -> Node:
        return nodes.layer_norm(x, self._weight(name + ".weight"), self._weight(name + ".bias"))


def _named(x: Node, name: str) -> Node:
    x.output(0).set_names({name})
    return ops.result(x)
