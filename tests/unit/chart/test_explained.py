"""The tutor's words: every number in them is in the table or computed from it."""

import re

import pytest

from wentu.core.results import Chart, ChartSeries
from wentu.tasks.chart.analysis import analysed
from wentu.tasks.chart.followup import answer
from wentu.tasks.chart.steps import number

CHARTS = [
    Chart(
        "line",
        "销量",
        x=tuple(f"{k}月" for k in range(1, 9)),
        series=(ChartSeries("", (3, 5, 4.5, 7, 8, 9.25, 10, 12)),),
    ),
    Chart("bar_grouped", x=("2019", "2020", "2021"), series=(ChartSeries("A", (1, 2, 3)), ChartSeries("B", (9, 7, 5)))),
    Chart("pie", x=("a", "b"), series=(ChartSeries("", (25.0, 75.0)),), unit="%"),
    Chart("scatter", series=(ChartSeries("", (1.5, 2.5, 3.6), x=(1.0, 2.0, 3.0)),)),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.type)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_number_of_the_steps_is_known(chart: Chart, language: str) -> None:
    done = analysed(chart, language)
    known = {"95", "2", "100", *re.findall(r"\d+(?:\.\d+)?", " ".join((chart.title, *chart.x)))}
    values = [v for s in done.series for v in (*s.values, *s.x) if v is not None]
    for one in done.statistics:
        values += [one.count, one.min, one.max, one.mean, one.total]
        values += [v for v in (one.change, one.change_percent, one.slope, one.intercept) if v is not None]
        values += [round(one.r2, 4)] if one.r2 is not None else []
    for ahead in done.forecast:
        values += [v for v in (ahead.value, ahead.low, ahead.high) if v is not None]
        known |= set(re.findall(r"\d+(?:\.\d+)?", ahead.x))
    known |= {number(abs(value)) for value in values}
    said = re.findall(r"\d+(?:\.\d+)?", " ".join(done.steps))
    assert said
    assert set(said) <= known


def test_no_chart_has_no_number() -> None:
    done = analysed(Chart("not_a_chart"), "en")
    assert not re.search(r"\d", " ".join(done.steps))
    assert done.series == done.forecast == ()


@pytest.mark.parametrize("question", ["照这样下去，10月是多少？", "If it goes on, what is month 10?", "再过2个月呢？"])
def test_what_comes_next_is_answered_from_the_table(question: str) -> None:
    chart = Chart("line", x=tuple(f"{k}月" for k in range(1, 9)), series=(ChartSeries("", tuple(range(1, 9))),))
    assert "10" in answer(chart, question).split("95")[0]


def test_the_highest_is_named_with_its_place() -> None:
    assert answer(CHARTS[2], "Which is highest?") == "highest: b, 75%"
