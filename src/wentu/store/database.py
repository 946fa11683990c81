"""The database behind every stored thing: engine, transactions, and the migrations that ship with the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from wentu.core.errors import BadSetting

BUSY_TIMEOUT_MS = 15_000
MIGRATIONS = Path(__file__).parent / "migrations"
# Any fixed number does; it names our lock among PostgreSQL's advisory locks.
UPGRADE_LOCK = 0x77656E74


class Database:
    """A database by SQLAlchemy URL. `read` and `write` are its transactions; `upgrade` brings the tables up to date.

    One object serves all threads of a process. It must be made after a fork, never before.
    """

    def __init__(self, url: str) -> None:
        """Connects lazily. Raises BadSetting for a URL that SQLAlchemy can't use."""
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(wentu_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end of the block and rolls back when the block raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Brings the tables to this version's shape; processes that start together wait for the first one."""
        with self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": UPGRADE_LOCK})
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True, pool_size=8, max_overflow=32)
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Web threads hold a connection for a moment only, so overflow is bounded by the threads themselves.
        engine = create_engine(parsed, pool_size=8, max_overflow=-1)
    except (ArgumentError, NoSuchModuleError, ImportError) as exc:
        # The URL may hold a password, so neither it nor the library's text is repeated.
        raise BadSetting("WENTU_DATABASE_URL is not a database that can be used", name="WENTU_DATABASE_URL") from exc
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL lets readers go on beside one writer; the driver's own transaction handling is switched off."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that starts as a reader fails without waiting when it turns writer."""
    write = connection.get_execution_options().get("wentu_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
