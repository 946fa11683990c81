"""/v1/extractions: documents into fields, and fields into a spreadsheet."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.schemas.extractions import MAX_SCHEMA, ExportIn, ExtractionIn, ExtractionOut
from wentu.api.service import service
from wentu.api.work import answered, submit
from wentu.core.detail import OPTION
from wentu.core.errors import BadRequest
from wentu.core.extracted import csv_text, extraction_object, xlsx_bytes

blueprint = APIBlueprint("extractions", __name__, tag="Documents")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.post("/v1/extractions")
@blueprint.input(ExtractionIn, arg_name="body")
@blueprint.output(ExtractionOut)
@limits.body(limits.chat_bytes)
def create_extraction(body: ExtractionIn) -> dict[str, Any]:
    """Read the fields of a document

    Each value comes with its place on the page, its checks and how sure it is.
    """
    parts = service()
    work = submit(parts, identity(), task="extract", pictures=body.pictures, model=body.model, options=_options(body))
    return extraction_object(work.picture_ids[0], answered(parts, work))


@blueprint.post("/v1/extractions/export")
@blueprint.input(ExportIn, arg_name="body")
@blueprint.doc(responses=files("The table", "text/csv", _XLSX))
def export_extractions(body: ExportIn) -> Response:
    """Make a table of extracted documents

    A row a document, a column a field, and a last column that names the fields a person should look at.
    """
    csv = body.format == "csv"
    data = csv_text(body.objects()).encode("utf-8") if csv else xlsx_bytes(body.objects())
    headers = {"Content-Disposition": f'attachment; filename="documents.{body.format}"'}
    return Response(data, mimetype="text/csv" if csv else _XLSX, headers=headers)


def _options(body: ExtractionIn) -> dict[str, str]:
    options = {"type": body.type, OPTION: body.detail}
    if body.fields is not None:
        options["schema"] = json.dumps(body.fields, ensure_ascii=False)
        if len(options["schema"]) > MAX_SCHEMA:
            raise BadRequest("the fields are longer than can be read", param="fields")
    if body.full_numbers:
        options["full_numbers"] = "true"
    return options
