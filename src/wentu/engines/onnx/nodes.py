"""The building blocks of both graphs: linear layers in three formats, norms, rotary positions."""

from __future__ import annotations

from typing import Literal

import numpy as np

from wentu.engines.loop.checkpoint import Float32, Matrix
from wentu.engines.loop.quantize import int4_groups, int8_rows
from wentu.engines.onnx.graph import MICROSOFT, Graph

Weights = Literal["float32", "int8", "int4"]

# Weights that share a scale. ONNX Runtime's kernels take 16 to 256; 32 and 64 are its fastest.
GROUPS = (64, 32)
_INT8_ACTIVATIONS = 4  # `accuracy_level` of MatMulNBits: activations are quantised to 8 bits on the fly


def linear(graph: Graph, x: str, weight: Matrix, weights: Weights, bias: Float32 | None = None) -> str:
    """x (n, inputs) times the transposed weight (outputs, inputs), plus bias (outputs,)."""
    group = next((group for group in GROUPS if weight.shape[1] % group == 0), None)
    if weights == "float32" or group is None:
        inputs = [x, graph.matrix(weight), *([] if bias is None else [graph.vector(bias)])]
        return graph.op("Gemm", *inputs, transB=1)
    product = _quantized(graph, x, weight, 4 if weights == "int4" else 8, group)
    return product if bias is None else graph.op("Add", product, graph.vector(bias))


def _quantized(graph: Graph, x: str, weight: Matrix, bits: int, group: int) -> str:
    """MatMulNBits: unsigned codes whose zero is in the middle, blocks of `group` inputs with a scale each."""
    outputs, inputs = weight.shape
    blocks = inputs // group
    if bits == 4:
        packed, scales = int4_groups(weight, group)
        codes, wide = packed ^ np.uint8(0x88), scales.astype(np.float32).reshape(outputs, blocks)
    else:
        signed, rows = int8_rows(weight)
        codes = signed.view(np.uint8) ^ np.uint8(0x80)
        wide = np.repeat(rows.astype(np.float32).reshape(outputs, 1), blocks, 1)
    return graph.op(
        "MatMulNBits",
        x,
        graph.array(codes.reshape(outputs, blocks, group * bits // 8)),
        graph.array(wide),
        domain=MICROSOFT,
        K=inputs,
        N=outputs,
        bits=bits,
        block_size=group,
        accuracy_level=_INT8_ACTIVATIONS,
    )


def rms_norm(graph: Graph, x: str, gain: Float32, eps: float) -> str:
    """Root-mean-square norm over the last axis, written so that ONNX Runtime fuses it."""
    square = graph.op("Pow", x, graph.number(2.0))
    mean = graph.op("ReduceMean", square, graph.int64(-1), keepdims=1)
    deviation = graph.op("Sqrt", graph.op("Add", mean, graph.number(eps)))
    return graph.op("Mul", graph.op("Div", x, deviation), graph.vector(gain))


def layer_norm(graph: Graph, x: str, gain: Float32, bias: Float32, eps: float = 1e-6) -> str:
    """Layer norm over the last axis; 1e-6 is fixed in Qwen3-VL's vision code."""
    return graph.op("LayerNormalization", x, graph.vector(gain), graph.vector(bias), axis=-1, epsilon=eps)


def rope(graph: Graph, x: str, cos: str, sin: str) -> str:
    """Turns x (n, heads, head_dim) by the angles of cos and sin (n, 1, head_dim)."""
    first, second = graph.ops("Split", x, n_outputs=2, axis=-1, num_outputs=2)
    turned = graph.op("Concat", graph.op("Neg", second), first, axis=-1)
    return graph.op("Add", graph.op("Mul", x, cos), graph.op("Mul", turned, sin))
