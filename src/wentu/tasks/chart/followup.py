"""Questions about a table that was read already: what comes next, which is highest, what a place's value is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wentu.core.results import Chart, ChartForecast, ChartSeries
from wentu.core.text import is_chinese
from wentu.tasks.chart.analysis import goes_on, known, reading_error
from wentu.tasks.chart.periods import ahead_of
from wentu.tasks.chart.steps import number
from wentu.tasks.chart.trends import AHEAD, forecasts

_CHINESE_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_AHEAD = (
    re.compile(
        r"(?:再过|之后第?|后第?|往后|未来第?)\s*(?P<n>\d+|十[一二]|[一二两三四五六七八九十])\s*(?:个|期|年|月|季|天|周)"
    ),
    re.compile(r"\bin (?P<n>\d+) (?:more )?(?:periods?|years?|months?|quarters?|weeks?|days?)\b", re.IGNORECASE),
    re.compile(
        r"(?P<n>\d+) (?:periods?|years?|months?|quarters?|weeks?|days?) (?:ahead|later|from now|on)\b", re.IGNORECASE
    ),
)
_PLACE = re.compile(
    r"(?P<year>(?:19|20)\d\d)|第?(?P<n>\d{1,3}|十[一二]|[一二三四五六七八九十])(?:个)?(?:月|期|季度|年|周|天)"
    r"|\b(?:month|period|quarter|year|week|day|point)\s*(?P<m>\d{1,3})\b|\bQ(?P<q>[1-4])\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"下一|下个|下年|明年|预测|预计|继续|照这样|接下来|之后|将会|再过|未来"
    r"|next|forecast|predict|go(?:es)? on|continue|trend|will|if it",
    re.IGNORECASE,
)
_HIGHEST = re.compile(r"最高|最大|最多|highest|largest|maximum|most|max\b", re.IGNORECASE)
_LOWEST = re.compile(r"最低|最小|最少|lowest|smallest|minimum|least|min\b", re.IGNORECASE)
_MEAN = re.compile(r"平均|average|mean\b", re.IGNORECASE)
_TOTAL = re.compile(r"总和|合计|总共|一共|total|sum\b", re.IGNORECASE)


def answer(chart: Chart, question: str) -> str:
    """What the table says to the question, in its language; "" where it asks for nothing that the table holds."""
    zh = is_chinese(question)
    asked = [series for series in chart.series if series.name and series.name.casefold() in question.casefold()]
    chosen = asked or list(chart.series)
    if chart.type == "not_a_chart" or not question.strip():
        return ""
    place = next((x for x in sorted(chart.x, key=len, reverse=True) if x and _mentions(question, x)), None)
    ahead = _asked_ahead(chart, question)
    if goes_on(chart) and ahead is not None and (place is None or _FUTURE.search(question)):
        told = [_ahead(chart, series, ahead, zh) for series in chosen]
        return "\n".join(line for line in told if line)
    lines = [_lookup(chart, series, question, place, zh) for series in chosen]
    return "\n".join(line for line in lines if line)


def _mentions(question: str, name: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", question, re.IGNORECASE) is not None


def _asked_ahead(chart: Chart, question: str) -> int | None:
    """How many periods after the last one the question asks for; None where it asks for none."""
    for pattern in _AHEAD:
        if match := pattern.search(question):
            return _count(match["n"])
    for match in _PLACE.finditer(question):
        name = match["year"] or match["n"] or match["m"] or (f"Q{match['q']}" if match["q"] else "")
        count = _count(name)
        ahead = ahead_of(chart.x, match["year"] or name if count is None else str(count))
        if ahead is None and count is not None and match["year"] is None and count > len(chart.x):
            ahead = count - len(chart.x)
        if ahead is not None:
            return ahead
    return 1 if _FUTURE.search(question) else None


def _count(text: str) -> int | None:
    return int(text) if text.isdigit() else _CHINESE_DIGITS.get(text)


def _ahead(chart: Chart, series: ChartSeries, ahead: int, zh: bool) -> str:
    labels, values = known(chart, series)
    if len(values) < 2:
        return ""
    found = forecasts(series.name, labels, values, reading_error(series), max(ahead, AHEAD))
    at = [one for one in found if one.ahead == ahead]
    chosen = next((one for one in at if one.chosen), None)
    line = next((one for one in at if one.model == "linear"), None)
    if chosen is None or line is None:
        return ""
    return _said(series, chosen, line, zh)


def _said(series: ChartSeries, chosen: ChartForecast, line: ChartForecast, zh: bool) -> str:
    name = f"“{series.name}”" if series.name else ""
    told = [chosen] if chosen is line else [line, chosen]
    parts = []
    for one in told:
        text = f"{_model(one.model, zh)}{number(one.value)}"
        if one.low is not None and one.high is not None:
            text += (
                f"（95% 区间 {number(one.low)} 到 {number(one.high)}）"
                if zh
                else f" (95% interval {number(one.low)} to {number(one.high)})"
            )
        parts.append(text)
    body = ("；" if zh else "; ").join(parts)
    tail = {"few_points": ("；数据点太少，不给区间", "; too few points for an interval"),
            "far_beyond": ("；超出数据范围一半以上，只作参考", "; far beyond the data, a rough guide only"),
            "": ("", "")}[chosen.warning]  # fmt: skip
    if zh:
        return f"照原有趋势，{name}{chosen.x}：{body}{tail[0]}。"
    return f"If the trend goes on, {name + ' ' if name else ''}{chosen.x}: {body}{tail[1]}."


def _model(model: str, zh: bool) -> str:
    names = {
        "linear": ("直线趋势约 ", "by a straight line about "),
        "quadratic": ("二次曲线约 ", "by a quadratic curve about "),
        "exponential": ("指数曲线约 ", "by an exponential curve about "),
        "moving_mean": ("移动平均约 ", "by a moving mean about "),
    }
    return names[model][0 if zh else 1]


def _lookup(chart: Chart, series: ChartSeries, question: str, place: str | None, zh: bool) -> str:
    pairs = _pairs(chart, series)
    if not pairs:
        return ""
    name = f"“{series.name}”" if series.name else ""
    unit = "%" if chart.unit == "%" else ""
    colon = "：" if zh else ": "
    if _HIGHEST.search(question) or _LOWEST.search(question):
        pick = max if _HIGHEST.search(question) else min
        x, value = pick(pairs, key=lambda pair: pair[1])
        word = ("最高" if pick is max else "最低") if zh else ("highest" if pick is max else "lowest")
        return f"{name}{word}{colon}{x}{'，' if zh else ', '}{number(value)}{unit}"
    if _MEAN.search(question):
        mean = sum(v for _, v in pairs) / len(pairs)
        return f"{name}{'平均' if zh else 'mean'}{colon}{number(mean)}{unit}"
    if _TOTAL.search(question):
        return f"{name}{'合计' if zh else 'total'}{colon}{number(sum(v for _, v in pairs))}{unit}"
    found = next((v for x, v in pairs if x == place), None)
    return f"{name}{place}{colon}{number(found)}{unit}" if found is not None else ""


def _pairs(chart: Chart, series: ChartSeries) -> Sequence[tuple[str, float]]:
    xs = [number(x) for x in series.x] if series.x else list(chart.x)
    return [(x, v) for x, v in zip(xs, series.values, strict=False) if v is not None]
