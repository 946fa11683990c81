"""SQLAlchemy engines for the two databases that wentu runs on, with what each needs to behave the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from wentu.core.errors import BadSetting

VARIABLE = "WENTU_DATABASE_URL"
BUSY_TIMEOUT_MS = 15_000
# Threads hold a connection for milliseconds. PostgreSQL allows 100 in all by default: eight processes fit.
_POOL = {"pool_size": 4, "max_overflow": 8, "pool_timeout": 15.0, "pool_pre_ping": True}
# A server that has gone without a word is noticed in seconds and not after the kernel's quarter of an hour.
_PATIENCE = {"connect_timeout": "5", "tcp_user_timeout": "20000", "keepalives_idle": "30", "keepalives_interval": "10"}
_POSTGRES = ("postgres", "postgresql")


def connect(url: str) -> Engine:
    """An engine that connects at first use. Raises BadSetting for a URL that can't be used.

    Neither the URL nor a value of a statement stands in any error or log: both may be private.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername.partition("+")[0] in _POSTGRES:
            return _postgres(parsed)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
    except (ArgumentError, NoSuchModuleError) as exc:
        raise BadSetting(f"{VARIABLE} is not a database that can be used", name=VARIABLE) from exc
    except ImportError as exc:
        hint = "Install its driver with: pip install 'wentu[postgres]'"
        raise BadSetting(f"{VARIABLE} needs a driver that is not installed", hint=hint, name=VARIABLE) from exc
    raise BadSetting(f"{VARIABLE} is neither PostgreSQL nor SQLite", name=VARIABLE)


def _postgres(url: URL) -> Engine:
    if "+" not in url.drivername:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_driver_name() == "psycopg":
        url = url.update_query_dict({name: value for name, value in _PATIENCE.items() if name not in url.query})
    engine = create_engine(url, hide_parameters=True, **_POOL)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _without_nul(
    _connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    """PostgreSQL's text holds every character but NUL, which SQLite keeps: it becomes the replacement character.

    An id with one in it is then simply unknown, as it is in SQLite.
    """
    if isinstance(parameters, dict):
        return statement, _clean(parameters)
    return statement, [_clean(one) if isinstance(one, dict) else one for one in parameters]


def _clean(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in parameters.items()
    }


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Web threads hold a connection for a moment only, so overflow is bounded by the threads themselves.
    engine = create_engine(url, pool_size=8, max_overflow=-1, hide_parameters=True)
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
