"""A queue on another machine, over TLS: both libraries that speak to it check who it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from kombu import pools
from kombu.exceptions import OperationalError

from servers import Server, redis_server
from wentu.core.config import Settings
from wentu.core.errors import Busy
from wentu.queue import Queue
from wentu.queue.celery_app import QUEUE, TASK

AUTHORITY = trustme.CA()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    AUTHORITY.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    with redis_server(pem) as running:
        yield running


def settings(server: Server, folder: Path, authority: trustme.CA) -> Settings:
    pem = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(pem))
    return Settings(data_dir=folder, broker_url=f"{server.url}?ssl_ca_certs={pem}")


def test_jobs_go_over_tls(server: Server, tmp_path: Path) -> None:
    queue = Queue(settings(server, tmp_path, AUTHORITY))
    queue.submit("job_1", owner="a")
    assert queue.tickets() == 1 and queue.line.take("t") == "job_1"


def test_a_server_that_can_t_prove_who_it_is_gets_nothing(server: Server, tmp_path: Path) -> None:
    strangers = settings(server, tmp_path, trustme.CA())
    with pytest.raises(Busy):
        Queue(strangers).submit("job_2", owner="a")
    pools.reset()  # kombu's pool would give the connection of the test before, by its address alone
    with pytest.raises(OperationalError):
        Queue(Settings(data_dir=tmp_path, broker_url=server.url)).celery.send_task(TASK, queue=QUEUE, retry=False)
