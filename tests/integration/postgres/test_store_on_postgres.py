"""Every test of the store that is not about SQLite itself, on PostgreSQL, and what only a server can do."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from running import free_port
from servers import SECRET, Server
from unit.store.test_jobs import *  # noqa: F403
from unit.store.test_keys import *  # noqa: F403
from unit.store.test_pictures import *  # noqa: F403
from unit.store.test_reviews import *  # noqa: F403
from unit.store.test_sessions import *  # noqa: F403
from unit.store.test_turns import *  # noqa: F403
from unit.store.test_upgrade import *  # noqa: F403
from wentu.core.errors import StorageUnreachable
from wentu.store import Database, Store
from wentu.store.models import Base


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    code = "import sys; from wentu.store import Database; d = Database(sys.argv[1]); d.upgrade(); d.close()"
    started = [subprocess.Popen([sys.executable, "-c", code, empty_url], stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[1] for process in started] == [b""] * 2
    assert [process.returncode for process in started] == [0] * 2


def test_many_threads_share_few_connections(store: Store) -> None:
    def write() -> None:
        for _ in range(5):
            store.keys.make("user")

    threads = [threading.Thread(target=write) for _ in range(48)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.keys.list()) == 240


def test_a_database_that_does_not_answer_is_said_without_its_password(capfd: pytest.CaptureFixture[str]) -> None:
    database = Database(f"postgres://wentu:{SECRET}@127.0.0.1:{free_port()}/wentu")
    with pytest.raises(StorageUnreachable) as caught, database.read() as transaction:
        transaction.scalar(select(1))
    said = caught.value.message + caught.value.hint + str(caught.value.params) + "".join(capfd.readouterr())
    assert caught.value.retryable and SECRET not in said and "127.0.0.1" not in said
    database.close()


def test_a_server_that_is_silent_is_given_up_in_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://wentu@127.0.0.1:{silent.getsockname()[1]}/wentu?connect_timeout=2")
        with pytest.raises(StorageUnreachable), database.read() as transaction:
            transaction.scalar(select(1))
        database.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wrong_password_is_said_without_it(postgres: Server) -> None:
    database = Database(postgres.url.replace(SECRET, "another-secret"))
    with pytest.raises(StorageUnreachable) as caught, database.read() as transaction:
        transaction.scalar(select(1))
    assert "secret" not in str(caught.value.message)
    del caught
    database.close()
    gc.collect()  # psycopg leaves the connection that was refused to the collector, and warns of it


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connections_that_a_restart_broke_are_made_anew(postgres: Server, store: Store) -> None:
    made = store.keys.make("user")
    postgres.stop()
    with pytest.raises(StorageUnreachable):
        store.keys.list()
    postgres.start()
    assert store.keys.find(made.secret) == made.key
    gc.collect()  # as above


def test_the_data_folder_holds_no_database(store: Store, tmp_path: Path) -> None:
    assert store.keys.list() == () and not (tmp_path / "wentu.db").exists()
