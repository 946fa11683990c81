"""Whether the knowledge base's words answer a question, or whether it is better to say that they don't.

A search always finds something. What it found is an answer only if the entry answers to most of the question's words
(`coverage`), or if the question has all of a short title (`overlap`), and if the second best is not as good.
"""

from __future__ import annotations

import re

from wentu.core.knowledge import EntryHit
from wentu.core.terms import fold
from wentu.tasks.base import Knowledge
from wentu.tasks.support.seen import Seen

# Chosen on the two tuning catalogues of `wentu eval support` (shop of electronics, shop of shoes); the cosmetics and
# appliances shops were left out of the choice.
SURE_COVERAGE = 0.62
SURE_OVERLAP = 0.55
LEAST_COVERAGE = 0.45
NEAR_COSINE = 0.88
MARGIN = 0.04
_TROUBLE = re.compile(
    r"错误|异常|失败|故障|代码|报错|无法|error|fail|fault|code|unable|cannot|can't|warning|警告|(?<![a-z0-9])[a-z]{1,3}-?\d{2,4}(?![a-z0-9])"
)


def best_entry(knowledge: Knowledge, question: str) -> tuple[EntryHit | None, tuple[EntryHit, ...]]:
    """The entry that answers the question, or None to abstain; and what was looked at."""
    if not question.strip():
        return None, ()
    hits = tuple(knowledge.find_entries(question, 6))
    if not hits or not answers(hits[0]):
        return None, hits
    first = hits[0]
    rivals = [
        hit for hit in hits[1:] if answers(hit) and first.score - hit.score < MARGIN and hit.overlap >= first.overlap
    ]
    return (None if len(rivals) > 1 and first.coverage < 0.8 else first), hits


def answers(hit: EntryHit) -> bool:
    """Whether an entry answers to enough of a question."""
    if hit.coverage >= SURE_COVERAGE and hit.overlap >= 0.2:
        return True
    if hit.overlap >= SURE_OVERLAP and hit.coverage >= LEAST_COVERAGE:
        return True
    near = hit.cosine is not None and hit.cosine >= NEAR_COSINE
    return near and hit.coverage >= 0.35


def trouble(seen: Seen) -> str:
    """What a picture says is wrong: the lines with an error, a failure or a code."""
    found = [line.text for line in seen.lines if _TROUBLE.search(fold(line.text))]
    return " ".join(found[:6])
