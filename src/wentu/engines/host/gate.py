"""Who is inside, and a way to wait until nobody is."""

from __future__ import annotations

import threading
import time


class Gate:
    """Lets answers in and counts them; while it is closed nobody comes in, and who is inside goes on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    def enter(self) -> bool:
        """False while it is closed."""
        with self._changed:
            if self._closed:
                return False
            self._inside += 1
            return True

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self, within_s: float) -> bool:
        """True when nobody is inside any more; it stays closed either way, until `open`."""
        until = time.monotonic() + within_s
        with self._changed:
            self._closed = True
            while self._inside and (left_s := until - time.monotonic()) > 0:
                self._changed.wait(left_s)
            return self._inside == 0

    def open(self) -> None:
        with self._changed:
            self._closed = False
