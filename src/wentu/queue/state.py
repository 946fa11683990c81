"""What the queue and its worker say about themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


# Of two workers the one that is further speaks for a version, and for the model.
_STATES = ("failed", "cold", "loading", "ready")
_MODELS = ("unsupported", "absent", "failed", "downloading", "ready")


def together(states: Sequence[WorkerState]) -> WorkerState | None:
    """What several workers say, as one; None where nobody says anything.

    A version answers by default where most workers say so: right after a rollout they differ for seconds.
    """
    if len(states) < 2:
        return states[0] if states else None
    versions: dict[str, VersionState] = {}
    votes: Counter[str] = Counter()
    for one in (version for state in states for version in state.versions):
        versions[one.name] = _further(versions[one.name], one) if one.name in versions else one
        votes[one.name] += one.stable
    stable = max(versions.values(), key=lambda one: (votes[one.name], one.sees)).name if versions else ""
    model = max((state.model for state in states), key=lambda model: _MODELS.index(model.state))
    return WorkerState(tuple(replace(one, stable=one.name == stable) for one in versions.values()), model)


def _further(one: VersionState, other: VersionState) -> VersionState:
    ahead = max(one, other, key=lambda version: _STATES.index(version.state))
    return replace(ahead, memory_bytes=one.memory_bytes + other.memory_bytes)
