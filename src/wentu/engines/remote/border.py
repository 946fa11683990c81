"""From httpx's exceptions, HTTP statuses and error bodies to our errors, without anybody else's words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from wentu.core.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineMissing,
    EngineTimeout,
    EngineUnreachable,
    WentuError,
)
from wentu.engines.remote.sse import EventTooLong

log = logging.getLogger("wentu.engines.remote")

CHECK_URL = "Check WENTU_REMOTE__URL: it is the base address, usually ending in /v1."
SLOW = "Raise WENTU_REMOTE__TIMEOUT_S, or send smaller pictures."

# First fit counts. Every class that httpx exports has a row here (tests/unit/engines/test_remote_border.py).
ROWS: tuple[tuple[tuple[type[Exception], ...], type[EngineError], str, str], ...] = (
    (
        (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError),
        EngineUnreachable,
        "the remote server can't be reached",
        "",
    ),
    ((httpx.TimeoutException,), EngineTimeout, "the remote server was silent for too long", SLOW),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), EngineMissing, "WENTU_REMOTE__URL is no web address", CHECK_URL),
    ((httpx.NetworkError, httpx.RemoteProtocolError), EngineUnreachable, "the remote server broke off", ""),
    (
        (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict, EventTooLong, UnicodeError),
        EngineError,
        "the remote server's answer is not understood",
        CHECK_URL,
    ),
)

# `code` and `type` of error bodies that mean "too long": OpenAI, llama-server.
TOO_LONG = {"context_length_exceeded", "exceed_context_size_error"}


@contextmanager
def border() -> Iterator[None]:
    """Inside, httpx may raise what it likes; outside, there is only EngineError."""
    try:
        yield
    except WentuError:
        raise
    except Exception as exc:
        log.warning("remote: %s", type(exc).__name__)  # its words may hold the address with a password
        raise _ours(exc) from exc


def _ours(exc: Exception) -> EngineError:
    for classes, cls, message, hint in ROWS:
        if isinstance(exc, classes):
            return cls(message, hint=hint)
    return EngineError("the remote engine failed")


def status_error(status: int, answer: Any = None) -> EngineError:
    """The error for an HTTP status, or for the status that an error event in mid-stream names.

    `answer` is the decoded body, if it is JSON; only its `code` and `type` are looked at.
    """
    log.warning("remote: HTTP %d", status)
    if _error_names(answer) & TOO_LONG:
        return ContextOverflow("the question is too long for the remote server's model")
    cls, message, hint = _STATUSES.get(status) or _by_class(status)
    return cls(f"{message} (HTTP {status})", hint=hint, status=status)


def event_error(error: object) -> EngineError:
    """The error for an `error` object that came in the middle of a stream."""
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, int) and 400 <= code <= 599:
        return status_error(code, {"error": error})
    if _error_names({"error": error}) & TOO_LONG:
        return ContextOverflow("the question is too long for the remote server's model")
    log.warning("remote: error in mid-stream")
    return EngineError("the remote server reported an error while it was answering", hint="See that server's log.")


_REFUSED = (
    EngineError,
    "the remote server refuses this question",
    "It may be too long for its model, or the server takes no pictures or one of the options not.",
)
_KEY = (EngineError, "the remote server refuses the key", "Set WENTU_REMOTE__KEY to a key that it accepts.")
_STATUSES: dict[int, tuple[type[EngineError], str, str]] = {
    400: _REFUSED,
    401: _KEY,
    403: _KEY,
    404: (
        EngineError,
        "the remote server knows no such address or model",
        f"{CHECK_URL} WENTU_REMOTE__MODEL must be a name that it lists.",
    ),
    408: (EngineTimeout, "the remote server took too long", SLOW),
    413: (EngineError, "the question is too large for the remote server", "Send fewer or smaller pictures."),
    422: _REFUSED,
    429: (EngineBusy, "the remote server takes no more questions now", ""),
    503: (EngineBusy, "the remote server takes no more questions now", ""),
    504: (EngineTimeout, "the remote server took too long", SLOW),
}


def _by_class(status: int) -> tuple[type[EngineError], str, str]:
    if status >= 500:
        return EngineError, "the remote server failed", "See that server's log, then ask again."
    return EngineError, "the remote server's answer is not understood", CHECK_URL


def _error_names(answer: Any) -> set[str]:
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, Mapping):
        return set()
    return {value for name in ("code", "type") if isinstance(value := error.get(name), str)}
