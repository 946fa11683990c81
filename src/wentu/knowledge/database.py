"""The SQLite file of a knowledge base: items with the versions they belong to, and their search terms.

An item lives from version `added` until version `removed` (null: it lives now). Nothing is ever overwritten, so any
version can be read and taken back. Only what lives now is in the search tables, so that bm25 counts what is there.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from wentu.core.errors import BadSetting

BUSY_TIMEOUT_S = 15.0
Journal = Literal["WAL", "DELETE"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY, created_at REAL NOT NULL, note TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL, refused TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    row INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, source TEXT NOT NULL,
    added INTEGER NOT NULL, removed INTEGER, hits INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS items_live ON items (kind, key) WHERE removed IS NULL;
CREATE INDEX IF NOT EXISTS items_added ON items (added);
CREATE INDEX IF NOT EXISTS items_removed ON items (removed);
CREATE VIRTUAL TABLE IF NOT EXISTS product_terms USING fts5 (terms, tokenize = "unicode61 tokenchars '+'");
CREATE VIRTUAL TABLE IF NOT EXISTS entry_terms USING fts5 (title, terms, tokenize = "unicode61 tokenchars '+'");
CREATE VIRTUAL TABLE IF NOT EXISTS product_vocabulary USING fts5vocab (product_terms, 'row');
CREATE VIRTUAL TABLE IF NOT EXISTS entry_vocabulary USING fts5vocab (entry_terms, 'row');
CREATE TABLE IF NOT EXISTS vectors (row INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS corrections (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, sku TEXT NOT NULL, answer TEXT NOT NULL, author TEXT NOT NULL,
    created_at REAL NOT NULL, updated_at REAL NOT NULL, hits INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS correction_history (
    number INTEGER PRIMARY KEY, correction TEXT NOT NULL, answer TEXT NOT NULL, author TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS aliases (
    id TEXT PRIMARY KEY, field TEXT NOT NULL, alias TEXT NOT NULL, meaning TEXT NOT NULL, state TEXT NOT NULL,
    source TEXT NOT NULL, created_at REAL NOT NULL, UNIQUE (field, alias, meaning));
"""


class KnowledgeFile:
    """One connection a transaction: they are cheap, and any thread and process may use the file."""

    def __init__(self, path: Path, *, journal: Journal = "WAL") -> None:
        """`journal` "DELETE" is for a file system that machines share: WAL needs memory that all readers share."""
        self.path = path
        self._journal = journal
        self._ready = False

    def beside(self, path: Path) -> KnowledgeFile:
        """Another file on the same file system."""
        return KnowledgeFile(path, journal=self._journal)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file."""
        connection = self._open()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that commits at the end of the block and rolls back when the block raises."""
        connection = self._open()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def compact(self) -> None:
        """Writes the file anew and empties its log, so that nothing that was deleted can be read in it."""
        with contextlib.closing(self._open()) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        if not self._ready:
            try:
                connection.execute(f"PRAGMA journal_mode={self._journal}")
                connection.executescript(_SCHEMA)
            except sqlite3.OperationalError as exc:
                connection.close()
                raise BadSetting(
                    "the knowledge base can't be opened", hint="It needs an SQLite with FTS5 and a folder of its own."
                ) from exc
            self._ready = True
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


def current_version(connection: sqlite3.Connection) -> int:
    """The number of the newest version; 0 before the first import."""
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM versions").fetchone()[0])
