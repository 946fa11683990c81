"""Statistics and forecasts against hand-worked figures."""

import math

import pytest

from wentu.core.results import Chart, ChartSeries
from wentu.tasks.chart.analysis import analysed
from wentu.tasks.chart.trends import choose_model, fit_line, forecasts, statistics

MONTHS = ("一月", "二月", "三月", "四月", "五月", "六月")


def test_the_line_is_the_least_squares_line() -> None:
    line = fit_line([1, 2, 3, 4], [2, 4, 5, 8])
    assert line is not None
    assert (line.slope, line.intercept) == (pytest.approx(1.9), pytest.approx(0.0))
    assert line.r2 == pytest.approx(1 - 0.7 / 18.75)


def test_the_interval_is_the_textbook_formula_and_grows_with_the_reading_error() -> None:
    line = fit_line([1, 2, 3, 4], [2, 4, 5, 8])
    assert line is not None
    s = math.sqrt(0.7 / 2)
    assert line.half_width(5, 0) == pytest.approx(4.303 * s * math.sqrt(1 + 1 / 4 + 2.5**2 / 5))
    assert line.half_width(5, 1.0) > line.half_width(5, 0)


def test_three_points_give_a_forecast_without_an_interval() -> None:
    found = forecasts("", ["2019", "2020", "2021"], [1, 2, 3], 0.1)
    assert [(f.ahead, f.x, f.low) for f in found][:2] == [(1, "2022", None), (2, "2023", None)]
    assert found[0].value == pytest.approx(4)
    assert found[0].warning == "few_points"


def test_the_straight_line_is_there_beside_a_chosen_curve() -> None:
    squares = [float(k * k) for k in range(1, 9)]
    found = forecasts("", [str(2010 + k) for k in range(8)], squares, 0)
    assert choose_model(range(8), squares) == "quadratic"
    assert {(f.model, f.ahead) for f in found} >= {("linear", k) for k in range(1, 6)} | {("quadratic", 1)}
    assert next(f for f in found if f.chosen and f.ahead == 1).value == pytest.approx(81)


def test_far_ahead_carries_a_warning() -> None:
    found = forecasts("", MONTHS, [1, 2, 3, 4, 5, 6], 0)
    assert [f.warning for f in found] == ["", "", "far_beyond", "far_beyond", "far_beyond"]
    assert found[0].x == "七月"


def test_change_and_growth_come_from_first_and_last() -> None:
    found = statistics("", [1, 2, 3], [100, 110, 121])
    assert (found.change, found.change_percent) == (21, pytest.approx(21))
    assert found.cagr_percent == pytest.approx(10)


def test_names_without_an_order_are_not_forecast() -> None:
    chart = Chart("bar", x=("Paris", "Rome"), series=(ChartSeries("", (1.0, 2.0)),))
    assert analysed(chart, "en").forecast == ()
