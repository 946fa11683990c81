"""What `stable`, `candidate` and `previous` mean, changed in one step, with a history of who decided what and why.

Model versions, guard policies and knowledge bases each have a row of names; the history is one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import select

from wentu.core.codec import adapter
from wentu.store.database import Database, take_turn
from wentu.store.rollout_rows import AliasesRow, DecisionRow

Mode = Literal["off", "canary", "shadow"]
Action = Literal["adopt", "canary", "shadow", "step", "pause", "resume", "promote", "rollback", "inconclusive"]
# What is released under names.
Kind = Literal["model", "policy", "knowledge"]
KINDS: tuple[Kind, ...] = ("model", "policy", "knowledge")
_ROWS: Mapping[Kind, int] = {"model": 1, "policy": 2, "knowledge": 3}


@dataclass(frozen=True, slots=True)
class Aliases:
    """The names. `stable` "" means the version that the settings choose; the other two "" mean none.

    `percent` of the sessions go to the candidate while `mode` is "canary" and it is not `paused`; `salt` decides
    which. `run` is the id of the comparison under way or last done, `since` its start (Unix seconds). With `auto` it
    goes up the steps and is promoted without asking.
    """

    stable: str = ""
    candidate: str = ""
    previous: str = ""
    mode: Mode = "off"
    percent: int = 0
    paused: bool = False
    auto: bool = False
    run: str = ""
    salt: str = ""
    since: float = 0.0

    @property
    def in_use(self) -> frozenset[str]:
        """The versions that may not be deleted; one that nobody has chosen over another may."""
        return frozenset(filter(None, (self.stable if self.run else "", self.candidate, self.previous)))


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the history: `by` is "automatic", or the id of the key that decided ("local" without keys).

    `stable` and `candidate` are the two that were compared, `percent` the candidate's share after it.
    """

    action: Action
    by: str
    reason: str
    stable: str = ""
    candidate: str = ""
    percent: int = 0
    run: str = ""
    figures: Mapping[str, Any] | None = None
    at: float = 0.0
    kind: Kind = "model"


class AliasStore:
    """The names of one kind in this deployment; every worker and door sees a change at its next look."""

    def __init__(self, database: Database, kind: Kind = "model") -> None:
        self._database = database
        self.kind = kind
        self._chosen = select(AliasesRow.state).where(AliasesRow.id == _ROWS[kind])

    def of(self, kind: Kind) -> AliasStore:
        """The names of another kind."""
        return AliasStore(self._database, kind)

    def read(self) -> Aliases:
        return _aliases(self._database.look(self._chosen))

    def change(self, move: Callable[[Aliases], tuple[Aliases, Decision]]) -> Aliases:
        """Applies `move` to the names as they are, with its line of history, in one transaction.

        What `move` raises changes nothing. Of two that come at once, the second sees what the first did.
        """
        with self._database.write() as transaction:
            take_turn(transaction, "aliases")
            new, decision = move(_aliases(transaction.scalar(self._chosen)))
            row = transaction.get(AliasesRow, _ROWS[self.kind])
            text = adapter(Aliases).dump_json(new).decode()
            if row is None:
                transaction.add(AliasesRow(id=_ROWS[self.kind], state=text))
            else:
                row.state = text
            transaction.add(_row(replace(decision, kind=self.kind)))
        return new

    def decisions(self, limit: int = 100) -> tuple[Decision, ...]:
        """The history of all kinds, newest first."""
        with self._database.read() as transaction:
            rows = transaction.scalars(select(DecisionRow).order_by(DecisionRow.number.desc()).limit(limit))
            return tuple(_decision(row) for row in rows)


def _aliases(state: str | None) -> Aliases:
    return Aliases() if state is None else adapter(Aliases).validate_json(state)


def _row(decision: Decision) -> DecisionRow:
    return DecisionRow(
        at=decision.at or time.time(),
        action=decision.action,
        by=decision.by,
        run=decision.run,
        stable=decision.stable,
        candidate=decision.candidate,
        percent=decision.percent,
        reason=decision.reason,
        figures=dict(decision.figures or {}),
        kind=decision.kind,
    )


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        row.action,  # type: ignore[arg-type]
        row.by,
        row.reason,
        row.stable,
        row.candidate,
        row.percent,
        row.run,
        row.figures,
        row.at,
        row.kind,  # type: ignore[arg-type]
    )
