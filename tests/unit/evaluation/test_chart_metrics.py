"""The measures of chart reading, against their definitions and SciPy's assignment."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from wentu.core.errors import BadInput
from wentu.core.results import Chart, ChartSeries
from wentu.evaluation.charts.cases import Case, read_cases
from wentu.evaluation.charts.figures import Judged, figures
from wentu.evaluation.charts.metrics import assignment, off, relaxed, relaxed_accuracy, rms_f1, rnss
from wentu.tasks.chart.analysis import analysed

TRUE = Chart("bar_grouped", x=("2020", "2021"), series=(ChartSeries("A", (10, 20)), ChartSeries("B", (30, 40))))


def chart(*rows: tuple[str, tuple[float | None, ...]], x: tuple[str, ...] = ("2020", "2021")) -> Chart:
    return Chart("bar_grouped", x=x, series=tuple(ChartSeries(name, values) for name, values in rows))


@pytest.mark.parametrize("shape", list(product((1, 3, 7), (1, 4, 7))))
def test_the_assignment_is_the_cheapest(shape: tuple[int, int]) -> None:
    cost = np.random.default_rng(sum(shape)).random(shape)
    found = assignment(cost)
    rows, columns = linear_sum_assignment(cost)
    assert sum(cost[i, j] for i, j in found) == pytest.approx(cost[rows, columns].sum())
    assert len({i for i, _ in found}) == len({j for _, j in found}) == min(shape)


def test_a_zero_and_a_wrong_sign_are_distances() -> None:
    assert (off(0, 0), off(1, 0), off(-5, 5), off(5.2, 5)) == (0, 1, 1, pytest.approx(0.04))


def test_relaxed_lets_five_percent_pass_but_no_wrong_year() -> None:
    assert relaxed(104.9, 100) and not relaxed(106, 100)
    assert not relaxed(2019.0, 2020.0)
    assert relaxed("产品 A", "产品a") and not relaxed("产品B", "产品A")


def test_the_same_table_is_one_and_so_is_its_transpose() -> None:
    turned = chart(("2020", (10, 30)), ("2021", (20, 40)), x=("A", "B"))
    assert rms_f1(TRUE, TRUE) == rms_f1(turned, TRUE) == 1
    assert relaxed_accuracy(TRUE, TRUE) == 1


def test_a_value_off_by_more_than_a_tenth_counts_nothing() -> None:
    assert rms_f1(chart(("A", (10, 20)), ("B", (30, 45))), TRUE) == pytest.approx(0.75)
    assert rms_f1(chart(("A", (10, 20)), ("B", (30, 42))), TRUE) == pytest.approx((3 + 0.95) / 4)


def test_swapped_series_are_wrong_and_missing_ones_cost_recall() -> None:
    assert rms_f1(chart(("B", (10, 20)), ("A", (30, 40))), TRUE) == 0
    assert rms_f1(chart(("A", (10, 20)), ("C", (None, None))), TRUE) == pytest.approx(2 * 0.5 / 1.5)
    assert relaxed_accuracy(chart(("A", (10, 20))), TRUE) == 0.5


def test_a_name_misread_by_one_letter_costs_a_part() -> None:
    off_by_one = Chart("bar", x=("Berlin", "Parls"), series=(ChartSeries("", (1, 2)),))
    true = Chart("bar", x=("Berlin", "Paris"), series=(ChartSeries("Sales", (1, 2)),))
    assert rms_f1(off_by_one, true) == pytest.approx((1 + 5 / 6) / 2)
    assert relaxed_accuracy(off_by_one, true) == 0.5


def test_a_pie_read_in_percent_is_compared_in_percent() -> None:
    true = Chart("pie", x=("a", "b"), series=(ChartSeries("", (30, 10)),))
    read = Chart("pie", x=("a", "b"), series=(ChartSeries("", (75, 25)),), unit="%")
    assert rms_f1(read, true) == relaxed_accuracy(read, true) == 1


def test_equal_keys_are_paired_by_value() -> None:
    true = Chart("scatter", series=(ChartSeries("", (1, 2, 3), x=(10, 20, 30)),))
    read = Chart("scatter", series=(ChartSeries("", (3, 1, 2), x=(30, 10, 20)),))
    assert rms_f1(read, true) == relaxed_accuracy(read, true) == 1


def test_number_sets_without_names() -> None:
    assert rnss([1, 2], [2, 1]) == 1
    assert rnss([1], [1, 2]) == 0.5
    assert (rnss([], []), rnss([], [1])) == (1, 0)


def test_figures_part_charts_from_pictures_that_are_none(tmp_path: Path) -> None:
    line = Chart("line", x=("1月", "2月", "3月", "4月"), series=(ChartSeries("", (10, 20, 30, 40)),))
    cases = [
        Judged(Case(tmp_path, line, "own", labelled=True), analysed(line, "en"), 1.0),
        Judged(Case(tmp_path, line, "own"), Chart("not_a_chart"), 3.0),
        Judged(Case(tmp_path, Chart("not_a_chart"), "photos"), Chart("not_a_chart"), 1.0),
        Judged(Case(tmp_path, Chart("not_a_chart"), "photos"), line, 1.0),
    ]
    found = figures(cases)
    assert (found.charts, found.not_charts, found.false_answers) == (2, 2, 1)
    assert (found.type_accuracy, found.rms_f1, found.relaxed_accuracy) == (0.5, 0.5, 0.5)
    assert (found.labelled_relaxed, found.forecast_accuracy, found.median_s) == (1, 0.5, 1)


def test_a_set_is_pictures_with_their_truth(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "a.json").write_text(json.dumps({"type": "bar", "x": ["a"], "series": [{"name": None, "values": [1]}]}))
    (tmp_path / "b.jpg").touch()
    chart_, other = read_cases(tmp_path)
    assert chart_.truth == Chart("bar", x=("a",), series=(ChartSeries("", (1.0,)),))
    assert not other.is_chart
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(BadInput):
        read_cases(tmp_path)


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        read_cases(tmp_path)
    with pytest.raises(BadInput):
        read_cases(tmp_path / "none")
