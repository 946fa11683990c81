"""Runs the decoding child: a fresh interpreter for every file, bounded in time, memory and number."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from wentu.core.config import IntakeSettings
from wentu.core.errors import Busy, WentuError
from wentu.intake import frames
from wentu.intake.kinds import Kind
from wentu.intake.rules import refusal

_log = logging.getLogger(__name__)
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# Keys and passwords in the environment are no business of a process that looks at foreign bytes.
_KEPT_VARIABLES = ("PATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")
_MAX_CHILDREN = 4
_MEDIA_TYPES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


@dataclass(frozen=True, slots=True)
class Clean:
    """A re-encoded picture as the child sent it back: file bytes, media type, size in pixels, PDF page count."""

    data: bytes
    media_type: str
    width: int
    height: int
    pages: int | None


class Decoder:
    """Foreign bytes -> Clean, each file in a child of its own. Safe to use from many threads.

    One child a file instead of a pool: starting one takes about 55 ms, a tenth of what a 12 MP photograph needs
    anyway, and no picture can leave anything behind for the next one (docs/intake.md has the measurement).
    The child is exec'd by `subprocess`, never forked from our threads with Python code to run in between.
    """

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self._slots = threading.BoundedSemaphore(max(1, min(_MAX_CHILDREN, os.cpu_count() or 1)))
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def decode(self, data: bytes, kind: Kind, page: int) -> Clean:
        """The clean picture. Raises the rule's BadInput, or Busy when no child came free in time."""
        if not self._slots.acquire(timeout=self._settings.decode_timeout_s):
            raise Busy("too many pictures are being decoded", retry_after_s=5.0)
        try:
            head, body = self._exchange(self._request(kind, page), data)
        finally:
            self._slots.release()
        return _clean(head, body)

    def close(self) -> None:
        """Kills the children at work; a file that comes later is answered Busy. Safe to call twice."""
        with self._lock:
            self._closed = True
            for child in self._running:
                child.kill()

    def _request(self, kind: Kind, page: int) -> dict[str, Any]:
        s = self._settings
        limits = {
            "max_pixels": s.max_pixels,
            "max_side_px": s.max_side_px,
            "min_side_px": s.min_side_px,
            "max_aspect": s.max_aspect,
        }
        return {"kind": kind, "page": page, "memory_mb": s.decode_memory_mb, "limits": limits}

    def _exchange(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        timeout_s = self._settings.decode_timeout_s
        child = self._start()
        overtime = threading.Event()

        def stop() -> None:
            overtime.set()
            child.kill()

        timer = threading.Timer(timeout_s, stop)
        timer.daemon = True
        timer.start()
        try:
            to_child, from_child = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
            for piece in frames.pack(request, data):
                to_child.write(piece)
            to_child.flush()
            # A clean PNG never takes more than its raw RGB pixels and a little.
            return frames.read(from_child, max_body_bytes=4 * self._settings.max_pixels + 1_000_000)
        except (OSError, frames.BrokenFrame) as exc:
            child.kill()
            raise self._broken(child.wait(), overtime.is_set()) from exc
        finally:
            timer.cancel()
            self._reap(child)

    def _start(self) -> subprocess.Popen[bytes]:
        s = self._settings
        command = [sys.executable, "-P", "-m", "wentu.intake.decoder"]
        bounds = [os.getpid(), s.decode_memory_mb, s.decode_timeout_s, s.max_bytes]
        with self._lock:
            if self._closed:
                raise Busy("the service is stopping")
            child = subprocess.Popen(
                [*command, *map(str, bounds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
            self._running.add(child)
        return child

    def _broken(self, returncode: int, overtime: bool) -> WentuError:
        if self._closed:
            return Busy("the service is stopping")
        if overtime or _used_up_cpu(returncode):
            return refusal("timeout", timeout_s=self._settings.decode_timeout_s)
        # A hostile file, or an installation that can't start the child at all: the second has to be findable.
        _log.warning("a decoding child ended with code %s and without an answer", returncode)
        return refusal("crashed")

    def _reap(self, child: subprocess.Popen[bytes]) -> None:
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                cast(IO[bytes], pipe).close()
        child.wait()
        with self._lock:
            self._running.discard(child)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    # One malloc arena: each further one reserves 64 MB of the address space that RLIMIT_AS counts.
    return {**kept, "PYTHONPATH": path, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1"}


def _used_up_cpu(returncode: int) -> bool:
    return sys.platform != "win32" and returncode == -signal.SIGXCPU


def _clean(head: dict[str, Any], body: bytes) -> Clean:
    """The child's answer, checked: it may have been taken over by the file that it read."""
    try:
        if "rule" in head:
            error: WentuError = refusal(head["rule"], **head["params"])
            raise error
        clean = Clean(body, head["media_type"], int(head["width"]), int(head["height"]), head["pages"])
        if not body.startswith(_MEDIA_TYPES[clean.media_type]):
            raise refusal("crashed")
    except (KeyError, TypeError, ValueError) as exc:
        raise refusal("crashed") from exc
    return clean
