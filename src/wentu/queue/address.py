"""Where the queue's Redis or Valkey is, in the spelling of each library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from wentu.core.config import Settings
from wentu.core.errors import BadSetting
from wentu.core.process import socket_dir


@dataclass(frozen=True, slots=True)
class Address:
    """One server: `redis` for redis-py, `celery` for kombu."""

    redis: str
    celery: str


def secret_file(settings: Settings) -> Path:
    """The embedded Valkey's password; readable by this user only."""
    return settings.run_dir / "valkey.secret"


def socket_file(settings: Settings) -> Path:
    return socket_dir(settings.data_dir) / "valkey.sock"


def address(settings: Settings) -> Address:
    """WENTU_BROKER_URL, or the embedded Valkey of the data folder. Raises BadSetting."""
    url = settings.broker_url
    if url.startswith("redis://"):
        return Address(url, url)
    if url.startswith("rediss://"):
        return Address(url, _verified(url))
    if url:
        raise BadSetting("WENTU_BROKER_URL must begin with redis:// or rediss://", name="WENTU_BROKER_URL")
    path = quote(str(socket_file(settings).absolute()))
    try:
        secret = secret_file(settings).read_text("ascii").strip()
    except FileNotFoundError as exc:
        raise BadSetting(
            "there is no queue for this data folder yet",
            hint="Start 'wentu serve' first, or name a Redis or Valkey with WENTU_BROKER_URL.",
        ) from exc
    return Address(f"unix://:{secret}@{path}?db=0", f"redis+socket://:{secret}@{path}?virtual_host=0")


def _verified(url: str) -> str:
    """redis-py checks the server's certificate unless it is told not to; kombu only when it is told to."""
    parts = urlsplit(url)
    query = {"ssl_cert_reqs": "required", **dict(parse_qsl(parts.query))}
    return parts._replace(query=urlencode(query)).geturl()
