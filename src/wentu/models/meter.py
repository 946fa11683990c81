"""What the parallel downloads of one model share: a count of bytes, and a way to stop them all at once."""

from __future__ import annotations

import socket
import threading
import time
import weakref

from wentu.core.errors import Cancelled


class Meter:
    """Counts the bytes of all parallel files and carries the word to stop to each of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._retry_at = 0.0
        self.done_bytes = 0
        self.file = ""

    def add(self, n_bytes: int, file: str) -> None:
        """Takes note of bytes that stand on disk (negative: they had to be thrown away)."""
        with self._lock:
            self.done_bytes += n_bytes
            self.file = file

    @property
    def retry_in_s(self) -> float | None:
        """Seconds until a lost connection is tried again, if one is waiting."""
        left = self._retry_at - time.monotonic()
        return left if left > 0 else None

    def check(self) -> None:
        """Raises Cancelled once `stop` was called."""
        if self._stopped.is_set():
            raise Cancelled("the download was stopped", hint="The same command goes on where it stopped.")

    def wait(self, seconds: float) -> None:
        """Sleeps, unless it is stopped meanwhile. Raises Cancelled."""
        self._retry_at = time.monotonic() + seconds
        self._stopped.wait(seconds)
        self.check()

    def stop(self) -> None:
        """Stops all transfers now, also one that waits for a silent server."""
        self._stopped.set()
        with self._lock:
            open_sockets = list(self._sockets)
        for open_socket in open_sockets:
            _shut(open_socket)

    def watch(self, open_socket: socket.socket) -> None:
        """Lets `stop` wake whoever reads from this connection."""
        with self._lock:
            self._sockets.add(open_socket)
        if self._stopped.is_set():
            _shut(open_socket)


def _shut(open_socket: socket.socket) -> None:
    try:
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
