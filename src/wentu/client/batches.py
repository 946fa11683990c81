"""Batches through the client: the same task for many pictures, behind all questions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wentu.client.link import Link
from wentu.client.pictures import Picture, address_of
from wentu.core.errors import EngineTimeout

_FIRST_LOOK_S, _LONGEST_PAUSE_S = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch is; `created_at` is Unix seconds."""

    id: str
    name: str
    task: str
    state: Literal["running", "done", "cancelled"]
    total: int
    done: int
    failed: int
    cancelled: int
    created_at: float


class Batches:
    """The batches of this key."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def create(
        self,
        items: Mapping[str, Picture | Iterable[Picture]],
        *,
        task: str = "extract",
        question: str = "",
        name: str = "",
        model: str = "stable",
        options: Mapping[str, str] | None = None,
    ) -> Batch:
        """Begins a batch of `{name: picture or pictures}`; files are uploaded first. Raises WentuError."""
        sent = [
            {"id": item, "pictures": [address_of(self._link, one) for one in _all(own)]} for item, own in items.items()
        ]
        body = {"items": sent, "task": task, "question": question, "name": name, "model": model}
        return _batch(self._link.post("/v1/batches", {**body, "options": dict(options or {})}))

    def get(self, batch: Batch | str) -> Batch:
        """Raises UnknownBatch."""
        return _batch(self._link.get(f"/v1/batches/{_id(batch)}"))

    def list(self) -> tuple[Batch, ...]:
        """The newest 50."""
        return tuple(_batch(one) for one in self._link.get("/v1/batches")["data"])

    def wait(self, batch: Batch | str, timeout_s: float | None = None) -> Batch:
        """The batch once it has ended. Raises EngineTimeout after `timeout_s`; the batch goes on then."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = _FIRST_LOOK_S
        while (found := self.get(batch)).state == "running":
            if deadline is not None and time.monotonic() > deadline:
                raise EngineTimeout("the batch has not ended yet", hint="Wait longer; it goes on by itself.")
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        return found

    def results(self, batch: Batch | str) -> tuple[dict[str, Any], ...]:
        """An object for each item that has ended: its `id`, then `fields` or `error` (docs/http.md)."""
        text = self._link.text(f"/v1/batches/{_id(batch)}/results", format="jsonl")
        return tuple(json.loads(line) for line in text.splitlines() if line.strip())

    def cancel(self, batch: Batch | str) -> None:
        """Stops a batch; what has been answered stays."""
        self._link.delete(f"/v1/batches/{_id(batch)}")


def _all(own: Picture | Iterable[Picture]) -> Iterable[Picture]:
    return [own] if isinstance(own, str | bytes) or hasattr(own, "__fspath__") else own  # type: ignore[list-item]


def _id(batch: Batch | str) -> str:
    return batch.id if isinstance(batch, Batch) else batch


def _batch(body: Mapping[str, Any]) -> Batch:
    return Batch(**{name: body[name] for name in Batch.__dataclass_fields__})
