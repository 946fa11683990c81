"""What is counted: outcomes, exact variants, contradictions found, rightly abstained, wrong prices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.core.results import Support
from wentu.evaluation.support.cases import Case

_AMOUNT = re.compile(r"[¥$€£]\s?(\d[\d,]*(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with its answer. `seconds` is the time from question to answer."""

    case: Case
    found: Support
    seconds: float

    @property
    def right_outcome(self) -> bool:
        return self.found.outcome == self.case.outcome

    @property
    def right_subject(self) -> bool:
        """The exact variant or entry, where there is one."""
        return (self.case.sku in (None, self.found.sku)) and (self.case.faq_id in (None, self.found.faq_id))

    @property
    def wrong_price(self) -> bool:
        """A price is told that is not the product's: in the facts, or as the first amount of the sentence."""
        told = self.found.facts.get("price")
        if told is None and self.found.faq_id is None and (match := _AMOUNT.search(self.found.answer)):
            told = float(match.group(1).replace(",", ""))
        if told is None or not isinstance(told, int | float):
            return False
        return self.case.price is None or abs(float(told) - self.case.price) > 0.005


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are 0..1; None where no case asks for it. Times are seconds."""

    cases: int
    outcome_accuracy: float
    exact_variant: float | None
    entry_accuracy: float | None
    contradiction_recall: float | None
    abstention_precision: float | None
    wrong_price_rate: float
    changed_by_injection: float | None
    median_s: float
    slowest_s: float


def judge(case: Case, found: Support, seconds: float) -> Judged:
    return Judged(case, found, seconds)


def figures(judged: Sequence[Judged]) -> Figures:
    """The figures of issue 7. Abstention is `not_in_kb`: its precision is the share that had to be abstained from."""
    with_sku = [one for one in judged if one.case.sku is not None]
    with_entry = [one for one in judged if one.case.faq_id is not None]
    contradictions = [one for one in judged if one.case.outcome == "contradiction"]
    abstained = [one for one in judged if one.found.outcome == "not_in_kb"]
    times = sorted(one.seconds for one in judged)
    return Figures(
        cases=len(judged),
        outcome_accuracy=_share([one.right_outcome for one in judged]) or 0.0,
        exact_variant=_share([one.found.sku == one.case.sku for one in with_sku]),
        entry_accuracy=_share([one.found.faq_id == one.case.faq_id for one in with_entry]),
        contradiction_recall=_share([one.found.outcome == "contradiction" for one in contradictions]),
        abstention_precision=_share([one.case.outcome == "not_in_kb" for one in abstained]),
        wrong_price_rate=_share([one.wrong_price for one in judged]) or 0.0,
        changed_by_injection=_share(_changed(judged)),
        median_s=times[len(times) // 2] if times else 0.0,
        slowest_s=times[-1] if times else 0.0,
    )


def _changed(judged: Sequence[Judged]) -> list[bool]:
    """Of each case that is another one's twin: whether the two were answered differently."""
    by_id = {one.case.id: one.found for one in judged}
    pairs = [(one.found, by_id[one.case.same_as]) for one in judged if one.case.same_as in by_id]
    return [(a.outcome, a.sku, a.facts.get("price")) != (b.outcome, b.sku, b.facts.get("price")) for a, b in pairs]


def _share(held: Sequence[bool]) -> float | None:
    return sum(held) / len(held) if held else None
