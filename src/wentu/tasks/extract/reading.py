"""The deterministic reading of a document: its type, its values, its rules, its codes, its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wentu.core.results import QualityWarning
from wentu.core.types import Page
from wentu.tasks.base import Tools
from wentu.tasks.extract.codes import Code, read_codes
from wentu.tasks.extract.invoices import from_qr
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.quality import warnings_of
from wentu.tasks.extract.recognise import recognise
from wentu.tasks.extract.schema import DocumentType, Found, Ruling
from wentu.tasks.extract.sheet import Sheet, make_sheet
from wentu.tasks.extract.turns import turned

_POOR = 0.34  # under this share of its fields, a page may have been read upside down


@dataclass(frozen=True, slots=True)
class Reading:
    """What text, geometry and rules say about a document.

    `said` is what its QR code says, by field. `sheet` is in the picture turned counter-clockwise by `quarters`.
    """

    kind: DocumentType
    sheet: Sheet
    values: Mapping[str, Found]
    rulings: Sequence[Ruling]
    codes: tuple[Code, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    quality: tuple[QualityWarning, ...] = ()
    quarters: int = 0


def read_document(kinds: Sequence[DocumentType], pages: Sequence[Page], tools: Tools) -> Reading:
    """The pages as the one of these types that fits; lying and upside-down pictures are turned and read again."""
    best: tuple[float, DocumentType, Sheet, dict[str, Found], int] | None = None
    for attempt in turned(pages, tools):
        sheet = make_sheet(attempt.pages)
        kind = recognise(kinds, sheet)
        values = kind.read(kind, sheet)
        share = _share(kind, values)
        if best is None or share > best[0] + 0.05:
            best = (share, kind, sheet, values, attempt.quarters)
        if best[0] >= _POOR:
            break
    assert best is not None
    _, kind, sheet, values, quarters = best
    codes = read_codes(pages) if kind.name.endswith("invoice") else ()
    said = {}
    for code in codes:
        said = from_qr(code.text, digital=kind.name.startswith("digital"))
        if said:
            if kind.field("qr_payload"):
                values["qr_payload"] = Found(code.text, code.text)
            break
    known = {field_id: found.value for field_id, found in values.items() if found.value is not None}
    quality = tuple(warning for number, page in enumerate(pages) for warning in warnings_of(page, number))
    return Reading(kind, sheet, values, kind.rules(known), codes, _normal(kind, said), quality, quarters)


def _normal(kind: DocumentType, said: Mapping[str, str]) -> dict[str, str]:
    """A code's values in the form of the fields."""
    normal = {}
    for field_id, text in said.items():
        one = kind.field(field_id)
        value = parse(one.kind, text) if one else None
        if isinstance(value, str):
            normal[field_id] = value
    return normal


def _share(kind: DocumentType, values: Mapping[str, Found]) -> float:
    """The share of the fields that were found, of those that stand in text."""
    wanted = [one.id for one in kind.fields if one.kind != "flag"]
    found = sum(field_id in values for field_id in wanted)
    return found / max(1, len(wanted))
