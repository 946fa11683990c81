"""What a check found: which rule, how grave, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: "block": not shown, and an answer stops there. "review": held until a person has decided.
Severity = Literal["review", "block"]
Place = Literal["question", "picture", "picture_text", "answer", "result"]
How = Literal["exact", "skipped", "pinyin", "split", "classifier", "judge", "pattern", "guard"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was hit. `start` and `end` are code points of the text that was checked; 0, 0: all of it.

    `rule` is a short stable name ("words", "personal_data" ...), `category` the policy's word for the matter.
    """

    rule: str
    category: str
    severity: Severity
    start: int = 0
    end: int = 0
    how: How = "exact"
    score: float = 1.0

    def moved(self, by: int) -> Finding:
        """The same in a text that begins `by` code points earlier."""
        return Finding(self.rule, self.category, self.severity, self.start + by, self.end + by, self.how, self.score)


class Caught(Exception):
    """An answer may not go on: `finding` was made, and `keep` code points of what was released may stay."""

    def __init__(self, finding: Finding, keep: int) -> None:
        super().__init__(finding.rule)
        self.finding = finding
        self.keep = keep


def gravest(findings: list[Finding]) -> Finding | None:
    """The one that decides: the first that blocks, else the first of all."""
    ordered = sorted(findings, key=lambda one: (one.severity != "block", one.start))
    return ordered[0] if ordered else None
