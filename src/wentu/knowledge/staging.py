"""A copy of the knowledge base with the next version in it, to be tried before it answers everybody.

The copy is a file of its own beside the real one, so nothing of what answers is touched. It is called by the number
that it would have and by what it holds ("12.3f9a1c20"): two copies with the same number are never taken for each other.
The second half of the name stands in the copy (SQLite's `user_version`) once it is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path

from wentu.core.errors import BadKnowledge
from wentu.knowledge import versions
from wentu.knowledge.database import KnowledgeFile, current_version
from wentu.knowledge.items import Item, entry_from, product_from
from wentu.knowledge.versions import Change, Key


def path_of(file: KnowledgeFile) -> Path:
    """Where the copy of this file lies."""
    return file.path.with_name(f"{file.path.stem}.staged.db")


def copy(file: KnowledgeFile) -> Path:
    """A fresh copy of the file as it is now."""
    remove(file)
    path = path_of(file)
    with file.read() as connection, contextlib.closing(sqlite3.connect(path)) as target:
        connection.rollback()  # SQLite copies outside of a transaction
        connection.backup(target)
    return path


def seal(file: KnowledgeFile) -> None:
    """Gives a copy that is whole its name."""
    with file.beside(path_of(file)).write() as connection:
        connection.execute(f"PRAGMA user_version = {_seal_of(_living(connection))}")


def check(connection: sqlite3.Connection, name: str) -> None:
    """Raises BadKnowledge when the open copy holds something else than what it is called by."""
    if f"{_seal_of(_living(connection)):08x}" != name.partition(".")[2]:
        raise BadKnowledge(
            f"the copy {name} of the knowledge base is not what was imported: somebody changed it",
            hint="End what is being tried ('wentu rollout rollback --of knowledge') and import the files again.",
            version=name,
        )


def remove(file: KnowledgeFile) -> None:
    """Removes the copy with its side files."""
    path = path_of(file)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def name_of(file: KnowledgeFile, number: int) -> str:
    """The name of the whole copy that would follow version `number`; "" where there is none, or an older one."""
    path = path_of(file)
    if not path.is_file():
        return ""
    with file.beside(path).read() as connection:
        newest, seal = current_version(connection), connection.execute("PRAGMA user_version").fetchone()[0]
    return f"{newest}.{seal:08x}" if seal and newest == number + 1 else ""


def take_in(connection: sqlite3.Connection, file: KnowledgeFile, name: str) -> int:
    """Makes what the copy of this name holds the next version of the open transaction's file; its number. Raises
    BadKnowledge."""
    with file.beside(path_of(file)).read() as staged:
        check(staged, name)
        rows = _living(staged)
        made = versions.version_at(staged, current_version(staged))
    items: dict[Key, Item] = {
        (row["kind"], row["key"]): product_from(row) if row["kind"] == "product" else entry_from(row) for row in rows
    }
    change = Change(current_version(connection) + 1)
    for _ in versions.put(connection, items, change, replace=True):
        pass
    versions.record(connection, change, made.note, made.refused)
    return change.number


def _seal_of(rows: list[sqlite3.Row]) -> int:
    """31 bits of the sha256 of what these rows say, never 0."""
    told = hashlib.sha256()
    for row in rows:
        told.update(f"{row['kind']}\0{row['key']}\0{row['data']}\0".encode())
    return int.from_bytes(told.digest()[:4], "big") >> 1 or 1


def _living(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return connection.execute("SELECT * FROM items WHERE removed IS NULL ORDER BY kind, key").fetchall()
