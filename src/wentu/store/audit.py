"""Who did what, as a hash chain of digests: changing or removing one entry breaks every later one.

An entry holds no content. Its digest is keyed with a secret of this installation, so that nobody who reads the audit
can try out ID numbers until one fits; what was erased stays erased.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wentu.store.database import Database, take_turn
from wentu.store.models import AuditRow

_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `subject` is an id, `digest` the keyed digest of what the action was about; `at` is Unix seconds."""

    number: int
    at: float
    actor: str
    action: str
    subject: str
    digest: str
    previous: str
    hash: str


class Audit:
    """The chain of one installation. `key_file` is made at first use, and no other user can read it."""

    def __init__(self, database: Database, key_file: Path) -> None:
        self._database = database
        self._key_file = key_file

    def note(self, actor: str, action: str, subject: str, content: str = "") -> None:
        """Adds an entry in a transaction of its own."""
        with self._database.write() as transaction:
            self.add(transaction, actor, action, subject, content)

    def add(self, transaction: Session, actor: str, action: str, subject: str, content: str = "") -> None:
        """Adds an entry to the transaction of what it is about: neither is kept without the other."""
        take_turn(transaction, "audit")
        last = transaction.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
        number, previous = (last.number + 1, last.hash) if last else (1, _FIRST)
        digest = hmac.new(self._key(), content.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        entry = Entry(number, time.time(), actor[:40], action, subject[:80], digest, previous, "")
        transaction.add(AuditRow(**{**_fields(entry), "hash": chained(entry)}))
        transaction.flush()

    def entries(self, *, limit: int = 200, before: int | None = None) -> tuple[Entry, ...]:
        """The newest entries first."""
        chosen = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(AuditRow.number < before)
        with self._database.read() as transaction:
            return tuple(_entry(row) for row in transaction.scalars(chosen))

    def first_broken(self) -> int | None:
        """The number of the first entry that does not fit its chain; None: all of them do."""
        previous, number = _FIRST, 0
        with self._database.read() as transaction:
            for row in transaction.scalars(select(AuditRow).order_by(AuditRow.number)):
                entry = _entry(row)
                number += 1
                if entry.number != number or entry.previous != previous or entry.hash != chained(entry):
                    return number
                previous = entry.hash
        return None

    def _key(self) -> bytes:
        if not self._key_file.exists():
            self._make_key()
        return self._key_file.read_bytes()

    def _make_key(self) -> None:
        """Written whole and then named: of several processes and machines one names its own, and nobody reads half."""
        self._key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._key_file.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(name, self._key_file)
        finally:
            Path(name).unlink(missing_ok=True)


def chained(entry: Entry) -> str:
    """SHA-256 over the entry's fields and the hash of the entry before it."""
    fields = _fields(entry)
    del fields["hash"]
    return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _fields(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def _entry(row: AuditRow) -> Entry:
    return Entry(row.number, row.at, row.actor, row.action, row.subject, row.digest, row.previous, row.hash)
