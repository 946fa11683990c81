"""Clients that go silent give their thread back: in a request's head, in its body, or while they take the answer.

gunicorn leaves all three to a proxy in front (its `--timeout` is the process' heartbeat). On one machine there is none,
and a phone that loses its network in the middle of a request never says goodbye.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

log = logging.getLogger(__name__)

_CLOSERS = 8

Start = Callable[..., Any]


class Patience:
    """Bounds every read of a body and every write of an answer.

    Who reads a byte a second has not taken a whole piece of the answer by then, and is let go too.
    """

    def __init__(self, inner: Callable[[dict[str, Any], Start], Iterable[bytes]], timeout_s: float) -> None:
        self._inner = inner
        self._timeout_s = timeout_s

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            connection.settimeout(self._timeout_s)
        return self._inner(environ, start_response)


def patient_worker(head_timeout_s: float) -> Any:
    """gunicorn's worker with threads, a time limit for the head of a request, and goodbyes that nobody waits for."""
    from gunicorn.workers.gthread import ThreadWorker  # not on Windows

    class PatientWorker(ThreadWorker):  # type: ignore[misc]
        """Two things are its own.

        The reading side of a connection whose head is not whole in time is closed: its thread then sees the end. And
        connections are closed by threads of their own. gunicorn waits up to 2 s for a client to close its side, and
        does so in the one loop that accepts everybody: twelve slow clients kept the thirteenth out for 24 s.
        """

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._in_head: dict[Any, float] = {}

        def init_process(self) -> None:
            self._closers = ThreadPoolExecutor(_CLOSERS, "closer")
            super().init_process()

        def handle(self, conn: Any) -> Any:
            if not isinstance(conn.close, partial):  # a kept-alive connection comes again
                conn.close = partial(self._close, conn.close)
            self._in_head[conn] = time.monotonic() + head_timeout_s
            try:
                return super().handle(conn)
            finally:
                self._in_head.pop(conn, None)

        def handle_request(self, req: Any, conn: Any) -> Any:
            self._in_head.pop(conn, None)
            try:
                return super().handle_request(req, conn)
            except TimeoutError:
                log.info("a client did not take its answer in time and was let go")
                return False

        def murder_pending(self) -> None:
            """Called every second by gunicorn's loop."""
            super().murder_pending()
            now = time.monotonic()
            for conn, until in tuple(self._in_head.items()):
                if now > until:
                    with contextlib.suppress(OSError):
                        conn.sock.shutdown(socket.SHUT_RD)

        def _close(self, close: Callable[..., None], graceful: bool = False) -> None:
            if graceful:
                self._closers.submit(close, graceful=True)
            else:
                close()

    return PatientWorker
