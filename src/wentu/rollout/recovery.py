"""How long a rollback took for those who asked: from the command to the first answer of the version it went back to."""

from __future__ import annotations

from wentu.store.aliases import Decision
from wentu.store.exposures import Exposures

# A first question that comes later says more about when people ask than about the way back.
WITHIN_S = 120.0


def first_answer_s(decision: Decision, exposures: Exposures) -> float | None:
    """Seconds from a version's rollback to the end of the first answer after it; None for other decisions, and when
    nobody asked soon enough to tell."""
    if (decision.kind, decision.action) != ("model", "rollback"):
        return None
    at = exposures.first_answer(decision.stable, decision.at, WITHIN_S)
    return None if at is None else at - decision.at
