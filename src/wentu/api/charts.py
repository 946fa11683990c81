"""POST /v1/charts."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.schemas.charts import ChartOut, ChartRequest
from wentu.api.service import service
from wentu.api.work import answered, submit
from wentu.core.charted import chart_object
from wentu.core.errors import BadRequest

blueprint = APIBlueprint("charts", __name__, tag="Charts")


@blueprint.post("/v1/charts")
@blueprint.input(ChartRequest, arg_name="body")
@blueprint.output(ChartOut)
@limits.body(limits.chat_bytes)
def create_chart(body: ChartRequest) -> dict[str, Any]:
    """Read a chart

    A picture gives its table with errors and sources, statistics, forecast and steps. A table instead of a picture is
    computed anew: for corrected values and for questions that follow.
    """
    if (body.picture is None) == (body.table is None):
        raise BadRequest("send a picture or a table, one of both", param="picture")
    options: dict[str, str] = {"language": body.language or ""}
    if body.table is not None:
        options["table"] = json.dumps(body.table, ensure_ascii=False)
    work = submit(
        service(),
        identity(),
        task="chart",
        pictures=[body.picture] if body.picture is not None else [],
        question=body.question,
        model=body.model,
        options=options,
    )
    return chart_object(work.job, answered(service(), work))
