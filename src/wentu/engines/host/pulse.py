"""Waiting for something that may hang, with a pulse: whoever waits can look for a cancel or a deadline meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TypeVar

from wentu.core.types import Chunk

T = TypeVar("T")

# How often a waiting caller gets a chunk.
PULSE_S = 0.1


def pulsing(call: Callable[[], T], pulse: Chunk) -> Generator[Chunk, None, T]:
    """Gives `pulse` until `call`, made in a thread of its own, has come back; then its result, or raises its error."""
    results: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception as exc:
            errors.append(exc)

    thread = threading.Thread(target=run, name="waiting", daemon=True)
    thread.start()
    thread.join(PULSE_S / 10)  # most calls are over by then, and nobody has to hear of them
    while thread.is_alive():
        yield pulse
        thread.join(PULSE_S)
    if errors:
        raise errors[0]
    return results[0]
