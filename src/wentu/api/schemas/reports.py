"""What was measured on this machine, on the wire."""

from __future__ import annotations

from pydantic import Field

from wentu.api.schemas.base import Out

Share = float | None


class FeatureOut(Out):
    name: str
    present: bool


class MeasuredMachineOut(Out):
    """The machine that a command ran on."""

    system: str
    processor: str
    cores_physical: int
    cores_allowed: float = Field(description="What affinity and the container leave.")
    memory_bytes: int | None
    features: list[FeatureOut] = Field(description="Instruction sets that decide how fast it can be.")


class BenchOut(Out):
    """Speed, engine by engine, measured one after the other on the same questions."""

    engines: dict[str, dict[str, float | None]] = Field(
        description="Figures by engine; names end in their unit (_s, _mb, _tokens_per_s). null: it has no such thing."
    )
    models: dict[str, str] = Field(description="What each engine was measured with; empty: no weights.")
    versions: dict[str, str] = Field(description="Of the packages that decide how fast an engine is.")
    random: bool = Field(description="Random weights of the full size: right for speed, and for nothing else.")
    runs: int = Field(description="Each figure is the median of so many runs.")


class DocumentScoreOut(Out):
    """How documents were read. Shares are 0..1."""

    n_fields: int
    field_exact: float
    document_exact: float
    micro_f1: float
    silent_wrong: float = Field(description="Wrong values that were called verified, of all fields.")
    verified: float
    ece: float = Field(description="Expected calibration error of the confidence.")
    accuracy_at_80: float = Field(description="Accuracy of the 80 % of fields that it is surest of.")


class DocumentsAccuracyOut(Out):
    """The accuracy of document reading."""

    drawn: bool = Field(description="A set that the command drew itself; else documents of one's own.")
    clean: DocumentScoreOut
    types: dict[str, DocumentScoreOut]
    levels: dict[str, DocumentScoreOut] = Field(description="From level 0 (clean) to 3 (badly spoiled).")


class ChartsAccuracyOut(Out):
    """How charts were read by text and geometry. Shares are 0..1; null where the set asks for nothing of the kind."""

    charts: int
    type_accuracy: Share
    rms_f1: Share
    relaxed_accuracy: Share = Field(description="Values within 5 %.")
    forecast_accuracy: Share
    not_charts: int
    false_answers: int = Field(description="Pictures that are no charts and were given numbers.")
    median_s: float


class SupportAccuracyOut(Out):
    """The accuracy of customer service. Shares are 0..1; null where the set asks for nothing of the kind."""

    cases: int
    outcome_accuracy: float
    exact_variant: Share
    entry_accuracy: Share
    contradiction_recall: Share
    abstention_precision: Share
    wrong_price_rate: float
    median_s: float
    slowest_s: float


class ReportOut(Out):
    """The last run of a command: when, by which release, on which machine."""

    made_at: float = Field(description="Unix seconds.")
    release: str
    machine: MeasuredMachineOut


class BenchReportOut(ReportOut):
    found: BenchOut


class DocumentsReportOut(ReportOut):
    found: DocumentsAccuracyOut


class ChartsReportOut(ReportOut):
    found: ChartsAccuracyOut


class SupportReportOut(ReportOut):
    found: SupportAccuracyOut


class ReportsOut(Out):
    """The last reports; null where the command was never run here."""

    bench: BenchReportOut | None = Field(description="`wentu bench`")
    documents: DocumentsReportOut | None = Field(description="`wentu selftest`")
    charts: ChartsReportOut | None = Field(description="`wentu eval charts`")
    support: SupportReportOut | None = Field(description="`wentu eval support`")
