"""The administrator's overview on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wentu.api.schemas.base import Out
from wentu.store import Key

Notice = Literal[
    "queue_gone", "no_worker", "version_failed", "reader_answers", "disk_low", "queue_nearly_full", "open_on_loopback"
]


class QueueOut(Out):
    up: bool
    waiting: int
    running: int
    bound: int = Field(description="So many questions may wait; one more is answered 'busy'.")
    workers: int
    expected_wait_s: float | None = Field(description="What a question put in now would wait; null: not measured yet.")


class VersionFiguresOut(Out):
    """A version as the workers have it, and what was measured of its answers. Medians come from a histogram's
    buckets, linear inside each (as Prometheus does it)."""

    name: str
    engine: str
    state: str = Field(description="ready, loading, failed or cold.")
    stable: bool
    memory_bytes: int
    error: str | None
    answers: int
    first_token_s: float | None = Field(description="Median seconds from the start of the attempt.")
    answer_s: float | None = Field(description="Median seconds until the end.")
    tokens_per_s: float | None = Field(description="While writing.")


class StorageOut(Out):
    disk_free_bytes: int = Field(description="Of the disk with the data folder.")
    disk_bytes: int
    pictures: int
    picture_bytes: int
    sessions: int
    messages: int


class KeyOut(Out):
    id: str
    name: str
    role: Literal["user", "agent", "admin"]
    created_at: float = Field(description="Unix seconds.")
    revoked: bool

    @classmethod
    def of(cls, key: Key) -> KeyOut:
        return cls(
            id=key.id, name=key.name, role=key.role, created_at=key.created_at, revoked=key.revoked_at is not None
        )


class OverviewOut(Out):
    """How everything is, in one look."""

    release: str
    notices: list[Notice] = Field(description="What needs a person, the gravest first.")
    queue: QueueOut
    versions: list[VersionFiguresOut]
    ended: dict[str, int] = Field(description="Jobs by how they ended: done, or the error's code.")
    refused: int = Field(description="Questions that the full queue did not take.")
    restarts: int = Field(description="Engines that had to be started anew.")
    reviews_waiting: int
    cases_waiting: int
    storage: StorageOut
    keys: list[KeyOut]
