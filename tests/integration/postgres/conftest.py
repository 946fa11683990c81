"""The fixtures of `tests/unit/store` on a real PostgreSQL: its tests run here again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from servers import Server, postgres_server
from wentu.core.config import Settings
from wentu.store import Store, open_store
from wentu.store.models import Base

NUMBERS = itertools.count()
pytest.register_assert_rewrite("unit.store")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def empty_url(postgres: Server) -> str:
    """A database without tables."""
    name = f"empty_{next(NUMBERS)}"
    url = make_url(postgres.url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(postgres: Server, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path, database_url=postgres.url))
    yield opened
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with opened.database.write() as transaction:
        transaction.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    opened.close()
