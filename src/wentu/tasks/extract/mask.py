"""Card numbers as answers show them."""

from __future__ import annotations

import re
from dataclasses import replace

from wentu.core.results import FieldValue, Repair

_DIGIT = re.compile(r"\d")


def masked(one: FieldValue) -> FieldValue:
    """The value with all but the first six and last four digits starred (PCI DSS 4.0, 3.4.1), in every form of it."""
    value = mask(one.value) if isinstance(one.value, str) else one.value
    repair = one.repair
    if repair is not None:
        repair = Repair(mask(repair.from_), mask(repair.to), repair.why)
    others = tuple(mask(text) for text in one.alternatives)
    return replace(
        one,
        value=value,
        raw_text=mask(one.raw_text),
        normalized=mask(one.normalized),
        repair=repair,
        alternatives=others,
    )


def mask(text: str) -> str:
    """Digits starred but for six at the start and four at the end; of short numbers all but four."""
    places = [match.start() for match in _DIGIT.finditer(text)]
    hidden = set(places[6:-4] if len(places) >= 13 else places[:-4])
    return "".join("*" if at in hidden else character for at, character in enumerate(text))
