"""The building blocks of both graphs, in shapes that the OpenVINO CPU plugin recognises and fuses.

The plugin replaces whole patterns (RMS norm, RoPE, a KV state under attention) by fast kernels; written in another
order the same mathematics runs several times slower. The patterns were found by inspecting openvino 2026.4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset15 as ops

from wentu.engines.loop.checkpoint import Float32, Matrix
from wentu.engines.loop.quantize import int4_groups, int8_rows
from wentu.engines.openvino.formats import Format

Node = Any  # ov.Node or ov.Output: openvino's stubs don't say which of them an operation takes

# How the constants of a named matrix are called in the graph: other readers than OpenVINO find them by it.
CODES, SCALES = ".codes", ".scales"
HEAD_NAME = "lm_head"

_TO_END = np.iinfo(np.int64).max


def parameter(name: str, shape: Sequence[int], dtype: ov.Type) -> Node:
    """A graph input; -1 is a size known only at run time."""
    node = ops.parameter(ov.PartialShape(list(shape)), dtype, name=name)
    node.output(0).set_names({name})
    return node


def int64(*values: int) -> Node:
    """A constant (len(values),) int64."""
    return ops.constant(np.array(values, np.int64))


def axis(value: int) -> Node:
    """A constant int64 scalar, as Split and Gather want their axis."""
    return ops.constant(np.int64(value))


def float32(value: float) -> Node:
    """A constant float32 scalar."""
    return ops.constant(np.float32(value))


def linear(x: Node, weight: Matrix, weights: Format, bias: Float32 | None = None, name: str = "") -> Node:
    """x (..., inputs) times the transposed weight (outputs, inputs), plus bias (outputs,)."""
    product = ops.matmul(x, weight_constant(weight, weights, name), transpose_a=False, transpose_b=True)
    return product if bias is None else ops.add(product, ops.constant(bias))


def weight_constant(weight: Matrix, weights: Format, name: str = "") -> Node:
    """A node that gives `weight` (outputs, inputs) as float32, stored as the format says, quantised ones by `name`."""
    weights = weights.fit(weight.shape[1])
    if weights.kind == "float32":
        return ops.constant(np.ascontiguousarray(weight[:]))
    if weights.kind == "bfloat16":
        return ops.convert(_constant(_bfloat16_bits(weight[:]), weight.shape, ov.Type.bf16), ov.Type.f32)
    if weights.kind == "int8":
        codes, scales = int8_rows(weight)
        return ops.convert(_scaled(ops.constant(codes), ops.constant(scales), name), ov.Type.f32)
    packed, scales = int4_groups(weight, weights.group)
    grouped = (weight.shape[0], weight.shape[1] // weights.group, weights.group)
    scaled = _scaled(_constant(packed, grouped, ov.Type.i4), ops.constant(scales), name)
    return ops.convert(ops.reshape(scaled, int64(*weight.shape), False), ov.Type.f32)


def rms_norm(x: Node, gain: Float32, eps: float, rank: int) -> Node:
    """Root-mean-square norm over the last axis of a node of `rank` axes."""
    variance = ops.reduce_mean(ops.power(x, float32(2.0)), int64(-1), keep_dims=True)
    normed = ops.multiply(x, ops.divide(float32(1.0), ops.sqrt(ops.add(variance, float32(eps)))))
    return ops.multiply(ops.constant(gain.reshape((1,) * (rank - 1) + (-1,))), normed)


def layer_norm(x: Node, gain: Float32, bias: Float32, eps: float = 1e-6) -> Node:
    """Layer norm over the last axis; 1e-6 is fixed in Qwen3-VL's vision code."""
    return ops.add(
        ops.multiply(ops.mvn(x, int64(-1), True, eps, "inside_sqrt"), ops.constant(gain)), ops.constant(bias)
    )


def rope(x: Node, cos: Node, sin: Node, head_dim: int) -> Node:
    """Turns x (batch, heads, n, head_dim) by the angles of cos and sin (batch, 1, n, head_dim)."""
    first = ops.slice(x, int64(0), int64(head_dim // 2), int64(1), int64(3))
    second = ops.slice(x, int64(head_dim // 2), int64(_TO_END), int64(1), int64(3))
    turned = ops.concat([ops.multiply(second, float32(-1.0)), first], -1)
    return ops.add(ops.multiply(x, cos), ops.multiply(turned, sin))


def swap_heads(x: Node) -> Node:
    """(batch, n, heads, dim) to (batch, heads, n, dim) and back."""
    return ops.transpose(x, int64(0, 2, 1, 3))


def _scaled(codes: Node, scales: Node, name: str) -> Node:
    if name:
        codes.friendly_name, scales.friendly_name = name + CODES, name + SCALES
    return ops.multiply(ops.convert(codes, ov.Type.f16), scales)


def _constant(stored: NDArray[np.generic], shape: Sequence[int], dtype: ov.Type) -> Node:
    # NOTE: a Constant made from a Tensor shares its memory by default and outlives it: other weights appear in it.
    return ops.constant(ov.Tensor(stored, ov.Shape(list(shape)), dtype), shared_memory=False)


def _bfloat16_bits(weight: Float32) -> NDArray[np.uint16]:
    """The upper 16 bits, rounded to nearest even."""
    bits = np.ascontiguousarray(weight).view(np.uint32)
    rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return (rounded >> np.uint32(16)).astype(np.uint16)
