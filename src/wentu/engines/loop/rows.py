"""What one call of a language model is made of, and where its keys and values are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from wentu.engines.loop.positions import Float32, Int64

BLOCK_TOKENS = 32  # fixed by the paged attention of OpenVINO's CPU plugin; others follow


@dataclass(frozen=True, slots=True)
class Rows:
    """What one sequence adds to a call: `n` tokens after the `past` ones that are already in its blocks.

    `embeds` (n, hidden) float32, `positions` (3, n) int64, `deepstack` (n_deepstack, n, hidden) float32 or None where
    no token is visual. `blocks` are the sequence's blocks, enough for past + n tokens. `wanted` counts the last
    tokens whose logits are returned (0 for a prompt's chunk that is not the last).
    """

    embeds: Float32
    positions: Int64
    deepstack: Float32 | None
    past: int
    blocks: Sequence[int]
    wanted: int

    @property
    def n(self) -> int:
        return len(self.embeds)

    @property
    def used(self) -> Sequence[int]:
        """Those of its blocks that hold something after the call."""
        return self.blocks[: -(-(self.past + self.n) // BLOCK_TOKENS)]


def wanted_rows(batch: Sequence[Rows]) -> Int64:
    """Which rows of the whole call have their logits returned, in order."""
    ends = np.cumsum([rows.n for rows in batch])
    return np.concatenate(
        [np.arange(end - rows.wanted, end, dtype=np.int64) for rows, end in zip(batch, ends, strict=True)]
    )


def parted(logits: Float32, batch: Sequence[Rows]) -> list[Float32]:
    """The logits of `wanted_rows` (all wanted, vocabulary), cut by sequence; views of them."""
    return np.split(logits, np.cumsum([rows.wanted for rows in batch])[:-1])


def joined_deepstack(batch: Sequence[Rows], n_deepstack: int) -> Float32 | None:
    """(n_deepstack, n, hidden), zero for rows that are not visual; None where none is."""
    if all(rows.deepstack is None for rows in batch):
        return None
    parts = [
        np.zeros((n_deepstack, *rows.embeds.shape), np.float32) if rows.deepstack is None else rows.deepstack
        for rows in batch
    ]
    return np.ascontiguousarray(np.concatenate(parts, 1), np.float32)


class Text(Protocol):
    """A language model over a cache of `n_blocks` blocks of `BLOCK_TOKENS` tokens; called from one thread."""

    n_blocks: int

    def run(self, batch: Sequence[Rows]) -> list[Float32]:
        """Logits (wanted, vocabulary) float32 for each of `batch`. Raises EngineError, OutOfMemory."""

    def copy_block(self, source: int, target: int) -> None:
        """Writes the keys and values of one block into another, in every layer."""
