"""How well documents were read: field by field, and what was wrong without saying so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from wentu.core.results import FieldStatus, FieldValue, Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field of one document. `group` says of what kind the picture was (clean, blurred ...)."""

    document: str
    type: str
    group: str
    level: int
    field: str
    right: bool
    status: FieldStatus
    confidence: float


@dataclass(frozen=True, slots=True)
class Score:
    """Rates over outcomes. `silent_wrong` is the share of wrong values that were called verified, of all fields."""

    n_fields: int
    field_exact: float
    document_exact: float
    micro_f1: float
    silent_wrong: float
    verified: float
    ece: float
    accuracy_at_80: float


def same(read: Value, true: Value) -> bool:
    """Equal after normalisation: numbers as numbers, text without width, space and case."""
    if isinstance(true, bool) or isinstance(read, bool):
        return read is true
    if isinstance(true, int | float):
        return isinstance(read, int | float) and abs(float(read) - float(true)) < 1e-6
    return isinstance(read, str) and isinstance(true, str) and plain(read) == plain(true)


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def similarity(read: str, true: str) -> float:
    """1 for equal letters and digits, 0 for nothing in common (Ratcliff and Obershelp)."""
    a, b = (re.sub(r"\W|_", "", plain(text)) for text in (read, true))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def outcomes(
    document: str, kind: str, group: str, level: int, truth: Mapping[str, Value], fields: Mapping[str, FieldValue]
) -> list[Outcome]:
    """One for each field that the document truly has."""
    found = []
    for field_id, true in truth.items():
        one = fields.get(field_id)
        status: FieldStatus = one.status if one else "absent"
        right = one is not None and same(one.value, true)
        found.append(Outcome(document, kind, group, level, field_id, right, status, one.confidence if one else 0.0))
    return found


def score(items: Sequence[Outcome]) -> Score:
    """The rates; zeros where there is nothing to rate."""
    n = max(1, len(items))
    documents: dict[str, bool] = {}
    for one in items:
        documents[one.document] = documents.get(one.document, True) and one.right
    right = sum(one.right for one in items)
    given = sum(one.status not in ("absent", "unreadable") for one in items)
    verified = [one for one in items if one.status == "verified"]
    return Score(
        len(items),
        right / n,
        sum(documents.values()) / max(1, len(documents)),
        2 * right / max(1, given + len(items)),
        sum(not one.right for one in verified) / n,
        len(verified) / n,
        expected_calibration_error(items),
        risk_coverage(items, (0.8,))[0.8],
    )


def expected_calibration_error(items: Iterable[Outcome], bins: int = 10) -> float:
    """Mean gap between confidence and accuracy over equal bins (Naeini et al. 2015)."""
    sorted_in: list[list[Outcome]] = [[] for _ in range(bins)]
    n = 0
    for one in items:
        sorted_in[min(bins - 1, int(one.confidence * bins))].append(one)
        n += 1
    gaps = (abs(sum(o.right for o in bin_) - sum(o.confidence for o in bin_)) for bin_ in sorted_in)
    return sum(gaps) / max(1, n)


def risk_coverage(items: Sequence[Outcome], coverages: Sequence[float]) -> dict[float, float]:
    """Accuracy of the surest share of the fields, for each share."""
    ranked = sorted(items, key=lambda one: -one.confidence)
    found = {}
    for coverage in coverages:
        kept = ranked[: max(1, round(coverage * len(ranked)))]
        found[coverage] = sum(one.right for one in kept) / max(1, len(kept))
    return found
