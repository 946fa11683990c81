"""For all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# A busy machine makes any one example slow; how long a test may take is pytest's business.
settings.register_profile("wentu", deadline=None)
settings.load_profile("wentu")


def pytest_configure() -> None:
    """Ctrl-C as at a terminal: a shell's background job ignores it, and so would every process that a test starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
