"""Recorded questions, what the versions said to them, and what people thought of that."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update

from wentu.core.codec import from_json, to_json
from wentu.core.types import Query, Stored
from wentu.store.database import Database, take_turn
from wentu.store.files import PictureFiles
from wentu.store.ids import new_id
from wentu.store.rollout_rows import RecordingRow, ReplyRow, VoteRow


@dataclass(frozen=True, slots=True)
class Recording:
    """A masked question. `expected` is the answer that is known to be right, "" where none is known; `scenario` is
    what its tables are grouped by; `unit` a keyed hash of its session. Times are Unix seconds."""

    query: Query
    unit: str
    scenario: str
    owner: str
    expires_at: float
    expected: str = ""
    job: str = ""
    id: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a version said to a recording. `right` by `rollout.judge`; `fields` the same for each field of a document.
    `source` is "replay" or "shadow"; `error` the code of what went wrong."""

    recording: str
    version: str
    text: str
    right: bool
    seconds: float
    fields: Mapping[str, bool] = field(default_factory=dict)
    error: str = ""
    source: str = "replay"


@dataclass(frozen=True, slots=True)
class Vote:
    """`winner` is one of both versions, or "" for a tie."""

    recording: str
    one: str
    other: str
    voter: str
    winner: str


class Recordings:
    """Everything that can be asked again; nothing of it outlives its time."""

    def __init__(self, database: Database, files: PictureFiles | None = None) -> None:
        """`files` are the masked pictures, which go with the last question that shows them."""
        self._database = database
        self._files = files

    def add(self, recording: Recording) -> str:
        """The id of the new recording (its own, where it brings one: then adding it again changes nothing)."""
        row = RecordingRow(
            id=recording.id or new_id("rec"),
            at=recording.at or time.time(),
            expires_at=recording.expires_at,
            owner=recording.owner,
            job=recording.job,
            unit=recording.unit,
            scenario=recording.scenario[:80],
            query=to_json(recording.query),
            expected=recording.expected,
        )
        with self._database.write() as transaction:
            take_turn(transaction, "recordings")
            if transaction.get(RecordingRow, row.id) is None:
                transaction.add(row)
        return row.id

    def list(self, *, limit: int = 10_000, now: float | None = None) -> tuple[Recording, ...]:
        """The recordings that have not expired, oldest first."""
        at = time.time() if now is None else now
        chosen = select(RecordingRow).where(RecordingRow.expires_at > at).order_by(RecordingRow.at, RecordingRow.id)
        with self._database.read() as transaction:
            return tuple(_recording(row) for row in transaction.scalars(chosen.limit(limit)))

    def find(self, recording_id: str) -> Recording | None:
        with self._database.read() as transaction:
            row = transaction.get(RecordingRow, recording_id)
            return None if row is None else _recording(row)

    def of_job(self, job: str) -> Recording | None:
        with self._database.read() as transaction:
            row = transaction.scalar(select(RecordingRow).where(RecordingRow.job == job).limit(1))
            return None if row is None else _recording(row)

    def count(self) -> int:
        with self._database.read() as transaction:
            return transaction.scalar(select(func.count()).select_from(RecordingRow)) or 0

    def confirm(self, job: str, *, owner: str, text: str) -> None:
        """The owner says that `text` is the right answer to the question of that job."""
        mine = (RecordingRow.job == job, RecordingRow.owner == owner)
        with self._database.write() as transaction:
            transaction.execute(update(RecordingRow).where(*mine).values(expected=text))

    def delete_expired(self, now: float | None = None) -> int:
        return self.delete_where(RecordingRow.expires_at <= (time.time() if now is None else now))

    def delete_of(self, owner: str) -> int:
        """Forgets everything that this owner let record; gives their number."""
        return self.delete_where(RecordingRow.owner == owner)

    def delete_where(self, which: ColumnElement[bool]) -> int:
        """Deletes these recordings with what was said to them, and pictures that no other shows; their number."""
        with self._database.write() as transaction:
            queries = transaction.scalars(select(RecordingRow.query).where(which)).all()
            gone = select(RecordingRow.id).where(which)
            transaction.execute(delete(ReplyRow).where(ReplyRow.recording.in_(gone)))
            transaction.execute(delete(VoteRow).where(VoteRow.recording.in_(gone)))
            n = cast(CursorResult[Any], transaction.execute(delete(RecordingRow).where(which))).rowcount
        self._delete_pictures(queries)
        return n

    def _delete_pictures(self, queries: Iterable[str]) -> None:
        digests = {ref.digest for text in queries for ref in from_json(Query, text).pictures if isinstance(ref, Stored)}
        for digest in digests if self._files is not None else ():
            self._files.delete_unless(digest, partial(self._shown, digest))  # type: ignore[union-attr]

    def _shown(self, digest: str) -> bool:
        """Whether a question that is still kept shows this picture."""
        chosen = select(RecordingRow.id).where(RecordingRow.query.contains(digest)).limit(1)
        with self._database.read() as transaction:
            return transaction.scalar(chosen) is not None

    def reply(self, reply: Reply) -> None:
        """Keeps it, in the place of an older one of the same version to the same question."""
        fields = {name: getattr(reply, name) for name in Reply.__dataclass_fields__}
        with self._database.write() as transaction:
            take_turn(transaction, "replies")
            old = (ReplyRow.recording == reply.recording, ReplyRow.version == reply.version)
            transaction.execute(delete(ReplyRow).where(*old))
            transaction.add(ReplyRow(**fields | {"fields": dict(reply.fields), "at": time.time()}))

    def replies(self, versions: Iterable[str]) -> dict[tuple[str, str], Reply]:
        """What these versions said, by (recording, version)."""
        chosen = select(ReplyRow).where(ReplyRow.version.in_(tuple(versions)))
        with self._database.read() as transaction:
            found = [_reply(row) for row in transaction.scalars(chosen)]
        return {(one.recording, one.version): one for one in found}

    def vote(self, vote: Vote) -> None:
        """Keeps it, in the place of the same voter's older one."""
        fields = {name: getattr(vote, name) for name in Vote.__dataclass_fields__}
        with self._database.write() as transaction:
            take_turn(transaction, "votes")
            same = (VoteRow.recording == vote.recording, VoteRow.one == vote.one, VoteRow.other == vote.other)
            transaction.execute(delete(VoteRow).where(*same, VoteRow.voter == vote.voter))
            transaction.add(VoteRow(**fields, at=time.time()))

    def votes(self) -> tuple[Vote, ...]:
        with self._database.read() as transaction:
            rows = transaction.scalars(select(VoteRow).order_by(VoteRow.id))
            return tuple(Vote(row.recording, row.one, row.other, row.voter, row.winner) for row in rows)


def _recording(row: RecordingRow) -> Recording:
    query = from_json(Query, row.query)
    return Recording(query, row.unit, row.scenario, row.owner, row.expires_at, row.expected, row.job, row.id, row.at)


def _reply(row: ReplyRow) -> Reply:
    return Reply(row.recording, row.version, row.text, row.right, row.seconds, row.fields, row.error, row.source)
