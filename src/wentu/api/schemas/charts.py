"""Charts on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from wentu.api.schemas.base import In, JsonObject, Out


class ChartRequest(In):
    """One picture of a chart, or a table that was read before."""

    picture: str | None = Field(None, description="`data:image/...;base64,...`, `wentu:pic_...`, or an allowed link.")
    table: JsonObject | None = Field(
        None, description="`{type, x, series: [{name, values}]}` as an earlier answer gave it; nothing is read again."
    )
    question: str = Field("", max_length=2000, description="Answered from the table.")
    language: Literal["zh-CN", "en"] | None = Field(None, description="Of the steps; else that of the question.")
    model: str = Field("stable", min_length=1, max_length=200)


class _Part(Out):
    """A part of a chart. What the reading adds later travels along."""

    model_config = ConfigDict(frozen=True, extra="allow")


class ChartPointOut(_Part):
    """One value with its reading error (in the axis' unit), where it comes from and where it stands."""

    value: float
    error: float
    source: Literal["label", "pixel", "model", "given"]
    box: list[float] | None = Field(description="`[x0, y0, x1, y1]` in pixels of the picture.")
    readings: dict[str, float] = Field(description="All readings that were made, by source.")
    disagree: bool


class ChartSeriesOut(_Part):
    """`values[i]` belongs to the chart's `x[i]`, or to the series' own `x[i]` where it has one (scatter)."""

    name: str
    values: list[float | None]
    points: list[ChartPointOut | None]
    x: list[float]
    color: str


class SeriesStatisticsOut(_Part):
    """Computed from the table."""

    series: str
    count: int
    min: float
    max: float
    mean: float
    total: float
    change: float | None
    change_percent: float | None
    cagr_percent: float | None
    slope: float | None
    intercept: float | None
    r2: float | None


class ChartForecastOut(_Part):
    """A value `ahead` periods on, with its 95 % interval where there is one."""

    series: str
    ahead: int
    x: str
    value: float
    low: float | None
    high: float | None
    model: Literal["linear", "quadratic", "exponential", "moving_mean"]
    chosen: bool
    warning: str


class ChartOut(_Part):
    """A read chart; `series[].points` hold each value's error, source and box."""

    id: str
    type: Literal[
        "bar", "bar_horizontal", "bar_grouped", "bar_stacked", "line", "scatter", "pie", "donut", "area", "not_a_chart"
    ]
    title: str
    x_label: str
    y_label: str
    unit: str
    scale: Literal["linear", "log"]
    orientation: Literal["vertical", "horizontal"] | None
    stacked: bool | None
    overlay: float | None = Field(description="0..1: how well the table, drawn back, covers the picture's marks.")
    x: list[str]
    series: list[ChartSeriesOut]
    statistics: list[SeriesStatisticsOut]
    forecast: list[ChartForecastOut]
    steps: list[str]
    explanations: dict[str, list[str]]
    answer: str
    warnings: list[str]
    version: str
    timings: dict[str, float]
