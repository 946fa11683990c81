"""Charts on the wire."""

from __future__ import annotations

from typing import Any, Literal

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


class ChartOut(Out):
    """A read chart; `series[].points` hold each value's error, source and box."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    type: str
    title: str
    x_label: str
    y_label: str
    x: list[str]
    series: list[dict[str, Any]]
    statistics: list[dict[str, Any]]
    forecast: list[dict[str, Any]]
    steps: list[str]
    answer: str
    warnings: list[str]
