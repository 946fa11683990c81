"""What a task gives beside its words: one frozen type a task, the same in the API, the command line and the exports.

Each has a `kind`, by which a stored one is recognised. The names are a contract: clients and files see
exactly these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wentu.core.geometry import Polygon

Alignment = Literal["exact", "normalized", "fuzzy", "none"]
FieldStatus = Literal["verified", "grounded", "inferred", "conflict", "unreadable", "absent"]
Level = Literal["error", "warn"]
Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Region:
    """Where a value stands: `polygon` has 4 points in pixels of page `page` (from 0), clockwise from top left.

    `line_ids` are the indexes of the page's text lines that it lies in.
    """

    page: int
    polygon: Polygon
    line_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that a value was held against, by its id of the contract (`id.checksum`, `invoice.total` ...)."""

    id: str
    level: Level
    passed: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal: with `to` in the place of `from_` the checks would hold. Nothing is ever repaired silently."""

    from_: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value out of a document with everything that is known about it.

    `raw_text` is what stands there, `value` the same normalised (dates ISO 8601, numbers as numbers).
    `confidence` is calibrated, 0..1; `signals` are what it was made of (`ocr`, `vlm`, `agreement`, `checks`,
    `image_quality`). `reason` says why an unreadable value can't be read; `proofs` name what confirms a verified one,
    and `alternatives` are the texts of the readings that say something else.
    """

    value: Value
    raw_text: str
    normalized: str
    type: str
    status: FieldStatus
    confidence: float
    signals: Mapping[str, float | None] = field(default_factory=dict)
    regions: tuple[Region, ...] = ()
    alignment: Alignment = "none"
    checks: tuple[Check, ...] = ()
    repair: Repair | None = None
    reason: str = ""
    proofs: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityWarning:
    """An honest word about a picture's quality (`blur`, `glare`, `cut_off` ...), with a score where there is one."""

    id: str
    message: str
    score: float | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """The fields of one document; `fields` by their dotted ids (`buyer.name`, `items.0.amount`)."""

    type: str
    fields: Mapping[str, FieldValue]
    checks: tuple[Check, ...] = ()
    quality: tuple[QualityWarning, ...] = ()
    kind: Literal["extraction"] = "extraction"


Outcome = Literal["answered", "contradiction", "ambiguous", "not_in_kb", "handoff", "unreadable"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer rests on: a row of the knowledge base (`id`, `place`, `version`) or a box in a picture (`region`).

    `field` is what it says something about (`price`, `model`, `answer` ...), `value` what it says, `text` as it stands.
    """

    source: Literal["knowledge", "picture"]
    field: str
    value: Value
    text: str
    id: str = ""
    place: str = ""
    version: int | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that it could be as well; `attributes` are those in which the candidates differ."""

    sku: str
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Support:
    """An answer of customer service. Every value in `facts` comes from the knowledge base.

    `seen` is what was read in the picture, by attribute; `reason` says why it was handed over or can't be read (an
    id); `summary` is what a person who takes over has to know; `correction` the person's answer that was used.
    """

    outcome: Outcome
    answer: str
    sku: str | None = None
    faq_id: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    summary: str = ""
    correction: str | None = None
    kb_version: int = 0
    kind: Literal["support"] = "support"


ChartType = Literal[
    "bar", "bar_horizontal", "bar_grouped", "bar_stacked", "line", "scatter", "pie", "donut", "area", "not_a_chart"
]
ValueSource = Literal["label", "pixel", "model", "given"]


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One value read from a chart. `error` is the reading error (+-) in the axis' unit.

    `source`: a printed data label beats pixels, pixels beat the model; "given": a table that was sent instead of a
    picture. `readings` are all that were made; `disagree` says that they differ by more than their errors.
    `box` is (x0, y0, x1, y1) in pixels of the picture.
    """

    value: float
    error: float
    source: ValueSource
    box: tuple[float, float, float, float] | None = None
    readings: Mapping[str, float] = field(default_factory=dict)
    disagree: bool = False


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """`values[i]` belongs to the chart's `x[i]`, or to the series' own `x[i]` where it has one (scatter)."""

    name: str
    values: tuple[float | None, ...]
    points: tuple[ChartPoint | None, ...] = ()
    x: tuple[float, ...] = ()
    color: str = ""


@dataclass(frozen=True, slots=True)
class SeriesStatistics:
    """Computed from the table. `slope` is per period (or per unit of x); percents are in percent, `r2` is 0..1."""

    series: str
    count: int
    min: float
    max: float
    mean: float
    total: float
    change: float | None = None
    change_percent: float | None = None
    cagr_percent: float | None = None
    slope: float | None = None
    intercept: float | None = None
    r2: float | None = None


@dataclass(frozen=True, slots=True)
class ChartForecast:
    """A value that many periods `ahead`. `low` and `high` (95 %) are missing below four points."""

    series: str
    ahead: int
    x: str
    value: float
    low: float | None
    high: float | None
    model: Literal["linear", "quadratic", "exponential", "moving_mean"]
    chosen: bool
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's table and everything computed from it. `steps` are in the language of the question.

    `orientation` belongs to bars, `stacked` to areas and bars. `overlay` (0..1) is how well the table, drawn back over
    the picture, covers its marks. `warnings` are ids (`axis_not_calibrated`, `readings_disagree` ...).
    """

    type: ChartType
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x: tuple[str, ...] = ()
    series: tuple[ChartSeries, ...] = ()
    statistics: tuple[SeriesStatistics, ...] = ()
    forecast: tuple[ChartForecast, ...] = ()
    steps: tuple[str, ...] = ()
    explanations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""
    scale: Literal["linear", "log"] = "linear"
    orientation: Literal["vertical", "horizontal"] | None = None
    stacked: bool | None = None
    overlay: float | None = None
    warnings: tuple[str, ...] = ()
    kind: Literal["chart"] = "chart"


Result = Extraction | Support | Chart
