"""Batches: many jobs under one name. What has been done is counted from the jobs, so a crash loses no count."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, func, select, update

from wentu.core.codec import to_json
from wentu.core.errors import UnknownBatch
from wentu.core.types import Query
from wentu.store.database import Database
from wentu.store.ids import new_id
from wentu.store.jobs import Job, JobState, _job
from wentu.store.models import BatchRow, JobRow

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """`counts` has the number of jobs by state; times are Unix seconds."""

    id: str
    owner: str
    name: str
    task: str
    created_at: float
    cancelled_at: float | None
    counts: Mapping[JobState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        return sum(self.counts.get(state, 0) for state in ("done", "failed", "cancelled"))


@dataclass(frozen=True, slots=True)
class Item:
    """One job to be: its name in the results, the question, and the ids of its pictures."""

    label: str
    query: Query
    picture_ids: tuple[str, ...]


class Batches:
    """The batches of all owners."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, items: Sequence[Item], *, owner: str, name: str, task: str) -> str:
        """The id of a new batch, whose jobs are held until `release` lets them go, the first ones first."""
        now = time.time()
        row = BatchRow(id=new_id("bat"), owner=owner, name=name, task=task, created_at=now)
        jobs = [
            JobRow(
                id=new_id("job"),
                owner=owner,
                state="held",
                attempt=0,
                query=to_json(item.query),
                picture_ids=list(item.picture_ids),
                priority="batch",
                batch=row.id,
                number=number,
                label=item.label,
                created_at=now,
            )
            for number, item in enumerate(items)
        ]
        with self._database.write() as transaction:
            transaction.add(row)
            transaction.flush()
            transaction.add_all(jobs)
        return row.id

    def get(self, batch_id: str, *, owner: str) -> Batch:
        """Raises UnknownBatch."""
        with self._database.read() as transaction:
            row = transaction.get(BatchRow, batch_id)
        if row is None or row.owner != owner:
            raise UnknownBatch("there is no such batch")
        return self._batch(row)

    def list(self, *, owner: str, limit: int = 50) -> tuple[Batch, ...]:
        """The owner's batches, newest first."""
        newest = select(BatchRow).where(BatchRow.owner == owner).order_by(BatchRow.created_at.desc()).limit(limit)
        with self._database.read() as transaction:
            rows = list(transaction.scalars(newest))
        return tuple(self._batch(row) for row in rows)

    def jobs(self, batch_id: str) -> Iterator[Job]:
        """All jobs in the order of the batch, read a page at a time."""
        after = -1
        while True:
            chosen = select(JobRow).where(JobRow.batch == batch_id, JobRow.number > after)
            with self._database.read() as transaction:
                page = [_job(row) for row in transaction.scalars(chosen.order_by(JobRow.number).limit(_PAGE))]
            yield from page
            if len(page) < _PAGE:
                return
            after = cast(int, page[-1].number)

    def release(self, limit: int) -> tuple[tuple[str, str], ...]:
        """Lets the next held jobs of all batches go: their ids and owners; they are queued from now on."""
        oldest = select(JobRow.id).where(JobRow.state == "held").order_by(JobRow.created_at, JobRow.number)
        with self._database.write() as transaction:
            ids = list(transaction.scalars(oldest.limit(limit)))
            changed = update(JobRow).where(JobRow.id.in_(ids), JobRow.state == "held").values(state="queued")
            rows = transaction.execute(changed.returning(JobRow.id, JobRow.owner))
            released = {row.id: row.owner for row in rows}
        return tuple((one, released[one]) for one in ids if one in released)  # a database returns them in any order

    def hold(self, job_id: str) -> None:
        """Takes a release back: the queue had no room after all."""
        with self._database.write() as transaction:
            queued = update(JobRow).where(JobRow.id == job_id, JobRow.state == "queued", JobRow.attempt == 0)
            transaction.execute(queued.values(state="held"))

    def cancel(self, batch_id: str) -> tuple[str, ...]:
        """Ends what is held; the ids of jobs that are in the queue, to be stopped there."""
        now = time.time()
        with self._database.write() as transaction:
            transaction.execute(update(BatchRow).where(BatchRow.id == batch_id).values(cancelled_at=now))
            held = update(JobRow).where(JobRow.batch == batch_id, JobRow.state == "held")
            transaction.execute(held.values(state="cancelled", finished_at=now))
            queued = select(JobRow.id).where(JobRow.batch == batch_id, JobRow.state.in_(("queued", "running")))
            return tuple(transaction.scalars(queued))

    def delete_old(self, *, keep_s: float, now: float | None = None) -> int:
        """Forgets batches with their jobs and answers `keep_s` after they were made, unless they are still at work."""
        before = (time.time() if now is None else now) - keep_s
        at_work = select(JobRow.batch).where(JobRow.batch.is_not(None), JobRow.state.in_(("held", "queued", "running")))
        over = delete(BatchRow).where(BatchRow.created_at <= before, BatchRow.id.not_in(at_work))
        with self._database.write() as transaction:
            return len(list(transaction.scalars(over.returning(BatchRow.id))))

    def _batch(self, row: BatchRow) -> Batch:
        counted = select(JobRow.state, func.count()).where(JobRow.batch == row.id).group_by(JobRow.state)
        with self._database.read() as transaction:
            counts = {cast(JobState, state): number for state, number in transaction.execute(counted)}
        return Batch(row.id, row.owner, row.name, row.task, row.created_at, row.cancelled_at, counts)
