"""The database behind every stored thing: transactions, turns among them, and the migrations that ship here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast
from zlib import crc32

from sqlalchemy import Connection, Select, inspect, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from wentu.core.errors import DiskFull, StorageUnreachable
from wentu.store.connect import connect

log = logging.getLogger(__name__)
T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
_FULL = frozenset({"SQLITE_FULL", "53100"})


class Database:
    """A database by SQLAlchemy URL. `read` and `write` are its transactions; `upgrade` brings the tables up to date.

    One object serves all threads of a process. It must be made after a fork, never before.
    """

    def __init__(self, url: str) -> None:
        """Connects lazily. Raises BadSetting for a URL that can't be used."""
        self.engine = connect(url)
        self._writer = self.engine.execution_options(wentu_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads. Raises StorageUnreachable."""
        with _answering(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def look(self, statement: Select[T]) -> T | None:
        """The first column of the first row, None without one. Costs a third of `read`: it is for what every question
        asks before its first word. Raises StorageUnreachable."""
        with _answering(), self.engine.connect() as connection:
            return connection.scalar(statement)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end of the block and rolls back when the block raises.

        Raises StorageUnreachable; then nobody knows whether it was committed.
        """
        with _answering(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def upgrade(self, to: str = "head") -> None:
        """Brings the tables to this release's shape; processes that start together wait for the first one.

        Raises BadSetting when a newer release made them, and StorageUnreachable.
        """
        with _answering(), self._writer.begin() as connection:
            _take_turn(connection, "upgrade")
            if to == "head" and _revision(connection) == newest():
                return
            from wentu.store.upgrade import migrate

            migrate(connection, MIGRATIONS, to)

    def close(self) -> None:
        self.engine.dispose()


def newest() -> str:
    """The revision that this release's tables have: the number at the beginning of the last migration's name."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    """The revision of the tables as they are; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return cast("str | None", connection.scalar(text("SELECT version_num FROM alembic_version")))


def take_turn(transaction: Session, name: str) -> None:
    """From here to the end of the transaction no other one that takes a turn under this name goes on.

    For a decision that rests on what was just read. SQLite lets one transaction write at a time as it is.
    """
    _take_turn(transaction.connection(), name)


def _take_turn(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": crc32(f"wentu.{name}".encode())})


@contextmanager
def _answering() -> Iterator[None]:
    """Turns a connection that can't be made, broke or never came free into StorageUnreachable, a full disk into
    DiskFull."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as exc:
        code = _code_of(exc)
        if code == "SQLITE_ERROR":  # a mistake of ours, whatever SQLite calls it
            raise
        # The driver's own text may name hosts and users; its code is enough to look for.
        log.warning("the database does not answer: %s", code)
        if code in _FULL:
            raise DiskFull("there is no room on the database's disk") from exc
        raise StorageUnreachable("the database does not answer") from exc


def _code_of(exc: Exception) -> str:
    """SQLSTATE, SQLite's name of the error, or else the exception's own."""
    orig = getattr(exc, "orig", None) or exc
    return getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None) or type(orig).__name__
