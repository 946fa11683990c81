"""The Qwen3-VL vision model as a chain of ONNX graphs, from the published weights.

Reference: transformers 5.23, Qwen3VLVisionModel.
"""

from __future__ import annotations

from pathlib import Path

from wentu.engines.loop.checkpoint import Checkpoint, Float32
from wentu.engines.loop.config import VisionConfig
from wentu.engines.loop.names import VISION
from wentu.engines.loop.stages import Stage
from wentu.engines.onnx import nodes
from wentu.engines.onnx.graph import MICROSOFT, Graph
from wentu.engines.onnx.nodes import Weights


def write_stage(checkpoint: Checkpoint, config: VisionConfig, stage: Stage, weights: Weights, path: Path) -> None:
    """Writes one stage's graph: inputs and outputs as `loop.vision.StagedVision` hands them on.

    4 bits are for the language model alone: int4 means 8 bits here. Raises WeightsMissing.
    """
    with Graph(f"qwen3vl_vision_{stage.index}", path) as graph:
        _VisionWriter(graph, checkpoint, config, "int8" if weights == "int4" else weights).write(stage)


class _VisionWriter:
    def __init__(self, graph: Graph, checkpoint: Checkpoint, config: VisionConfig, weights: Weights) -> None:
        self.graph = graph
        self.checkpoint = checkpoint
        self.config = config
        self.weights = weights

    def write(self, stage: Stage) -> None:
        g, c = self.graph, self.config
        x = self._entry() if stage.first else g.input("hidden_in", ("n", c.hidden_size))
        angles = [g.op("Unsqueeze", g.input(name, ("n", c.head_dim)), g.int64(1)) for name in ("cos", "sin")]
        for layer in range(stage.start, stage.end):
            x = self._block(x, f"blocks.{layer}.", angles)
        if stage.end < c.depth:
            g.output(x, "hidden", ("n", c.hidden_size))
        if stage.mergers:
            features = [g.op("Unsqueeze", self._merge(x, prefix), g.int64(0)) for prefix in stage.mergers]
            joined = g.op("Concat", *features, axis=0)
            g.output(joined, "features", (len(features), "tokens", c.out_hidden_size))

    def _entry(self) -> str:
        g, c = self.graph, self.config
        pixels = g.input("pixels", ("n", 3 * c.patch_size**2))
        position = g.input("position", ("n", c.hidden_size))
        # Both frames of a still picture are equal, so their weights may be summed beforehand.
        kernel = self._weight("patch_embed.proj.weight").reshape(c.hidden_size, 3, c.temporal_patch_size, -1).sum(2)
        bias = self._weight("patch_embed.proj.bias")
        embedded = nodes.linear(g, pixels, kernel.reshape(c.hidden_size, -1), "float32", bias)
        return g.op("Add", embedded, position)

    def _block(self, x: str, prefix: str, angles: list[str]) -> str:
        g = self.graph
        x = g.op("Add", x, self._attention(self._norm(x, prefix + "norm1"), prefix + "attn.", angles))
        wide = self._linear(self._norm(x, prefix + "norm2"), prefix + "mlp.linear_fc1")
        return g.op("Add", x, self._linear(g.op("Gelu", wide, approximate="tanh"), prefix + "mlp.linear_fc2"))

    def _attention(self, x: str, prefix: str, angles: list[str]) -> str:
        """Every patch attends to every patch of its picture; ONNX Runtime's own operation never holds all scores."""
        g, c = self.graph, self.config
        parts = g.ops("Split", self._linear(x, prefix + "qkv"), n_outputs=3, axis=-1, num_outputs=3)
        query, key = (self._turned(part, angles) for part in parts[:2])
        batches = [g.op("Reshape", part, g.int64(1, -1, c.hidden_size)) for part in (query, key, parts[2])]
        mixed = g.op("MultiHeadAttention", *batches, domain=MICROSOFT, num_heads=c.n_heads)
        return self._linear(g.op("Reshape", mixed, g.int64(-1, c.hidden_size)), prefix + "proj")

    def _turned(self, x: str, angles: list[str]) -> str:
        heads = self.graph.op("Reshape", x, self.graph.int64(-1, self.config.n_heads, self.config.head_dim))
        return nodes.rope(self.graph, heads, *angles)

    def _merge(self, x: str, prefix: str) -> str:
        """(n, hidden) to (n / merge**2, out_hidden): neighbouring patches are joined into one visual token.

        The main merger norms patches before joining them, the DeepStack mergers the joined ones.
        """
        g = self.graph
        joined = g.int64(-1, self.config.hidden_size * self.config.merge_size**2)
        if prefix == "merger.":
            tokens = g.op("Reshape", self._norm(x, prefix + "norm"), joined)
        else:
            tokens = self._norm(g.op("Reshape", x, joined), prefix + "norm")
        return self._linear(g.op("Gelu", self._linear(tokens, prefix + "linear_fc1")), prefix + "linear_fc2")

    def _weight(self, name: str) -> Float32:
        return self.checkpoint.float32(VISION + name)

    def _linear(self, x: str, name: str) -> str:
        matrix = self.checkpoint.matrix(VISION + name + ".weight")
        return nodes.linear(self.graph, x, matrix, self.weights, self._weight(name + ".bias"))

    def _norm(self, x: str, name: str) -> str:
        return nodes.layer_norm(self.graph, x, self._weight(name + ".weight"), self._weight(name + ".bias"))
