"""A read chart as clients see it: one JSON object, the same from the command line and the API."""

from __future__ import annotations

from typing import Any

from wentu.core.codec import to_plain
from wentu.core.errors import Refused
from wentu.core.results import Chart
from wentu.core.types import Answer


def chart_object(id_: str, answer: Answer) -> dict[str, Any]:
    """`{"id", "type", "title", ..., "answer", "version", "timings"}` of an answer about a chart.

    Raises Refused where safety held the result back.
    """
    if not isinstance(answer.result, Chart):
        raise Refused("what this chart says was stopped by this service's rules", rule="held_back")
    chart = to_plain(answer.result)
    chart.pop("kind")
    return {"id": id_, **chart, "answer": answer.text, "version": answer.version, "timings": dict(answer.timings)}
