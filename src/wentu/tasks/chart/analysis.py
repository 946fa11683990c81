"""A table's whole analysis: statistics, forecast, steps. The same for a picture's table and for one that was sent."""

from __future__ import annotations

from dataclasses import replace

from wentu.core.results import Chart, ChartForecast, ChartSeries, SeriesStatistics
from wentu.tasks.chart.periods import ordered, positions
from wentu.tasks.chart.steps import explain
from wentu.tasks.chart.trends import forecasts, statistics


def analysed(chart: Chart, language: str) -> Chart:
    """The chart with everything that is computed from its table. A chart without numbers stays without."""
    if chart.type == "not_a_chart":
        return replace(chart, explanations=explain(chart), steps=explain(chart)[language])
    stats = tuple(found for series in chart.series if (found := _statistics(chart, series)) is not None)
    ahead = tuple(one for series in chart.series for one in _forecast(chart, series))
    done = replace(chart, statistics=stats, forecast=ahead)
    told = explain(done)
    return replace(done, explanations=told, steps=told[language])


def goes_on(chart: Chart) -> bool:
    """Whether the chart's places have an order in which one can go on."""
    if chart.type in ("pie", "donut", "scatter", "not_a_chart"):
        return False
    return ordered(chart.x) or chart.type in ("line", "area")


def known(chart: Chart, series: ChartSeries) -> tuple[list[str], list[float]]:
    """The labels and values of a series where it has values."""
    pairs = [(x, v) for x, v in zip(chart.x, series.values, strict=False) if v is not None]
    return [x for x, _ in pairs], [v for _, v in pairs]


def reading_error(series: ChartSeries) -> float:
    """The mean error of a series' readings."""
    errors = [point.error for point in series.points if point is not None]
    return sum(errors) / len(errors) if errors else 0.0


def _statistics(chart: Chart, series: ChartSeries) -> SeriesStatistics | None:
    if series.x:
        pairs = [(x, v) for x, v in zip(series.x, series.values, strict=False) if v is not None]
        return statistics(series.name, [x for x, _ in pairs], [v for _, v in pairs]) if pairs else None
    labels, values = known(chart, series)
    if not values:
        return None
    return statistics(series.name, positions(labels) if goes_on(chart) and len(labels) > 1 else None, values)


def _forecast(chart: Chart, series: ChartSeries) -> tuple[ChartForecast, ...]:
    labels, values = known(chart, series)
    if not goes_on(chart) or len(values) < 2 or len(values) < len(chart.x):
        return ()
    return forecasts(series.name, labels, values, reading_error(series))
