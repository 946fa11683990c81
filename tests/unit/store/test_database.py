from __future__ import annotations

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from wentu.core.errors import BadSetting
from wentu.store import Database, Store
from wentu.store.models import Base, KeyRow


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_tables_can_be_made_in_postgresql_too() -> None:
    for table in Base.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def test_sqlite_runs_with_wal_foreign_keys_and_patience(store: Store) -> None:
    with store.database.read() as session:
        values = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15_000}


def test_processes_that_start_together_upgrade_once(tmp_path: Path) -> None:
    code = f"from wentu.store import Database; d = Database('sqlite:///{tmp_path / 'w.db'}'); d.upgrade(); d.close()"
    started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate()[1] for process in started] == [b""] * 3
    assert [process.returncode for process in started] == [0] * 3


def test_an_upgrade_keeps_what_is_there(store: Store) -> None:
    made = store.keys.make("user")
    store.database.upgrade()
    assert store.keys.find(made.secret) == made.key


def test_a_block_that_raises_changes_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.database.write() as session:
        session.add(KeyRow(id="key_1", name="", role="user", secret_sha256="0" * 64, created_at=0.0))
        session.flush()
        raise RuntimeError
    assert store.keys.list() == ()


def test_many_writers_at_once_all_get_their_turn(store: Store) -> None:
    def write() -> None:
        for _ in range(10):
            store.keys.make("user")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.keys.list()) == 80


@pytest.mark.parametrize("url", ["nonsense", "oracle7://u:hidden@h/d", "postgresql+nodriver://u:hidden@h/d"])
def test_a_url_that_can_t_be_used_is_a_bad_setting_that_keeps_the_password(url: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Database(url)
    assert "hidden" not in caught.value.message + caught.value.hint + str(caught.value.params)


def test_a_new_data_folder_is_private(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new' / 'w.db'}").close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
