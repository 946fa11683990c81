"""For all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Ctrl-C as at a terminal: a shell's background job ignores it, and so would every process that a test starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
