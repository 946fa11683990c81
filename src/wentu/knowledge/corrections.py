"""The correction loop: an agent's edited answer is used for the same question, and for one that says the same."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from wentu.core.errors import UnknownKnowledge
from wentu.core.knowledge import Correction
from wentu.core.terms import words
from wentu.knowledge.rewording import LIKENESS, likeness


@dataclass(frozen=True, slots=True)
class Edit:
    """One earlier wording of a correction."""

    answer: str
    author: str
    at: float


def add(connection: sqlite3.Connection, question: str, answer: str, *, sku: str, author: str) -> Correction:
    """The correction for this question and product, new or with another answer; its history keeps the old one."""
    now = time.time()
    made = "cor_" + hashlib.sha256(f"{plain(question)}\n{sku}".encode()).hexdigest()[:16]
    connection.execute(
        "INSERT INTO corrections (id, question, sku, answer, author, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, author = excluded.author,"
        " updated_at = excluded.updated_at, active = 1",
        (made, question.strip(), sku, answer.strip(), author, now, now),
    )
    connection.execute(
        "INSERT INTO correction_history (correction, answer, author, at) VALUES (?, ?, ?, ?)",
        (made, answer.strip(), author, now),
    )
    return get(connection, made)


def get(connection: sqlite3.Connection, correction_id: str) -> Correction:
    """Raises UnknownKnowledge."""
    row = connection.execute("SELECT * FROM corrections WHERE id = ?", (correction_id,)).fetchone()
    if row is None:
        raise UnknownKnowledge("there is no such correction")
    return _correction(row)


def every(connection: sqlite3.Connection) -> tuple[Correction, ...]:
    """All corrections, the most used first."""
    rows = connection.execute("SELECT * FROM corrections ORDER BY hits DESC, updated_at DESC")
    return tuple(_correction(row) for row in rows)


def history(connection: sqlite3.Connection, correction_id: str) -> tuple[Edit, ...]:
    """Every wording it had, the newest first."""
    rows = connection.execute(
        "SELECT answer, author, at FROM correction_history WHERE correction = ? ORDER BY number DESC", (correction_id,)
    )
    return tuple(Edit(*row) for row in rows)


def retire(connection: sqlite3.Connection, correction_id: str) -> None:
    """Stops using it; its history stays. Raises UnknownKnowledge."""
    get(connection, correction_id)
    connection.execute("UPDATE corrections SET active = 0 WHERE id = ?", (correction_id,))


def forget(connection: sqlite3.Connection, questions: Iterable[str]) -> int:
    """Deletes the corrections of these questions, as they were asked, with their history; their number."""
    asked = {plain(question) for question in questions}
    gone = [one.id for one in every(connection) if plain(one.question) in asked]
    for correction_id in gone:
        connection.execute("DELETE FROM correction_history WHERE correction = ?", (correction_id,))
        connection.execute("DELETE FROM corrections WHERE id = ?", (correction_id,))
    return len(gone)


def match(connection: sqlite3.Connection, question: str, sku: str) -> Correction | None:
    """The active correction that this question (about this product, "" for none) is answered by."""
    rows = connection.execute("SELECT * FROM corrections WHERE active = 1 AND sku IN (?, '')", (sku,)).fetchall()
    asked = plain(question)
    same = [row for row in rows if plain(row["question"]) == asked and asked]
    if same:
        return _correction(max(same, key=lambda row: bool(row["sku"])))
    scored = [(likeness(question, row["question"]), row) for row in rows]
    best = max(scored, key=lambda pair: (pair[0], bool(pair[1]["sku"])), default=None)
    return _correction(best[1]) if best is not None and best[0] >= LIKENESS else None


def count_hit(connection: sqlite3.Connection, correction_id: str) -> None:
    connection.execute("UPDATE corrections SET hits = hits + 1 WHERE id = ?", (correction_id,))


def plain(question: str) -> str:
    """A question without spaces, punctuation and case."""
    return "".join(words(question))


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        **{name: row[name] for name in Correction.__slots__ if name != "active"}, active=bool(row["active"])
    )
