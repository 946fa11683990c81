"""Where things are: rotary angles of text and patches, MRoPE positions, the interpolated position embedding.

Formulas: transformers 5.23, models/qwen3_vl/modeling_qwen3_vl.py and vision_utils.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wentu.engines.loop.config import VISION_ROPE_THETA, TextConfig
from wentu.engines.loop.pictures import Grid

Float32 = NDArray[np.float32]
Int64 = NDArray[np.int64]


def mrope_positions(is_picture: NDArray[np.bool_], grids: Sequence[Grid], merge_size: int) -> tuple[Int64, int]:
    """(3, n) time, row and column positions of n prompt tokens, and the position of the token after them.

    `is_picture` marks the visual tokens; each run of them belongs to the next of `grids`. Text counts on by one in
    all three; a picture at p has time p, rows p + row, columns p + column, and takes max(rows, columns) positions.
    """
    positions = np.zeros((3, len(is_picture)), np.int64)
    index = position = 0
    waiting = iter(grids)
    while index < len(is_picture):
        if is_picture[index]:
            rows, columns = next(waiting).merged(merge_size)
            run = slice(index, index + rows * columns)
            positions[0, run] = position
            positions[1, run] = position + np.repeat(np.arange(rows), columns)
            positions[2, run] = position + np.tile(np.arange(columns), rows)
            index, position = run.stop, position + max(rows, columns)
        else:
            following = np.flatnonzero(is_picture[index:])
            length = int(following[0]) if len(following) else len(is_picture) - index
            positions[:, index : index + length] = position + np.arange(length)
            index, position = index + length, position + length
    return positions, position


class TextRotary:
    """Interleaved MRoPE: the frequencies are dealt to time, row, column, time, ... as `mrope_section` says."""

    def __init__(self, config: TextConfig) -> None:
        self._frequencies = _frequencies(config.head_dim, config.rope_theta)
        # Row frequencies sit at 1, 4, 7, ... below 3 * section, column frequencies at 2, 5, 8, ...; time has the rest.
        self._slices = [slice(axis, 3 * config.mrope_section[axis], 3) for axis in (1, 2)]

    def tables(self, positions: Int64) -> tuple[Float32, Float32]:
        """cos and sin, each (n, head_dim) float32, for (3, n) positions."""
        turns = positions[:, :, None].astype(np.float32)
        angles = turns[0] * self._frequencies
        for axis, part in enumerate(self._slices, start=1):
            angles[:, part] = turns[axis] * self._frequencies[part]
        return _cos_sin(angles)


def block_order(grid: Grid, merge_size: int) -> tuple[Int64, Int64]:
    """Row and column of every patch, each (n_patches,), in merge-block order."""
    row, column = np.meshgrid(np.arange(grid.rows), np.arange(grid.columns), indexing="ij")

    def ordered(axis: Int64) -> Int64:
        blocks = axis.reshape(grid.rows // merge_size, merge_size, grid.columns // merge_size, merge_size)
        return blocks.transpose(0, 2, 1, 3).reshape(-1)

    return ordered(row), ordered(column)


def vision_rotary(grid: Grid, head_dim: int, merge_size: int) -> tuple[Float32, Float32]:
    """cos and sin, each (n_patches, head_dim): the first quarter turns with the row, the next with the column."""
    frequencies = _frequencies(head_dim // 2, VISION_ROPE_THETA)
    row, column = block_order(grid, merge_size)
    turns = [axis[:, None].astype(np.float32) * frequencies for axis in (row, column)]
    return _cos_sin(np.concatenate(turns, 1))


def vision_embedding(table: Float32, grid: Grid, merge_size: int) -> Float32:
    """(n_patches, width) float32: the learnt square `table` (side**2, width) stretched bilinearly over the grid.

    The corners of the table meet the corners of the grid (align_corners).
    """
    side = round(len(table) ** 0.5)
    row, column = block_order(grid, merge_size)
    row_low, row_high, row_part = _taps(row, grid.rows, side)
    column_low, column_high, column_part = _taps(column, grid.columns, side)
    upper = table[row_low * side + column_low] * (1 - column_part) + table[row_low * side + column_high] * column_part
    lower = table[row_high * side + column_low] * (1 - column_part) + table[row_high * side + column_high] * column_part
    return np.asarray(upper * (1 - row_part) + lower * row_part, np.float32)


def _taps(index: Int64, length: int, side: int) -> tuple[Int64, Int64, Float32]:
    source = index.astype(np.float32) * np.float32(side - 1) / np.float32(max(length - 1, 1))
    low = np.floor(source).astype(np.int64)
    return low, np.minimum(low + 1, side - 1), (source - low).astype(np.float32)[:, None]


def _frequencies(dim: int, theta: float) -> Float32:
    return (1.0 / theta ** (np.arange(0, dim, 2, dtype=np.float32) / np.float32(dim))).astype(np.float32)


def _cos_sin(half_angles: Float32) -> tuple[Float32, Float32]:
    """The two halves of a head turn by the same angles."""
    cos, sin = np.cos(half_angles), np.sin(half_angles)
    return np.concatenate([cos, cos], 1), np.concatenate([sin, sin], 1)
