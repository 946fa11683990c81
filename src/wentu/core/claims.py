"""A value before it is judged: what each reading says it is, and the rules that it has to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wentu.core.results import Check, Region, Repair, Value


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading says. `text` is the value as it stands there; `score` is the reading's own, 0..1."""

    text: str
    value: Value = None
    score: float | None = None
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One value of a document: the deterministic reading (`rules`) beside the model's (`vlm`); None: not asked.

    `checks` are what each candidate text was found to keep or break, by the text that was checked. `proofs` name what
    says the same as `rules` by another way (a checksum, a sum, a QR code); `rivals` are readings of other ways (a code,
    the text layer of a page) that say something else. `reason` says why the value can't be read.
    """

    id: str
    type: str
    rules: Reading | None = None
    vlm: Reading | None = None
    checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    reason: str = ""
    proofs: tuple[str, ...] = ()
    rivals: tuple[Reading, ...] = ()
    repair: Repair | None = None
