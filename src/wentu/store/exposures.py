"""Which version answered, why it was that one, and how it went: one row an answer, without a word of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Integer, delete, func, select, update
from sqlalchemy import cast as cast_

from wentu.store.database import Database
from wentu.store.rollout_rows import ExposureRow

KEEP_S = 90 * 86_400.0
Outcome = Literal["answered", "failed", "timed_out", "cancelled", "refused"]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One answer. `reason` says why this version (`rollout.assign.Reason`); `unit` is a keyed hash of the session.

    `refused`: the question or its pictures were at fault, not the version. `ttft_s` is None where nothing came,
    `tokens_per_s` where too few tokens came to tell. `thumb` is +1, -1, or 0 for no word; `at` is Unix seconds.
    """

    run: str
    job: str
    owner: str
    unit: str
    version: str
    reason: str
    task: str
    outcome: Outcome
    finish: str = ""
    empty: bool = False
    ttft_s: float | None = None
    tokens_per_s: float | None = None
    asked_again: bool = False
    thumb: int = 0
    at: float = 0.0

    @property
    def counted(self) -> bool:
        """Whether it says something about the version."""
        return self.outcome in ("answered", "failed", "timed_out")

    @property
    def good(self) -> bool:
        """Answered, with words, to an end of its own, and nobody complained."""
        fine = self.outcome == "answered" and not self.empty and self.finish not in ("loop", "blocked")
        return fine and self.thumb >= 0 and not self.asked_again


class Exposures:
    """The answers of all versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, exposure: Exposure) -> int:
        """Keeps it; gives its number."""
        fields = {name: getattr(exposure, name) for name in Exposure.__dataclass_fields__}
        row = ExposureRow(**fields | {"at": exposure.at or time.time()})
        with self._database.write() as transaction:
            transaction.add(row)
            transaction.flush()
            return row.number

    def of_run(self, run: str, reasons: Iterable[str]) -> tuple[Exposure, ...]:
        """The answers of one comparison that were assigned for these reasons, oldest first."""
        chosen = select(ExposureRow).where(ExposureRow.run == run, ExposureRow.reason.in_(tuple(reasons)))
        with self._database.read() as transaction:
            return tuple(_exposure(row) for row in transaction.scalars(chosen.order_by(ExposureRow.number)))

    def first_answer(self, version: str, since: float, within_s: float) -> float | None:
        """When this version first answered somebody after `since`, Unix seconds; None when not in this time."""
        answered = (ExposureRow.version == version, ExposureRow.outcome == "answered", ExposureRow.reason != "shadow")
        chosen = select(func.min(ExposureRow.at)).where(ExposureRow.at.between(since, since + within_s), *answered)
        with self._database.read() as transaction:
            return transaction.scalar(chosen)

    def pulse(self, run: str) -> tuple[int, int]:
        """Two numbers that change whenever something of this run did: the answers, and the complaints about them."""
        complaints = func.sum(func.abs(ExposureRow.thumb) * 2 + cast_(ExposureRow.asked_again, Integer))
        with self._database.read() as transaction:
            row = transaction.execute(select(func.count(), complaints).where(ExposureRow.run == run)).one()
        return int(row[0]), int(row[1] or 0)

    def asked_again(self, numbers: Iterable[int]) -> None:
        """The same session asked the same again: the answer did not do."""
        these = ExposureRow.number.in_(tuple(numbers))
        with self._database.write() as transaction:
            transaction.execute(update(ExposureRow).where(these).values(asked_again=True))

    def rate(self, job: str, *, owner: str, thumb: int) -> bool:
        """Keeps what the owner thinks of an answer; false if there is no such answer of theirs."""
        mine = (ExposureRow.job == job, ExposureRow.owner == owner)
        with self._database.write() as transaction:
            done = transaction.execute(update(ExposureRow).where(*mine).values(thumb=thumb))
            return cast(CursorResult[Any], done).rowcount > 0

    def delete_expired(self, now: float | None = None) -> None:
        """Forgets what is older than any comparison takes."""
        self.delete_before((time.time() if now is None else now) - KEEP_S)

    def delete_before(self, at: float) -> None:
        with self._database.write() as transaction:
            transaction.execute(delete(ExposureRow).where(ExposureRow.at < at))


def _exposure(row: ExposureRow) -> Exposure:
    return Exposure(**{name: getattr(row, name) for name in Exposure.__dataclass_fields__})
