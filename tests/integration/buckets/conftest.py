"""S3's real protocol from moto's server, on a free port of this machine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from running import free_port
from wentu.core.config import S3Settings

NUMBERS = itertools.count()
REGION = "eu-central-1"
KEY, SECRET = "AKIAONLYFORTESTS", "a-secret-that-no-log-may-have"


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str) -> S3Settings:
    return S3Settings(endpoint=endpoint, region=REGION, key=KEY, secret=SECRET, timeout_s=5)


@pytest.fixture(scope="session")
def one_bucket(endpoint: str) -> str:
    client = {"endpoint_url": endpoint, "region_name": REGION}
    S3FileSystem(key=KEY, secret=SECRET, client_kwargs=client, skip_instance_cache=True).mkdir("pictures")
    return "pictures"


@pytest.fixture
def bucket(one_bucket: str) -> str:
    """A bucket and a prefix that nobody else has."""
    return f"{one_bucket}/{next(NUMBERS)}"
