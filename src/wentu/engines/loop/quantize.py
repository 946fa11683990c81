"""Weights in 4 and 8 bits, symmetric: the number is code x scale, and zero stays zero.

Matrices are (rows, columns) = (outputs, inputs), as in the checkpoint.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wentu.engines.loop.checkpoint import Matrix

_SMALLEST_SCALE = np.float16(6e-8)  # the smallest positive float16: an all-zero group needs some scale
_ROWS_AT_ONCE = 512  # bounds the float32 scratch memory while a large matrix is quantised


def int4_groups(weight: Matrix, group: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """4-bit codes and scales, one scale for every `group` columns of a row.

    Returns packed codes (rows, columns / 2) uint8, two's-complement nibbles with the even column in the low one, and
    scales (rows, columns / group, 1) float16. The scale is signed so that the value of largest magnitude gets the
    code -8, which 4 bits have and +8 they have not (nncf's int4_sym does the same): one more level where it counts.
    """
    rows, columns = weight.shape
    n_groups = columns // group
    packed = np.empty((rows, columns // 2), np.uint8)
    scales = np.empty((rows, n_groups, 1), np.float16)
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        values = weight[part].reshape(-1, n_groups, group)
        highest, lowest = values.max(-1, keepdims=True), -values.min(-1, keepdims=True)
        scale = _nonzero((np.where(lowest >= highest, lowest, -highest) / 8).astype(np.float16))
        codes = np.clip(np.rint(values / scale.astype(np.float32)), -8, 7).astype(np.int8)
        nibbles = codes.reshape(-1, columns).view(np.uint8)
        packed[part] = (nibbles[:, 0::2] & 15) | (nibbles[:, 1::2] << 4)
        scales[part] = scale
    return packed, scales


def int8_rows(weight: Matrix) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """8-bit codes (rows, columns) int8 and one scale a row (rows, 1) float16: the largest magnitude gets 127."""
    rows, columns = weight.shape
    codes = np.empty((rows, columns), np.int8)
    scales = np.empty((rows, 1), np.float16)
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        values = weight[part]
        scales[part] = _nonzero((np.abs(values).max(-1, keepdims=True) / 127).astype(np.float16))
        codes[part] = np.clip(np.rint(values / scales[part].astype(np.float32)), -127, 127)
    return codes, scales


def _nonzero(scale: NDArray[np.float16]) -> NDArray[np.float16]:
    return np.where(scale == 0, _SMALLEST_SCALE, scale)
