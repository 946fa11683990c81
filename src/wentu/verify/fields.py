"""Values of a document judged: two readings laid on the page's text and on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wentu.core.claims import Claim, Reading
from wentu.core.results import FieldStatus, FieldValue, Region
from wentu.core.text import normalize
from wentu.core.types import Page as Sheet
from wentu.verify.page import Page


def judge(claims: Sequence[Claim], pages: Sequence[Sheet]) -> Mapping[str, FieldValue]:
    """The value of each claim by its id, with its status and where it stands."""
    searchable = [Page(page.lines) for page in pages]
    return {claim.id: _judged(claim, searchable) for claim in claims}


def _judged(claim: Claim, pages: Sequence[Page]) -> FieldValue:
    said = claim.rules or claim.vlm
    if said is None:
        status: FieldStatus = "unreadable" if claim.reason else "absent"
        return FieldValue(None, "", "", claim.type, status, 0.0, reason=claim.reason)
    wanted = normalize(said.text).text
    regions = said.regions or _stands(wanted, pages)
    checks = tuple(claim.checks.get(said.text, ()))
    agree = _agree(claim.rules, claim.vlm)
    if agree is False or any(not check.passed and check.level == "error" for check in checks):
        status = "conflict"
    elif not regions:
        status = "inferred"
    else:
        status = "verified" if agree else "grounded"
    signals = {"ocr": said.score, "agreement": None if agree is None else float(agree)}
    return FieldValue(
        said.value, said.text, wanted, claim.type, status, said.score or 0.0, signals, regions, checks=checks
    )


def _stands(wanted: str, pages: Sequence[Page]) -> tuple[Region, ...]:
    for index, page in enumerate(pages):
        hit = page.find(wanted, whole_number=wanted.isdigit()) if wanted else None
        if hit is not None:
            return (Region(index, hit.polygon),)
    return ()


def _agree(rules: Reading | None, vlm: Reading | None) -> bool | None:
    """None where only one reading says anything."""
    if rules is None or vlm is None:
        return None
    return normalize(rules.text).text == normalize(vlm.text).text
