"""The tutor's words over a whole drawn set: every number in them is in the table or computed from it."""

import re
from collections.abc import Iterator

import pytest

from charts.spec import TYPES, make
from wentu.core.results import Chart, ChartSeries
from wentu.tasks.chart.analysis import analysed
from wentu.tasks.chart.steps import number

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def charts() -> Iterator[Chart]:
    for k in range(120):
        spec = make(f"explained/{k}", TYPES[k % len(TYPES)])
        series = tuple(ChartSeries(name, values, x=own or ()) for name, values, own in spec.rows)
        yield Chart(spec.type, spec.title, spec.x_label, spec.y_label, spec.x, series)  # type: ignore[arg-type]


def known(chart: Chart) -> set[str]:
    """Every number that the table holds or gives, as the steps print it; those of its texts; 95 % and R squared."""
    values: list[float | None] = [v for s in chart.series for v in (*s.values, *s.x)]
    for one in chart.statistics:
        values += [one.count, one.min, one.max, one.mean, one.total, one.change, one.change_percent, one.slope]
        values += [one.intercept, None if one.r2 is None else round(one.r2, 4)]
    for ahead in chart.forecast:
        values += [ahead.value, ahead.low, ahead.high]
    printed = {number(abs(v)) for v in values if v is not None}
    texts = [chart.title, chart.x_label, chart.y_label, *chart.x, *(s.name for s in chart.series)]
    texts += [ahead.x for ahead in chart.forecast]
    return {"95", "2", "100"} | printed | set(_NUMBER.findall(" ".join(texts)))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_number_of_every_explanation_is_known(language: str) -> None:
    said = 0
    for chart in charts():
        done = analysed(chart, language)
        numbers = set(_NUMBER.findall(" ".join(done.steps)))
        assert numbers <= known(done), (chart.title, numbers - known(done))
        said += len(numbers)
    assert said > 2000


def test_forecasts_have_an_interval_from_four_points_on() -> None:
    for chart in charts():
        for ahead in analysed(chart, "en").forecast:
            enough = len(chart.x) >= 4
            assert (ahead.low is not None) == enough
            assert ahead.low is None or ahead.high is None or ahead.low <= ahead.value <= ahead.high
