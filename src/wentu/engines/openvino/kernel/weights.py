"""The quantised matrices of a graph, copied into memory of our own as the kernel reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from wentu.engines.openvino.kernel.library import CMatrix
from wentu.engines.openvino.nodes import CODES, SCALES

_ALIGNED = 64  # bytes: a cache line
_GROUPS = (32, 64, 128)
_FLIPPED = np.uint8(0x88)  # two's-complement nibbles become their value plus 8


@dataclass(frozen=True, slots=True)
class Quantized:
    """A matrix (rows, columns). `group` > 0: codes (rows, columns / 2) uint8, two 4-bit ones a byte, plus 8, and
    scales (rows, columns / group) float16; 0: codes (rows, columns) int8, scales (rows, 1) float16."""

    codes: NDArray[np.uint8 | np.int8]
    scales: NDArray[np.float16]
    rows: int
    columns: int
    group: int

    def as_c(self) -> CMatrix:
        """For C; valid as long as this object lives."""
        return CMatrix(self.codes.ctypes.data, self.scales.ctypes.data, self.rows, self.columns, self.group, 0)


def read_quantized(model: ov.Model, names: Mapping[str, tuple[int, int]]) -> dict[str, Quantized] | None:
    """The matrices called `names`, of these shapes (rows, columns); None where one is of a kind that the kernel lacks.

    They lie in one piece of memory, which numpy asks the system to back by huge pages: every token reads all of it.
    """
    constants = {op.friendly_name: op for op in model.get_ops() if op.get_type_name() == "Constant"}
    if not all(name + end in constants for name in names for end in (CODES, SCALES)):
        return None
    found = {name: (constants[name + CODES], constants[name + SCALES]) for name in names}
    if not all(_is_known(*pair, names[name]) for name, pair in found.items()):
        return None
    sizes = [-(-node.data.nbytes // _ALIGNED) * _ALIGNED for pair in found.values() for node in pair]
    memory = np.empty(sum(sizes) + _ALIGNED, np.uint8)
    starts = iter(np.cumsum([-memory.ctypes.data % _ALIGNED, *sizes]).tolist())
    return {
        name: _copied(codes, scales, names[name], memory, (next(starts), next(starts)))
        for name, (codes, scales) in found.items()
    }


def _is_known(codes: ov.Node, scales: ov.Node, shape: tuple[int, int]) -> bool:
    stored, (rows, columns) = list(codes.shape), shape
    if scales.get_element_type() != ov.Type.f16:
        return False
    if codes.get_element_type() == ov.Type.i8:
        return stored == [rows, columns] and columns % 16 == 0 and list(scales.shape) == [rows, 1]
    group = stored[-1]
    grouped = [rows, columns // group, group]
    right = stored == grouped and list(scales.shape) == [*grouped[:2], 1]
    return right and codes.get_element_type() == ov.Type.i4 and group in _GROUPS and columns % group == 0


def _copied(
    codes: ov.Node, scales: ov.Node, shape: tuple[int, int], memory: NDArray[np.uint8], starts: tuple[int, int]
) -> Quantized:
    (rows, columns), four_bits = shape, codes.get_element_type() == ov.Type.i4
    group = list(codes.shape)[-1] if four_bits else 0
    width = columns // 2 if four_bits else columns
    own_codes = memory[starts[0] : starts[0] + rows * width].reshape(rows, width)
    own_scales = memory[starts[1] : starts[1] + scales.data.nbytes].view(np.float16).reshape(rows, -1)
    stored = codes.data.reshape(rows, width).view(np.uint8)
    if four_bits:
        np.bitwise_xor(stored, _FLIPPED, out=own_codes)
    else:
        own_codes[:] = stored
    own_scales[:] = scales.data.reshape(rows, -1)
    return Quantized(own_codes, own_scales, rows, columns, group)
