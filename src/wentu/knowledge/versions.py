"""Versions of a knowledge base: an import makes the next one, a rollback makes one that equals an older one."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from wentu.core.errors import UnknownKnowledge
from wentu.knowledge.database import current_version
from wentu.knowledge.importing import Refusal
from wentu.knowledge.items import Item, entry_from, entry_terms, product_from, product_terms, to_data

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of the knowledge base and how it differs from the one before; `created_at` is Unix seconds."""

    number: int
    created_at: float
    note: str
    added: int
    changed: int
    removed: int
    refused: tuple[Refusal, ...]
    products: int = 0
    entries: int = 0


@dataclass(slots=True)
class Change:
    """What a new version does to the one before."""

    number: int
    added: int = 0
    changed: int = 0
    removed: int = 0


def put(connection: sqlite3.Connection, items: Mapping[Key, Item], change: Change, *, replace: bool) -> Iterator[int]:
    """Makes the items part of version `change.number`; yields how many are done. With `replace`, all others end."""
    live = {(row["kind"], row["key"]): row for row in connection.execute("SELECT * FROM items WHERE removed IS NULL")}
    for done, (key, item) in enumerate(items.items(), 1):
        data, known = to_data(item), live.get(key)
        if known is not None and known["data"] == data:
            continue
        if known is not None:
            end(connection, known, change.number)
            change.changed += 1
        else:
            change.added += 1
        begin(connection, key, data, item.source, change.number)
        if done % 250 == 0:
            yield done
    if replace:
        for key, row in live.items():
            if key not in items:
                end(connection, row, change.number)
                change.removed += 1
    yield len(items)


def begin(connection: sqlite3.Connection, key: Key, data: str, source: str, version: int) -> None:
    """Writes an item that lives from `version` on, with its search terms."""
    kind, name = key
    inserted = connection.execute(
        "INSERT INTO items (kind, key, data, source, added) VALUES (?, ?, ?, ?, ?) RETURNING *",
        (kind, name, data, source, version),
    ).fetchone()
    if kind == "product":
        terms = product_terms(product_from(inserted))
        connection.execute("INSERT INTO product_terms (rowid, terms) VALUES (?, ?)", (inserted["row"], terms))
    else:
        title, text = entry_terms(entry_from(inserted))
        connection.execute(
            "INSERT INTO entry_terms (rowid, title, terms) VALUES (?, ?, ?)", (inserted["row"], title, text)
        )


def end(connection: sqlite3.Connection, row: sqlite3.Row, version: int) -> None:
    """Ends an item's life with `version`; it stays readable in the versions before."""
    connection.execute("UPDATE items SET removed = ? WHERE row = ?", (version, row["row"]))
    table = "product_terms" if row["kind"] == "product" else "entry_terms"
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row["row"],))


def record(connection: sqlite3.Connection, change: Change, note: str, refused: Iterable[Refusal]) -> None:
    refusals = json.dumps([asdict(one) for one in refused], ensure_ascii=False)
    connection.execute(
        "INSERT INTO versions (number, created_at, note, added, changed, removed, refused)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (change.number, time.time(), note[:200], change.added, change.changed, change.removed, refusals),
    )


def roll_back(connection: sqlite3.Connection, number: int) -> Change:
    """A new version that has exactly the items of version `number`. Raises UnknownKnowledge."""
    newest = current_version(connection)
    if not 1 <= number <= newest:
        raise UnknownKnowledge(f"there is no version {number} of the knowledge base", version=number)
    change = Change(newest + 1)
    wanted = {(row["kind"], row["key"]): row for row in _at(connection, number)}
    live = {(row["kind"], row["key"]): row for row in _at(connection, newest)}
    for key, row in live.items():
        if key not in wanted:
            end(connection, row, change.number)
            change.removed += 1
    for key, row in wanted.items():
        known = live.get(key)
        if known is not None and known["data"] == row["data"]:
            continue
        if known is not None:
            end(connection, known, change.number)
        change.changed += known is not None
        change.added += known is None
        begin(connection, key, row["data"], row["source"], change.number)
    record(connection, change, f"rollback to {number}", ())
    return change


def history(connection: sqlite3.Connection) -> tuple[Version, ...]:
    """Every version, the newest first."""
    found = connection.execute("SELECT * FROM versions ORDER BY number DESC").fetchall()
    return tuple(_version(connection, row) for row in found)


def version_at(connection: sqlite3.Connection, number: int) -> Version:
    """Raises UnknownKnowledge."""
    row = connection.execute("SELECT * FROM versions WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise UnknownKnowledge(f"there is no version {number} of the knowledge base", version=number)
    return _version(connection, row)


def _version(connection: sqlite3.Connection, row: sqlite3.Row) -> Version:
    counted = connection.execute(
        "SELECT kind, count(*) FROM items WHERE added <= ? AND (removed IS NULL OR removed > ?) GROUP BY kind",
        (row["number"], row["number"]),
    )
    numbers = dict(tuple(one) for one in counted)
    return Version(
        row["number"],
        row["created_at"],
        row["note"],
        row["added"],
        row["changed"],
        row["removed"],
        tuple(Refusal(**one) for one in json.loads(row["refused"])),
        numbers.get("product", 0),
        numbers.get("entry", 0),
    )


def _at(connection: sqlite3.Connection, number: int) -> list[sqlite3.Row]:
    chosen = "SELECT * FROM items WHERE added <= ? AND (removed IS NULL OR removed > ?)"
    return connection.execute(chosen, (number, number)).fetchall()
