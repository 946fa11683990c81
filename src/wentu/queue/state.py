"""What the queue and its worker say about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wentu.core.detail import Speed

ModelStateName = Literal["absent", "downloading", "ready", "unsupported", "failed"]


@dataclass(frozen=True, slots=True)
class Depth:
    """How many questions wait and how many are being answered."""

    waiting: int
    running: int


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version on the worker; `stable` is true for the one that answers by default.

    `memory_bytes` is what its process holds in memory; 0 where there is none. `speed` is None until it is known.
    """

    name: str
    engine: str
    sees: bool
    state: Literal["cold", "loading", "ready", "failed"]
    error: str
    stable: bool
    memory_bytes: int = 0
    speed: Speed | None = None


@dataclass(frozen=True, slots=True)
class ModelState:
    """How far the vision model is: `ready` from the moment that its files are complete (a version that `sees` says
    that it is loaded too); `unsupported` means that no installed engine runs them.

    `progress` (0..1) while it is downloaded; `message` says what went wrong, and what to do.
    """

    state: ModelStateName
    repo: str
    progress: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a worker publishes every few seconds."""

    versions: tuple[VersionState, ...]
    model: ModelState
