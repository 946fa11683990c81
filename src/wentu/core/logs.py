"""One log format for all processes, on standard error. Ids and codes only: no questions, texts, names or keys."""

from __future__ import annotations

import logging

_QUIET = ("celery", "kombu", "amqp", "httpx", "httpcore", "PIL", "alembic", "RapidOCR")


def set_up_logs(level: str) -> None:
    """Sets up the root logger; libraries speak from WARNING on."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%S", force=True
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
