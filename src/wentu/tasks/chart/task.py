"""The task `chart`: a picture's chart as a table, with statistics, forecast and steps; or a table that was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from wentu.core.codec import adapter
from wentu.core.errors import BadInput, BadRequest
from wentu.core.results import Chart, ChartPoint, ChartSeries, FieldValue
from wentu.core.text import is_chinese
from wentu.core.types import Page, Prompt, Query, SamplingParams
from wentu.tasks.base import Task, Told, Tools
from wentu.tasks.chart.analysis import analysed
from wentu.tasks.chart.followup import answer
from wentu.tasks.chart.model import merged, prompt_for
from wentu.tasks.chart.reading import read_chart
from wentu.tasks.chart.steps import LANGUAGES


class ChartTask(Task[Chart]):
    """One chart in, its table out. Option `table`: a table (JSON of `Chart`'s first fields) instead of a picture, so
    that a follow-up question or a corrected value never reads the picture again. Option `language`: zh-CN or en."""

    name = "chart"
    spoken = False

    def read(self, query: Query, pages: Sequence[Page], tools: Tools) -> Chart:
        if table := query.options.get("table"):
            return parse_table(table)
        if len(pages) != 1:
            raise BadInput("one picture of a chart is needed", hint="Send exactly one picture, or a table.")
        return read_chart(pages[0].picture, pages[0].lines, tools.ocr)

    def prompt(self, query: Query, pages: Sequence[Page], reading: Chart | None) -> Prompt | None:
        if not pages or reading is None:
            return None
        return prompt_for(pages[0])

    def sampling(self, query: Query) -> SamplingParams:
        return SamplingParams(max_tokens=2048, temperature=0)

    def tell(
        self, query: Query, pages: Sequence[Page], reading: Chart | None, said: str, judged: Mapping[str, FieldValue]
    ) -> Told:
        language = language_of(query)
        assert reading is not None
        chart = analysed(merged(reading, said), language)
        found = answer(chart, query.question)
        return Told(found or "\n".join(chart.steps), chart)


def language_of(query: Query) -> str:
    """The language of the words: as asked for, else that of the question, else Chinese."""
    wanted = query.options.get("language", "")
    if wanted in LANGUAGES:
        return wanted
    return "zh-CN" if is_chinese(query.question) or not query.question.strip() else "en"


def parse_table(text: str) -> Chart:
    """A chart from a sent table: type, x and series with values. Raises BadRequest."""
    try:
        given = json.loads(text)
        series = tuple(_given(one) for one in given["series"])
        head = {key: given[key] for key in ("title", "x_label", "y_label", "unit") if given.get(key)}
        plain = {"type": given.get("type", "line"), "x": [str(x) for x in given.get("x", [])], **head}
        chart = adapter(Chart).validate_python({**plain, "series": series})
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadRequest(
            "the table is not readable", hint='Send {"type", "x": [...], "series": [{"name", "values"}]}.'
        ) from exc
    if any(len(one.values) != len(one.x or chart.x) for one in chart.series):
        raise BadRequest("a series has not as many values as there are places in x")
    return chart


def _given(one: Mapping[str, object]) -> ChartSeries:
    """A sent series; points keep the source and error that they came with where the value is still the same."""
    values = [None if v is None else float(v) for v in one["values"]]  # type: ignore[attr-defined]
    sent = one.get("points") or [None] * len(values)
    points = tuple(_given_point(v, p) for v, p in zip(values, sent, strict=False))  # type: ignore[call-overload]
    own = tuple(float(x) for x in one.get("x") or ())  # type: ignore[attr-defined]
    return ChartSeries(str(one.get("name", "")), tuple(values), points, own, str(one.get("color") or ""))


def _given_point(value: float | None, sent: Mapping[str, object] | None) -> ChartPoint | None:
    if value is None:
        return None
    if sent and sent.get("value") == value:
        return adapter(ChartPoint).validate_python(sent)
    return ChartPoint(value, 0.0, "given")
