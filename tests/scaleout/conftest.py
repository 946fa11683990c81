"""Two web and two worker processes on one external Redis, one PostgreSQL and one folder of pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scaleout import Machines, machines
from scaleout.asking import SETTINGS, engine_hosts
from servers import postgres_server, redis_server


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    with postgres_server() as database, redis_server() as broker:
        shared = {
            **SETTINGS,
            "WENTU_DATABASE_URL": database.url,
            "WENTU_BROKER_URL": broker.url,
            "WENTU_SHARED_DIR": str(folder / "shared"),
        }
        with machines(folder, **shared) as made:
            webs = [made.web("a"), made.web("b")]
            for name in ("a", "b"):
                made.worker(name)
            made.wait_until_ready(*webs, n_workers=2, version="fake")
            made.wait_for(lambda: all(engine_hosts(made, name) for name in "ab"), webs[0])
            yield made


@pytest.fixture
def a(started: Machines) -> str:
    return started.parts[0].url


@pytest.fixture
def b(started: Machines) -> str:
    return started.parts[1].url
