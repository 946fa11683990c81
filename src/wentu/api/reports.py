"""GET /v1/reports: what was measured on this machine."""

from __future__ import annotations

from typing import TypeVar

from apiflask import APIBlueprint
from pydantic import ValidationError

from wentu.api.auth import need_role
from wentu.api.schemas.base import Out
from wentu.api.schemas.reports import (
    BenchReportOut,
    ChartsReportOut,
    DocumentsReportOut,
    ReportsOut,
    SupportReportOut,
)
from wentu.api.service import service
from wentu.store.reports import ReportKind, read_report

blueprint = APIBlueprint("reports", __name__, tag="Machine")

Shape = TypeVar("Shape", bound=Out)


@blueprint.get("/v1/reports")
@blueprint.output(ReportsOut)
def get_reports() -> ReportsOut:
    """Speed and accuracy as they were measured on this machine (administrators)"""
    need_role("admin")
    return ReportsOut(
        bench=_last("bench", BenchReportOut),
        documents=_last("documents", DocumentsReportOut),
        charts=_last("charts", ChartsReportOut),
        support=_last("support", SupportReportOut),
    )


def _last(kind: ReportKind, shape: type[Shape]) -> Shape | None:
    """A report of another release may have another shape; it counts as none, and the command makes a new one."""
    tree = read_report(service().settings.data_dir, kind)
    try:
        return None if tree is None else shape.model_validate(tree)
    except ValidationError:
        return None
