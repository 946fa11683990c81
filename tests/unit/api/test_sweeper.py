from __future__ import annotations

import threading
from typing import Any

import pytest

from wentu.api.sweeper import Sweeper


class Store:
    """Counts the sweeps; the first one fails."""

    def __init__(self) -> None:
        self.sweeps = 0
        self.enough = threading.Event()

    def sweep(self) -> None:
        self.sweeps += 1
        if self.sweeps == 1:
            raise OSError("disk")
        if self.sweeps == 3:
            self.enough.set()


def test_the_sweep_goes_on_after_a_failure_until_it_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    store: Any = Store()
    sweeper = Sweeper(store, every_s=0.01)
    sweeper.start()
    assert store.enough.wait(5)
    sweeper.stop()
    assert not sweeper.is_alive() and "could not be deleted" in caplog.text
