"""Customer service's cases: every question with its outcome, those that wait for a person, and what came of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session as Transaction

from wentu.core.errors import UnknownCase
from wentu.store.database import Database
from wentu.store.models import SupportCaseRow

CaseState = Literal["closed", "waiting", "replied"]
FAILED = ("not_in_kb", "unreadable", "ambiguous")
ANSWERED = ("answered", "contradiction")


@dataclass(frozen=True, slots=True)
class SupportCase:
    """One question. `shown` is what the customer got; `seconds` the wait, `work_s` the time computed; Unix times."""

    id: str
    owner: str
    conversation: str
    question: str
    picture_ids: tuple[str, ...]
    outcome: str
    reason: str
    summary: str
    seen: dict[str, str]
    shown: dict[str, Any]
    state: CaseState
    reply: str
    replied_by: str
    solved: bool | None
    seconds: float
    work_s: float
    created_at: float
    replied_at: float | None


@dataclass(frozen=True, slots=True)
class SupportFigures:
    """What customer service achieved since a time. Shares are 0..1, None where nothing was counted.

    `involvement`: conversations in which an answer was tried, of the new ones. `confirmed`: of those, what customers
    called solved; `assumed`: ended with an answer and without a person or a complaint. `automation` is involvement
    times both together.
    """

    conversations: int
    questions: int
    involvement: float | None
    answer_rate: float | None
    confirmed: float | None
    assumed: float | None
    automation: float | None
    handoffs: dict[str, int]
    outcomes: dict[str, int]
    median_s: float | None
    median_work_s: float | None


class SupportCases:
    """The cases of all owners; an agent sees all of them, a customer only their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, case: SupportCase) -> None:
        values = {name: getattr(case, name) for name in SupportCase.__slots__}
        with self._database.write() as transaction:
            transaction.add(SupportCaseRow(**{**values, "picture_ids": list(case.picture_ids)}))

    def get(self, case_id: str, *, owner: str | None = None) -> SupportCase:
        """The case; with `owner`, only if it is theirs. Raises UnknownCase."""
        with self._database.read() as transaction:
            return _case(_row(transaction, case_id, owner))

    def list(self, *, state: CaseState | None = None, limit: int = 50) -> tuple[SupportCase, ...]:
        """Cases of this state, those that wait longest first, others newest first."""
        chosen = select(SupportCaseRow)
        if state is not None:
            chosen = chosen.where(SupportCaseRow.state == state)
        order = SupportCaseRow.created_at if state == "waiting" else SupportCaseRow.created_at.desc()
        with self._database.read() as transaction:
            return tuple(_case(row) for row in transaction.scalars(chosen.order_by(order).limit(limit)))

    def waiting(self) -> int:
        """How many cases wait for a person."""
        count = select(func.count()).select_from(SupportCaseRow).where(SupportCaseRow.state == "waiting")
        return self._database.look(count) or 0

    def failures(self, conversation: str, *, owner: str) -> int:
        """How many of the conversation's last questions, in a row, were not helped."""
        chosen = (
            select(SupportCaseRow.outcome)
            .where(SupportCaseRow.conversation == conversation, SupportCaseRow.owner == owner)
            .order_by(SupportCaseRow.created_at.desc())
            .limit(5)
        )
        with self._database.read() as transaction:
            outcomes = list(transaction.scalars(chosen))
        return next((i for i, one in enumerate(outcomes) if one not in FAILED), len(outcomes))

    def reply(self, case_id: str, text: str, *, author: str) -> SupportCase:
        """Keeps a person's reply. Raises UnknownCase."""
        with self._database.write() as transaction:
            row = _row(transaction, case_id, None)
            row.state, row.reply, row.replied_by, row.replied_at = "replied", text, author, time.time()
            return _case(row)

    def rate(self, case_id: str, solved: bool, *, owner: str) -> SupportCase:
        """Keeps whether the customer calls it solved. Raises UnknownCase."""
        with self._database.write() as transaction:
            row = _row(transaction, case_id, owner)
            row.solved = solved
            return _case(row)

    def delete_old(self, before: float) -> int:
        """Forgets cases from before a Unix time; their number."""
        with self._database.write() as transaction:
            gone = delete(SupportCaseRow).where(SupportCaseRow.created_at < before)
            return cast(CursorResult[Any], transaction.execute(gone)).rowcount

    def figures(self, since: float) -> SupportFigures:
        """What was achieved since a Unix time."""
        with self._database.read() as transaction:
            rows = transaction.scalars(
                select(SupportCaseRow).where(SupportCaseRow.created_at >= since).order_by(SupportCaseRow.created_at)
            )
            return figures([_case(row) for row in rows])


def figures(cases: Sequence[SupportCase]) -> SupportFigures:
    """The figures of these cases, oldest first."""
    talks: dict[tuple[str, str], list[SupportCase]] = {}
    for case in cases:
        talks.setdefault((case.owner, case.conversation), []).append(case)
    tried = [talk for talk in talks.values() if any(case.outcome != "handoff" for case in talk)]
    confirmed = [talk for talk in tried if any(case.solved for case in talk)]
    assumed = [talk for talk in tried if talk not in confirmed and _ended_well(talk)]
    involvement = _share(len(tried), len(talks))
    resolved = _share(len(confirmed) + len(assumed), len(tried))
    return SupportFigures(
        conversations=len(talks),
        questions=len(cases),
        involvement=involvement,
        answer_rate=_share(sum(case.outcome in ANSWERED for case in cases), len(cases)),
        confirmed=_share(len(confirmed), len(tried)),
        assumed=_share(len(assumed), len(tried)),
        automation=None if involvement is None or resolved is None else involvement * resolved,
        handoffs=dict(Counter(case.reason for case in cases if case.outcome == "handoff")),
        outcomes=dict(Counter(case.outcome for case in cases)),
        median_s=median(case.seconds for case in cases) if cases else None,
        median_work_s=median(case.work_s for case in cases) if cases else None,
    )


def _ended_well(talk: Sequence[SupportCase]) -> bool:
    complained = any(case.solved is False or case.outcome == "handoff" for case in talk)
    return not complained and talk[-1].outcome in ANSWERED


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(transaction: Transaction, case_id: str, owner: str | None) -> SupportCaseRow:
    row = transaction.get(SupportCaseRow, case_id)
    if row is None or (owner is not None and row.owner != owner):
        raise UnknownCase("there is no such case")
    return row


def _case(row: SupportCaseRow) -> SupportCase:
    values = {name: getattr(row, name) for name in SupportCase.__slots__}
    return SupportCase(**{**values, "picture_ids": tuple(row.picture_ids), "state": cast(CaseState, row.state)})
