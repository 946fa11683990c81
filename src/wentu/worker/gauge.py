"""How fast each version is on this machine: learnt once it is loaded, so that a wait can be told before it begins."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from pydantic import TypeAdapter, ValidationError

from wentu.core.detail import TOKEN_PX, Speed
from wentu.core.errors import WentuError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.base import Engine
from wentu.engines.host import HostState

log = logging.getLogger(__name__)
LOOK_S = 2.0
# Visual tokens of the pictures that are timed: squares from the smallest that the model takes to a screenshot's.
SIZES = (64, 256, 576)
_WRITTEN = 17
_FILE = TypeAdapter(dict[str, Speed])


class Asked(Protocol):
    """An engine in its own process, as far as its speed is concerned."""

    @property
    def spec(self) -> VersionSpec: ...

    @property
    def state(self) -> HostState: ...


class Gauge:
    """One thread. It asks only while nobody else does, drops a measurement that a question came into, and keeps what
    it has learnt of a version on this machine in `file`."""

    def __init__(
        self,
        hosts: Callable[[], Iterable[Asked]],
        busy: Callable[[], bool],
        file: Path,
        threads: int,
        look_s: float = LOOK_S,
    ) -> None:
        self._hosts = hosts
        self._busy = busy
        self._file = file
        self._threads = threads
        self._look_s = look_s
        self._known = _read(file)
        self._given_up: set[str] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gauge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(5.0)

    def speed(self, spec: VersionSpec) -> Speed | None:
        """What is known of a version; None until it has been measured."""
        return self._known.get(self._key(spec))

    def _run(self) -> None:
        while not self._stopped.wait(self._look_s):
            for host in self._hosts():
                key = self._key(host.spec)
                if host.state == "ready" and key not in self._known and key not in self._given_up:
                    self._learn(cast(Engine, host), key)

    def _learn(self, engine: Engine, key: str) -> None:
        if not engine.capabilities.sees or engine.capabilities.token_px is None:
            self._given_up.add(key)
            return
        try:
            speed = measure(engine, self._interrupted)
        except WentuError as exc:
            log.warning("the speed of a version could not be measured: %s", exc.message)
            self._given_up.add(key)
            return
        if speed is not None:
            self._known[key] = speed
            with contextlib.suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_bytes(_FILE.dump_json(self._known))

    def _interrupted(self) -> bool:
        return self._stopped.is_set() or self._busy()

    def _key(self, spec: VersionSpec) -> str:
        """Another machine, other files or other settings have another speed."""
        said = (platform.node(), os.cpu_count(), self._threads, spec.name, spec.engine, spec.options)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def measure(engine: Engine, interrupted: Callable[[], bool]) -> Speed | None:
    """Asks about three grey-noise pictures and once for a few words; None when it was interrupted."""
    firsts = []
    for n_tokens in SIZES:
        shown = _noise(n_tokens)
        times = _times(engine, Prompt((Turn("user", (shown, "?")),)), 1, interrupted)
        engine.forget(shown.digest)
        if times is None:
            return None
        firsts.append(times[0])
    written = _times(engine, Prompt((Turn("user", ("1 2 3 4 5 6 7 8",)),)), _WRITTEN, interrupted)
    if written is None:
        return None
    begun, ended, n_written = written
    return fit(SIZES, firsts, (ended - begun) / max(n_written - 1, 1))


def fit(sizes: Sequence[int], seconds: Sequence[float], write_s: float) -> Speed:
    """base + n token + n² pair through the measurements; a part that noise made negative is left out."""
    n = np.asarray(sizes, np.float64)
    columns = np.stack([np.ones_like(n), n, n * n], axis=1)
    kept = [0, 1, 2]
    while True:
        found = np.linalg.lstsq(columns[:, kept], np.asarray(seconds, np.float64), rcond=None)[0]
        worst = int(np.argmin(found))
        if found[worst] >= 0 or len(kept) == 1:
            break
        del kept[worst]
    values = dict(zip(kept, (max(float(value), 0.0) for value in found), strict=True))
    return Speed(values.get(0, 0.0), values.get(1, 0.0), values.get(2, 0.0), max(write_s, 0.0))


def _times(
    engine: Engine, prompt: Prompt, max_tokens: int, interrupted: Callable[[], bool]
) -> tuple[float, float, int] | None:
    """Seconds to the first sign of writing and to the end, and the tokens written."""
    start = time.perf_counter()
    first: float | None = None
    params = SamplingParams(max_tokens=max_tokens, temperature=0.0, presence_penalty=0.0)
    with closing(engine.stream(prompt, params)) as chunks:  # type: ignore[type-var]
        for chunk in chunks:
            now = time.perf_counter() - start
            if first is None and (chunk.text or chunk.finish_reason):
                first = now
            if chunk.finish_reason is not None:
                return first or now, now, chunk.usage.completion_tokens if chunk.usage else 1
            if interrupted():
                return None
    return None


def _noise(n_tokens: int) -> Picture:
    """A square picture of so many visual tokens. The digest is new each time: nothing of it may be known."""
    side_px = round(n_tokens**0.5) * TOKEN_PX
    return Picture.of_pixels(np.random.default_rng().integers(96, 160, (side_px, side_px, 3), np.uint8))


def _read(file: Path) -> dict[str, Speed]:
    try:
        return _FILE.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return {}
