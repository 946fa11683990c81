"""One process that the supervisor keeps: started, watched, started again."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from wentu.core.process import beat_file, spawn, stop

log = logging.getLogger(__name__)

LOOK_S = 0.2
_STEADY_S = 60.0
_MAX_FAILURES = 5
# One that ends after less than this starts again after a pause, which doubles from one time to the next.
_QUICK_S, _PAUSE_S, _MAX_PAUSE_S = 10.0, 0.5, 8.0
_BOOT_S = 120.0  # until the first sign of life: a cold disk reads 700 MB of packages


class Child:
    """A module that runs as a process of its own, looked at every LOOK_S by `keep`.

    One that ends by itself six times within a minute of its start has something wrong that no start mends. One that
    is killed, by whomever, is started again for as long as it takes.
    """

    def __init__(self, name: str, module: str, data_dir: Path, *, silent_s: float | None = None) -> None:
        """With `silent_s` the process touches its beat file, and is killed when it has not for so long."""
        self.name = name
        self._module = module
        self._data_dir = data_dir
        self._silent_s = silent_s
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._not_before = 0.0
        self._quick_ends = self._failures = 0
        self._sign = 0  # when the process last touched its file
        self._quiet_looks = 0

    def start(self, environ: Mapping[str, str] | None = None) -> None:
        """To be called from the main thread."""
        self._started = time.monotonic()
        self._sign = self._quiet_looks = 0
        self._process = spawn([sys.executable, "-m", self._module], environ={**os.environ, **(environ or {})})

    def stop(self, patience_s: float) -> None:
        if self._process is not None:
            stop(self._process, patience_s=patience_s)
            beat_file(self._data_dir, self._process.pid).unlink(missing_ok=True)

    def keep(self, environ: Mapping[str, str] | None = None) -> bool:
        """Starts the process again when it has ended; false when that is of no use."""
        if self._process is None:
            if time.monotonic() >= self._not_before:
                self.start(environ)
            return True
        code = self._process.poll()
        if code is not None:
            beat_file(self._data_dir, self._process.pid).unlink(missing_ok=True)
            self._process = None
            return self._ended(code, time.monotonic() - self._started)
        if self._silent_s is not None and self._silent(self._process.pid, self._silent_s):
            log.error("%s gives no sign of life and is killed", self.name)
            self._process.kill()
        return True

    def _ended(self, code: int, lived_s: float) -> bool:
        self._quick_ends = self._quick_ends + 1 if lived_s < _QUICK_S else 0
        if code >= 0:
            self._failures = self._failures + 1 if lived_s < _STEADY_S else 1
        if self._failures > _MAX_FAILURES:
            log.error("%s ended %d times at its start (code %s): giving up", self.name, self._failures, code)
            return False
        pause = min(_PAUSE_S * 2 ** (self._quick_ends - 1), _MAX_PAUSE_S) if self._quick_ends else 0.0
        self._not_before = time.monotonic() + pause
        log.error("%s ended with code %s and is started again", self.name, code)
        return True

    def _silent(self, pid: int, limit_s: float) -> bool:
        """Counts looks and not seconds: a machine that was suspended, or paused with all it runs, is not silent."""
        try:
            sign = beat_file(self._data_dir, pid).stat().st_mtime_ns
        except OSError:
            sign = 0
        self._quiet_looks = self._quiet_looks + 1 if sign == self._sign else 0
        self._sign = sign
        return self._quiet_looks * LOOK_S > (limit_s if sign else _BOOT_S)
