"""One log format for all processes, on standard error. Ids and codes only: no questions, texts, names or keys."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from typing import Literal

_QUIET = ("celery", "kombu", "amqp", "httpx", "httpcore", "PIL", "alembic", "RapidOCR")
_QUIET_S3 = ("aiobotocore", "botocore", "fsspec", "s3fs")  # at DEBUG they log signed requests
_TIME = "%Y-%m-%dT%H:%M:%S"

# The job that this thread is at: every line that is logged meanwhile names it.
JOB: ContextVar[str] = ContextVar("job", default="")


def set_up_logs(level: str, form: Literal["text", "json"] = "text") -> None:
    """Sets up the root logger; libraries speak from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json(datefmt=_TIME) if form == "json" else _Text(datefmt=_TIME))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in (*_QUIET, *_QUIET_S3):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Text(logging.Formatter):
    def __init__(self, datefmt: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt)

    def formatMessage(self, record: logging.LogRecord) -> str:
        job = JOB.get()
        said = super().formatMessage(record)
        return f"{said} [{job}]" if job and job not in said else said


class _Json(logging.Formatter):
    """`{"time", "level", "logger", "process", "message", "job"?, "trace"?}` on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if job := JOB.get():
            line["job"] = job
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
