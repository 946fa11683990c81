"""Whether a web process answers; `python -m wentu.core.health` asks the one of this container and ends with 0 or 1."""

from __future__ import annotations

import http.client
import sys

from wentu.core.config import load_settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def web_answers(host: str, port: int, *, timeout_s: float = 1.0) -> bool:
    """GET /healthz gives 200; `host` is the address that it listens on."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=timeout_s)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    web = load_settings().web
    return 0 if web_answers(web.host, web.port, timeout_s=3.0) else 1


if __name__ == "__main__":
    sys.exit(main())
