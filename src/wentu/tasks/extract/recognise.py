"""Which type of document a page is, by the words that only that type prints."""

from __future__ import annotations

from collections.abc import Sequence

from wentu.core.text import normalize
from wentu.tasks.extract.identifiers import card_checksum
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.schema import DocumentType
from wentu.tasks.extract.sheet import Sheet


def recognise(kinds: Sequence[DocumentType], sheet: Sheet) -> DocumentType:
    """The type whose marks weigh most on this sheet; the only one where there is no choice."""
    if len(kinds) == 1:
        return kinds[0]
    text = normalize(sheet.text).text
    weights = {kind.name: _weight(kind, text) for kind in kinds}
    if "bank-card" in weights and len(sheet.spans) <= 16:
        numbers = [parse("card", span.text) for span in sheet.spans]
        weights["bank-card"] += 3.0 * any(isinstance(number, str) and card_checksum(number) for number in numbers)
    return max(kinds, key=lambda kind: weights[kind.name])


def _weight(kind: DocumentType, text: str) -> float:
    return sum(weight for mark, weight in kind.marks.items() if normalize(mark).text in text)
