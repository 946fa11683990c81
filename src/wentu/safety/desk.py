"""Cases on their way to the review desk: masked, with the span that was hit, and the answer that waits."""

from __future__ import annotations

import threading

from wentu.core.types import Query, Stored
from wentu.safety.findings import Finding, Place
from wentu.safety.personal_data import mask
from wentu.safety.watch import Case
from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.reviews import NewCase, Reviews

_LONGEST = 4_000  # code points of a text that a reviewer gets to see
_BEFORE = 1_000  # so many of them before the hit


class ReviewDesk:
    """Keeps cases in the database, and notes refusals in the audit. Thread-safe."""

    def __init__(self, database: Database, reviews: Reviews, audit: Audit) -> None:
        self._database = database
        self._reviews = reviews
        self._audit = audit
        self._ready = False
        self._lock = threading.Lock()

    def file(self, case: Case) -> str:
        self._prepare()
        text, span = excerpt(case.text or case.draft.text, case.finding)
        return self._reviews.file(
            NewCase(
                owner=case.query.owner,
                session=case.query.session,
                place=case.place,
                rule=case.finding.rule,
                category=case.finding.category[:80],
                severity=case.finding.severity,
                how=case.finding.how,
                span=span if case.text else (0, 0),
                question=mask(case.query.question)[:_LONGEST],
                text=text,
                pictures=tuple(ref.digest for ref in case.query.pictures if isinstance(ref, Stored)),
                draft=case.draft,
            )
        )

    def refused(self, query: Query, finding: Finding, place: Place) -> None:
        self._prepare()
        self._audit.note("guard", "refused", f"{place}:{finding.rule}", query.question)

    def _prepare(self) -> None:
        """A command that runs without `wentu serve` may be the first to meet this database."""
        with self._lock:
            if not self._ready:
                self._database.upgrade()
                self._ready = True


def excerpt(text: str, finding: Finding) -> tuple[str, tuple[int, int]]:
    """The masked text around a hit, and where the hit is in it."""
    first = max(min(finding.start - _BEFORE, len(text) - _LONGEST), 0)
    shown = mask(text)[first : first + _LONGEST]
    start, end = finding.start - first, min(finding.end - first, len(shown))
    return shown, (start, max(start, end))
