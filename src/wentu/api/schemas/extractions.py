"""Documents into fields on the wire; the field object is the same in the command line, the page and the exports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from wentu.api.schemas.base import In, JsonObject, Out
from wentu.core.detail import Detail

MAX_SCHEMA = 50_000
MAX_ROWS = 2_000


class ExtractionIn(In):
    """One document; its pages are the pictures."""

    pictures: list[Annotated[str, Field(max_length=60_000_000)]] = Field(
        min_length=1, description="`wentu:pic_...`, `data:image/...;base64,...`, or links where links are allowed."
    )
    type: str = Field("auto", max_length=60, description="A document type of docs/documents.md, or `auto`.")
    fields: list[str] | JsonObject | None = Field(
        None, description="Fields of your own instead of a type: a list of names, or a JSON Schema."
    )
    model: str = Field("stable", max_length=200)
    detail: Detail = Field("balanced", description="How closely a vision model looks at the pages.")
    full_numbers: bool = Field(False, description="Bank card numbers in full instead of masked.")


class RegionOut(Out):
    """Where a value stands: four points in pixels of page `page` (from 0), clockwise from top left."""

    page: int
    polygon: list[tuple[float, float]]
    line_ids: list[int]


class CheckOut(Out):
    id: str
    level: Literal["error", "warn"]
    passed: bool
    message: str


class RepairOut(BaseModel):
    """A proposal; nothing is ever repaired silently."""

    from_: str = Field(alias="from")
    to: str
    why: str


class FieldOut(Out):
    value: str | int | float | bool | None
    raw_text: str
    normalized: str
    type: str
    status: Literal["verified", "grounded", "inferred", "conflict", "unreadable", "absent"]
    confidence: float
    signals: dict[str, float | None]
    regions: list[RegionOut]
    alignment: Literal["exact", "normalized", "fuzzy", "none"]
    checks: list[CheckOut]
    repair: RepairOut | None
    reason: str
    proofs: list[str] = Field(description="What confirms a verified value beside the reading itself.")
    alternatives: list[str] = Field(description="Texts of the readings that say something else.")


class QualityOut(Out):
    id: str
    message: str
    score: float | None
    region: RegionOut | None


class ExtractionOut(Out):
    """The fields of one document by their dotted ids."""

    id: str
    type: str
    fields: dict[str, FieldOut]
    checks: list[CheckOut]
    quality: list[QualityOut]
    version: str
    timings: dict[str, float]


class CellIn(In):
    value: str | int | float | bool | None = None
    status: str = Field("", max_length=20)


class DocumentIn(In):
    id: str = Field(max_length=400)
    type: str = Field("", max_length=60)
    fields: dict[str, CellIn]


class ExportIn(In):
    """Documents as the page has them, with what was corrected by hand."""

    format: Literal["csv", "xlsx"]
    documents: list[DocumentIn] = Field(max_length=MAX_ROWS)

    def objects(self) -> list[dict[str, Any]]:
        return [one.model_dump() for one in self.documents]
