"""`wentu chart`: a picture's chart as a table, with its statistics, its forecast and a tutor's steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wentu.cli.pictures import read_picture
from wentu.core.charted import chart_object
from wentu.core.config import load_settings
from wentu.core.errors import WentuError, error_from_event
from wentu.core.logs import set_up_logs
from wentu.core.results import Chart
from wentu.core.types import Answer, Done, Failed, Message, Query


def chart(
    picture: Annotated[str, typer.Argument(metavar="PICTURE", help="A picture of one chart ('-' reads it).")],
    ask: Annotated[str, typer.Option(help="A question, answered from the table.")] = "",
    plot: Annotated[Path | None, typer.Option(help="Draw the table again, with the forecast: .png or .svg.")] = None,
    language: Annotated[str, typer.Option(help="zh-CN or en; else that of the question, else Chinese.")] = "",
    model: Annotated[str, typer.Option(help="A version or alias.")] = "stable",
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
) -> None:
    """Read a chart: its type, data with their errors, trend, forecast, and the steps to explain it."""
    if plot is not None and plot.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter("--plot must end in .png or .svg")
    if plot is not None and not plot.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {plot.absolute().parent}")
    # Here and not above: OCR and its runtime, which the other commands don't need.
    from wentu.bootstrap import assemble

    set_up_logs("ERROR")
    settings = load_settings()
    content = (
        (read_picture(picture, settings.intake.max_bytes), ask)
        if ask
        else (read_picture(picture, settings.intake.max_bytes),)
    )
    query = Query((Message("user", content),), task="chart", model=model, options={"language": language})
    answer: Answer | None = None
    with assemble(settings) as service:
        for event in service.answer(query):
            if isinstance(event, Failed):
                raise error_from_event(event)
            if isinstance(event, Done):
                answer = event.answer
    if answer is None or not isinstance(answer.result, Chart):
        raise WentuError("the answer ended without a chart")
    if plot is not None:
        _draw(answer.result, plot)
    if as_json:
        typer.echo(json.dumps(chart_object(picture, answer), ensure_ascii=False))
    else:
        _print(answer.result, answer.text)


def _draw(read: Chart, path: Path) -> None:
    from wentu.tasks.chart.plot_files import as_png, as_svg

    if path.suffix.lower() == ".svg":
        path.write_text(as_svg(read), "utf-8")
    else:
        path.write_bytes(as_png(read))


def _print(read: Chart, text: str) -> None:
    out = Console(highlight=False)
    for series in read.series:
        table = Table(title=series.name or None)
        for name in ("x", "value", "±", "source"):
            table.add_column(name, justify="left" if name in ("x", "source") else "right")
        xs = [f"{x:g}" for x in series.x] if series.x else read.x
        for x, point in zip(xs, series.points, strict=False):
            if point is not None:
                flag = " !" if point.disagree else ""
                table.add_row(x, f"{point.value:g}", f"{point.error:.2g}", point.source + flag)
        out.print(table)
    out.print(text, markup=False)
    for warning in read.warnings:
        out.print(f"! {warning}", style="yellow", markup=False)
