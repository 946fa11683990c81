"""What a policy would do to texts that have passed already: asked before it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wentu.safety.findings import Finding, Severity, gravest
from wentu.safety.personal_data import mask
from wentu.safety.policy import Policy
from wentu.safety.screen import Classify, Screen

RECENT = 2_000  # messages
_SAMPLES = 20
_AROUND = 30  # code points around a hit that a sample shows


@dataclass(frozen=True, slots=True)
class Sample:
    """One text that fares differently than before, masked; `start`, `end` is the hit in `text`."""

    text: str
    start: int
    end: int
    category: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `texts`: how many the draft blocks and holds, how many of them the policy in force lets pass, and how many
    pass again that it stops."""

    texts: int
    blocked: int
    held: int
    newly_blocked: int
    newly_held: int
    freed: int
    by_category: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()


def predict(draft: Policy, in_force: Policy, texts: Iterable[str], classify: Classify | None = None) -> Effect:
    """The effect of publishing `draft` in the place of `in_force`."""
    new, old = Screen(draft, classify), Screen(in_force, classify)
    counts: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    samples: list[Sample] = []
    for text in texts:
        counts["texts"] += 1
        found, before = gravest(new.check(text, "answer")), gravest(old.check(text, "answer"))
        if found is None:
            counts["freed"] += before is not None
            continue
        verb = "blocked" if found.severity == "block" else "held"
        counts[verb] += 1
        categories[found.category] += 1
        if before is None or (before.severity == "review" and found.severity == "block"):
            counts[f"newly_{verb}"] += 1
            if len(samples) < _SAMPLES:
                samples.append(_sample(text, found))
    return Effect(
        texts=counts["texts"],
        blocked=counts["blocked"],
        held=counts["held"],
        newly_blocked=counts["newly_blocked"],
        newly_held=counts["newly_held"],
        freed=counts["freed"],
        by_category=dict(categories.most_common()),
        samples=tuple(samples),
    )


def _sample(text: str, found: Finding) -> Sample:
    first = max(found.start - _AROUND, 0)
    shown = mask(text)[first : min(found.end, found.start + 200) + _AROUND]
    return Sample(shown, found.start - first, min(found.end - first, len(shown)), found.category, found.severity)
