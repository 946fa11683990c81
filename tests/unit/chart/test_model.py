"""The model's reading is laid beside the others and judged; alone it never makes a chart."""

import json

from wentu.core.results import Chart, ChartPoint, ChartSeries
from wentu.tasks.chart.model import merged

X = ("1月", "2月", "3月")


def chart(*values: float | None) -> Chart:
    points = tuple(None if v is None else ChartPoint(v, 0.5, "pixel", readings={"pixel": v}) for v in values)
    return Chart("bar", x=X, series=(ChartSeries("销量", values, points),))


def said(values: list[float | None], *, name: str = "销量", is_chart: bool = True) -> str:
    return json.dumps({"is_chart": is_chart, "x": list(X), "series": [{"name": name, "values": values}]})


def test_pixels_beat_the_model_and_both_are_kept() -> None:
    point = merged(chart(10, 20, 30), said([10.2, 20, 30])).series[0].points[0]
    assert point is not None
    assert (point.value, point.source, point.disagree) == (10, "pixel", False)
    assert point.readings == {"pixel": 10, "model": 10.2}


def test_a_model_that_says_otherwise_is_flagged_and_not_believed() -> None:
    found = merged(chart(10, 20, 30), said([10, 35, 30]))
    point = found.series[0].points[1]
    assert point is not None and point.disagree
    assert found.series[0].values == (10, 20, 30)
    assert "readings_disagree" in found.warnings


def test_what_nothing_else_read_is_the_models_with_its_source() -> None:
    found = merged(chart(10, None, 30), said([10, 21, 30]))
    point = found.series[0].points[1]
    assert point is not None
    assert (point.value, point.source) == (21, "model") and point.error > 0


def test_a_series_of_another_name_is_taken_by_its_place() -> None:
    point = merged(chart(10, 20, 30), said([10, 20, 31], name="sales")).series[0].points[2]
    assert point is not None and point.readings["model"] == 31


def test_the_model_alone_makes_no_chart_and_no_nonsense_is_believed() -> None:
    assert merged(Chart("not_a_chart"), said([1, 2, 3])) == Chart("not_a_chart")
    whole = chart(10, 20, 30)
    for text in ("", "no chart", "[]", '{"is_chart": true}', said([1, 2, 3], is_chart=False)):
        assert merged(whole, text) == whole
