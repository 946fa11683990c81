"""API keys: made once, kept as a hash, revoked but never forgotten (their pictures and sessions still name them)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sqlalchemy import select

from wentu.core.errors import BadInput, NotFound
from wentu.store.database import Database
from wentu.store.ids import new_id
from wentu.store.models import KeyRow

Role = Literal["user", "agent", "admin"]
PREFIX = "wt-"


@dataclass(frozen=True, slots=True)
class Key:
    """One key without its secret; `id` is the owner of whatever is made with it."""

    id: str
    name: str
    role: Role
    created_at: float
    revoked_at: float | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, with the secret that nobody can read again."""

    key: Key
    secret: str


class Keys:
    """The keys of this deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, role: str, *, name: str = "") -> NewKey:
        """A new key. Raises BadInput for an unknown role."""
        if role not in get_args(Role):
            known = ", ".join(get_args(Role))
            raise BadInput(f"there is no role '{role}'; known: {known}", role=role, known=known)
        secret = PREFIX + secrets.token_urlsafe(32)
        row = KeyRow(id=new_id("key"), name=name[:200], role=role, secret_sha256=_hash(secret), created_at=time.time())
        with self._database.write() as session:
            session.add(row)
        return NewKey(_key(row), secret)

    def find(self, secret: str) -> Key | None:
        """The key whose secret this is, unless it was revoked."""
        digest = _hash(secret)
        with self._database.read() as session:
            row = session.scalar(select(KeyRow).where(KeyRow.secret_sha256 == digest, KeyRow.revoked_at.is_(None)))
        # A plain hash is enough for 256 random bits; the comparison must not tell how much of it matched.
        return _key(row) if row is not None and hmac.compare_digest(row.secret_sha256, digest) else None

    def any_active(self) -> bool:
        """True if some key can be used: then every request needs one."""
        return self._database.look(select(KeyRow.id).where(KeyRow.revoked_at.is_(None)).limit(1)) is not None

    def list(self) -> tuple[Key, ...]:
        """Every key, revoked ones too, oldest first."""
        with self._database.read() as session:
            return tuple(_key(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)))

    def revoke(self, key_id: str) -> Key:
        """The key, which works no longer. Revoking twice changes nothing. Raises NotFound."""
        with self._database.write() as session:
            row = session.get(KeyRow, key_id)
            if row is None:
                raise NotFound("there is no such key", hint="'wentu keys list' names the keys.", id=key_id)
            row.revoked_at = row.revoked_at or time.time()
            return _key(row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: KeyRow) -> Key:
    return Key(row.id, row.name, cast(Role, row.role), row.created_at, row.revoked_at)
