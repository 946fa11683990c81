"""A tutor's steps, in the order a teacher shows them: type, axes, points, trend, conclusion. Chinese and English.

Every number in them is in the table or computed from it; a test holds the texts against the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from wentu.core.results import Chart, ChartForecast, ChartSeries, SeriesStatistics

LANGUAGES = ("zh-CN", "en")
_KINDS = {
    "bar": ("柱状图", "a bar chart"),
    "bar_horizontal": ("条形图", "a horizontal bar chart"),
    "bar_grouped": ("分组柱状图", "a grouped bar chart"),
    "bar_stacked": ("堆叠柱状图", "a stacked bar chart"),
    "line": ("折线图", "a line chart"),
    "scatter": ("散点图", "a scatter chart"),
    "pie": ("饼图", "a pie chart"),
    "donut": ("环形图", "a donut chart"),
    "area": ("面积图", "an area chart"),
}
_MODELS = {
    "linear": ("直线", "straight line"),
    "quadratic": ("二次曲线", "quadratic curve"),
    "exponential": ("指数曲线", "exponential curve"),
    "moving_mean": ("移动平均", "moving mean"),
}


def number(value: float) -> str:
    """A value as the steps say it: four significant digits, whole numbers whole, no exponent."""
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:.0f}"
    text = f"{value:.4g}"
    return text if "e" not in text else f"{value:.8f}".rstrip("0").rstrip(".")


def explain(chart: Chart) -> Mapping[str, tuple[str, ...]]:
    """The steps by language."""
    return {language: tuple(_steps(chart, index)) for index, language in enumerate(LANGUAGES)}


def _steps(chart: Chart, to: int) -> list[str]:
    if chart.type == "not_a_chart":
        return [
            ("这张图片不是图表，因此没有读出任何数值。", "This picture is not a chart, so no values were read.")[to]
        ]
    steps = [_type(chart, to), _axes(chart, to)]
    if not chart.statistics:
        return [*steps, ("图中没有能确定的数值。", "No value of the chart could be determined.")[to]]
    steps += [_points(chart, series, to) for series in chart.series]
    steps += [_summary(chart, one, to) for one in chart.statistics]
    if chart.forecast:
        steps += [_forecast(chart, one, to) for one in chart.forecast if one.ahead == 1]
        steps.append(("以上预测假定原有趋势保持不变。", "These forecasts assume that the trend goes on unchanged.")[to])
    return steps


def _type(chart: Chart, to: int) -> str:
    title = (f"“{chart.title}”" if chart.title else "这张图", f"“{chart.title}”" if chart.title else "This picture")
    return (f"看类型：{title[0]}是{_KINDS[chart.type][0]}。", f"Type: {title[1]} is {_KINDS[chart.type][1]}.")[to]


def _axes(chart: Chart, to: int) -> str:
    if chart.type in ("pie", "donut"):
        return (
            "看整体：整个圆是 100%，每块的圆心角对应它的份额。",
            "Whole: the full circle is 100%; the angle of each wedge is its share.",
        )[to]
    if "axis_not_calibrated" in chart.warnings:
        return (
            "看坐标轴：数值轴没有足够清楚的刻度，无法校准；只采用图上印出的数值。",
            "Axes: the value axis has too few readable ticks and is not calibrated; only printed values are used.",
        )[to]
    zh = f"看坐标轴：横轴{_quoted(chart.x_label, 0)}，纵轴{_quoted(chart.y_label, 0)}"
    en = f"Axes: horizontal {_quoted(chart.x_label, 1)}, vertical {_quoted(chart.y_label, 1)}"
    if chart.scale == "log":
        return (zh + "，数值轴是对数刻度。", en + "; the value axis is logarithmic.")[to]
    return (zh + "。", en + ".")[to]


def _quoted(text: str, to: int) -> str:
    return (f"是“{text}”" if text else "没有标题", f"“{text}”" if text else "without a title")[to]


def _points(chart: Chart, series: ChartSeries, to: int) -> str:
    percent = "%" if chart.unit == "%" else ""
    if series.x:
        values = [f"({number(x)}, {number(v)})" for x, v in zip(series.x, series.values, strict=False) if v is not None]
    else:
        values = [
            f"{x or '?'} {number(v)}{percent}" for x, v in zip(chart.x, series.values, strict=False) if v is not None
        ]
    listed = ("、", ", ")[to].join(values)
    sources = {point.source for point in series.points if point}
    how = _sources(sources, to)
    name = (f"“{series.name}”的" if series.name else "", f" of “{series.name}”" if series.name else "")[to]
    return (f"读数据点：{name}数据为 {listed}。{how}", f"Points{name}: {listed}. {how}")[to]


def _sources(sources: AbstractSet[str], to: int) -> str:
    if sources == {"label"}:
        return ("数值取自图上的数据标签。", "The values are the printed data labels.")[to]
    if sources == {"pixel"}:
        return (
            "数值由像素位置按刻度换算，带读数误差。",
            "The values are measured from pixels against the axis, with a reading error.",
        )[to]
    return ""


def _summary(chart: Chart, one: SeriesStatistics, to: int) -> str:
    name = f"“{one.series}”" if one.series else ""
    zh = (
        f"{name}求平均：{number(one.total)} ÷ {one.count} = {number(one.mean)}；"
        f"最小 {number(one.min)}，最大 {number(one.max)}"
    )
    en = (
        f"{name + ': ' if name else ''}mean {number(one.total)} / {one.count} = {number(one.mean)}; "
        f"lowest {number(one.min)}, highest {number(one.max)}"
    )
    series = next((s for s in chart.series if s.name == one.series), None)
    values = [v for v in series.values if v is not None] if series else []
    if one.change is not None and values and chart.type != "scatter":
        zh += f"；变化 {number(values[-1])} − {number(values[0])} = {number(one.change)}"
        en += f"; change {number(values[-1])} − {number(values[0])} = {number(one.change)}"
        if one.change_percent is not None:
            zh += f"（{number(one.change_percent)}%）"
            en += f" ({number(one.change_percent)}%)"
    if one.slope is not None and one.intercept is not None and one.r2 is not None:
        line = f"y = {number(one.slope)}x {'+' if one.intercept >= 0 else '−'} {number(abs(one.intercept))}"
        zh += f"；趋势直线 {line}，R² = {number(round(one.r2, 4))}"
        en += f"; trend line {line}, R² = {number(round(one.r2, 4))}"
    return (zh + "。", en + ".")[to]


def _forecast(chart: Chart, one: ChartForecast, to: int) -> str:
    name = f"“{one.series}”" if one.series else ""
    zh = f"预测：按{_MODELS[one.model][0]}，{name}下一期（{one.x}）约为 {number(one.value)}"
    of = f"{name} " if name else ""
    en = f"Forecast: by the {_MODELS[one.model][1]}, {of}next ({one.x}) is about {number(one.value)}"
    if one.low is not None and one.high is not None:
        zh += f"，95% 区间 {number(one.low)} 到 {number(one.high)}"
        en += f", 95% interval {number(one.low)} to {number(one.high)}"
    elif one.warning == "few_points":
        zh += "；数据点太少，不给区间"
        en += "; too few points for an interval"
    if one.warning == "far_beyond":
        zh += "；已超出数据范围的一半，只作参考"
        en += "; more than half of the data's range ahead, a rough guide only"
    return (zh + "。", en + ".")[to]
