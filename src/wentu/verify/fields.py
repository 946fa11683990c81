"""Values of a document judged: two readings laid on the page's text and on each other.

`verified` takes two different readings that agree: the rules' and the model's, or one of them and a proof (a checksum,
a sum that comes out, a QR code). A page's text layer is none: it confirms characters, not whose they are. One reading
alone, however sure, is `grounded` at best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wentu.core.claims import Claim, Reading
from wentu.core.results import Alignment, Check, FieldStatus, FieldValue, Region
from wentu.core.text import normalize
from wentu.core.types import Page as Sheet
from wentu.verify.confidence import confidence
from wentu.verify.locate import locate
from wentu.verify.page import Page

# NOTE: under this score of its worst line a lone reading is called a guess; set by hand, not tuned on any set.
UNREADABLE = 0.62


def judge(claims: Sequence[Claim], pages: Sequence[Sheet]) -> Mapping[str, FieldValue]:
    """The value of each claim by its id, with its status and where it stands."""
    searchable = [Page(page.lines) for page in pages]
    return {claim.id: _judged(claim, searchable) for claim in claims}


def _judged(claim: Claim, pages: Sequence[Page]) -> FieldValue:
    said = claim.rules or claim.vlm
    if said is None:
        status: FieldStatus = "unreadable" if claim.reason else "absent"
        return FieldValue(None, "", "", claim.type, status, 0.0, reason=claim.reason)
    alignment, regions = _place(said, pages, trusted=claim.rules is not None)
    checks = tuple(claim.checks.get(said.text, ()))
    agree = _agree(claim.rules, claim.vlm)
    status = _status(claim, said, checks, agree, placed=bool(regions) or _without_place(claim))
    signals = _signals(claim, checks, agree)
    sure = confidence(status, alignment, signals, len(claim.proofs))
    reason = claim.reason or ("识别把握太低" if status == "unreadable" else "")
    return FieldValue(
        None if status == "unreadable" else said.value if said.value is not None else said.text,
        said.text,
        normalize(said.text).text,
        claim.type,
        status,
        sure,
        signals,
        regions,
        alignment,
        checks,
        claim.repair,
        reason,
        claim.proofs if status == "verified" else (),
        _alternatives(claim, said, agree),
    )


def _status(claim: Claim, said: Reading, checks: Sequence[Check], agree: bool | None, *, placed: bool) -> FieldStatus:
    if agree is False or claim.rivals or any(not check.passed and check.level == "error" for check in checks):
        return "conflict"
    if not placed:
        return "inferred"
    if agree or claim.proofs:
        return "verified"
    if said.score is not None and said.score < UNREADABLE:
        return "unreadable"
    return "grounded"


def _place(said: Reading, pages: Sequence[Page], *, trusted: bool) -> tuple[Alignment, tuple[Region, ...]]:
    """Where a value stands. The rules' reading knows; the model's string is never believed without being found."""
    if trusted and said.regions:
        return "exact", said.regions
    return locate(said.text, pages)


def _without_place(claim: Claim) -> bool:
    """Flags (a copy, a seal) are about the page as a whole and have no words of their own."""
    return claim.type == "flag" and claim.rules is not None


def _agree(rules: Reading | None, vlm: Reading | None) -> bool | None:
    """None where only one reading says anything."""
    if rules is None or vlm is None:
        return None
    if rules.value is not None and vlm.value is not None:
        return _comparable(rules.value) == _comparable(vlm.value)
    return normalize(rules.text).text == normalize(vlm.text).text


def _comparable(value: object) -> object:
    return normalize(value).text if isinstance(value, str) else value


def _signals(claim: Claim, checks: Sequence[Check], agree: bool | None) -> dict[str, float | None]:
    return {
        "ocr": claim.rules.score if claim.rules else None,
        "vlm": claim.vlm.score if claim.vlm else None,
        "agreement": None if agree is None else float(agree),
        "checks": sum(check.passed for check in checks) / len(checks) if checks else None,
        "image_quality": None,
    }


def _alternatives(claim: Claim, said: Reading, agree: bool | None) -> tuple[str, ...]:
    others = [rival.text for rival in claim.rivals]
    if agree is False and claim.vlm is not None and said is not claim.vlm:
        others.append(claim.vlm.text)
    return tuple(others)
