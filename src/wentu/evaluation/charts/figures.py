"""What is counted over a set: types, tables, labels, forecasts, false answers, seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.core.results import Chart, ChartForecast
from wentu.evaluation.charts.cases import Case
from wentu.evaluation.charts.metrics import (
    RELAXED,
    entries,
    off,
    plain,
    relaxed_accuracy,
    rms_f1,
    rnss,
)
from wentu.tasks.chart.analysis import analysed


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what was read of it. `seconds` is the time from picture to table."""

    case: Case
    found: Chart
    seconds: float

    @property
    def right_type(self) -> bool:
        return self.found.type == self.case.truth.type

    @property
    def has_numbers(self) -> bool:
        return any(value is not None for series in self.found.series for value in series.values)

    @property
    def rms_f1(self) -> float:
        return rms_f1(self.found, self.case.truth)

    @property
    def relaxed(self) -> float:
        return relaxed_accuracy(self.found, self.case.truth)

    @property
    def rnss(self) -> float:
        read = [one.value for one in entries(self.found)]
        return rnss(read, [one.value for one in entries(self.case.truth, shares=self.found.unit == "%")])

    @property
    def forecast(self) -> bool | None:
        """Whether the straight line's next period lies within 5 % of that of the true data; None where they give
        none."""
        asked = _next(analysed(self.case.truth, "en"))
        if not asked:
            return None
        told = _next(self.found)
        if len(asked) == len(told) == 1:
            return off(told[0].value, asked[0].value) <= RELAXED
        by_name = {plain(one.series): one.value for one in told}
        return all(off(by_name.get(plain(one.series), float("inf")), one.value) <= RELAXED for one in asked)


def _next(chart: Chart) -> list[ChartForecast]:
    return [one for one in chart.forecast if one.model == "linear" and one.ahead == 1]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are 0..1, means over charts; None where the set asks for nothing of the kind. `false_answers` counts the
    pictures that are no charts and were given numbers."""

    charts: int
    type_accuracy: float | None
    rms_f1: float | None
    rnss: float | None
    relaxed_accuracy: float | None
    labelled_relaxed: float | None
    axis_labels: float | None
    forecast_accuracy: float | None
    not_charts: int
    false_answers: int
    median_s: float
    slowest_s: float


def figures(judged: Sequence[Judged]) -> Figures:
    """The figures of a set, or of a part of one."""
    charts = [one for one in judged if one.case.is_chart]
    others = [one for one in judged if not one.case.is_chart]
    forecasts = [right for one in charts if (right := one.forecast) is not None]
    axes = [
        plain(read) == plain(true)
        for one in charts
        for read, true in (
            (one.found.x_label, one.case.truth.x_label),
            (one.found.y_label, one.case.truth.y_label),
        )
        if true
    ]
    times = sorted(one.seconds for one in judged)
    return Figures(
        charts=len(charts),
        type_accuracy=_mean([one.right_type for one in charts]),
        rms_f1=_mean([one.rms_f1 for one in charts]),
        rnss=_mean([one.rnss for one in charts]),
        relaxed_accuracy=_mean([one.relaxed for one in charts]),
        labelled_relaxed=_mean([one.relaxed for one in charts if one.case.labelled]),
        axis_labels=_mean(axes),
        forecast_accuracy=_mean(forecasts),
        not_charts=len(others),
        false_answers=sum(one.has_numbers for one in others),
        median_s=statistics.median(times) if times else 0.0,
        slowest_s=times[-1] if times else 0.0,
    )


def by_part(judged: Sequence[Judged]) -> dict[str, Figures]:
    """The figures of each renderer's charts, of each type's, and of the photographed ones."""
    parts: dict[str, list[Judged]] = {}
    for one in judged:
        if one.case.photo:
            parts.setdefault("photographed", []).append(one)
            continue
        parts.setdefault(f"renderer {one.case.renderer}", []).append(one)
        if one.case.is_chart:
            parts.setdefault(f"type {one.case.truth.type}", []).append(one)
    return {name: figures(parts[name]) for name in sorted(parts)}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
