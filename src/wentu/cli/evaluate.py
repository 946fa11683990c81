"""`wentu eval`: how good the answers are, on a set of one's own or on one that is drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from wentu.cli.reports import leave_report
from wentu.core.config import load_settings
from wentu.core.logs import set_up_logs

if TYPE_CHECKING:
    from wentu.evaluation.charts.figures import Figures as ChartFigures
    from wentu.evaluation.support import Judged

app = typer.Typer(help="Measure how good the answers are.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure how good the answers are."""


@app.command()
def support(
    folder: Annotated[
        Path, typer.Argument(help="A set: catalogue, questions, pictures, cases.jsonl (docs/support.md).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print figures and every case as JSON.")] = False,
) -> None:
    """Customer service: outcomes, exact variants, contradictions, abstention, wrong prices."""
    from wentu.evaluation.support import figures
    from wentu.evaluation.support.run import run

    set_up_logs("ERROR")
    settings = load_settings()
    judged = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("answering", total=None)
        for one, total in run(folder, settings):
            judged.append(one)
            bar.update(task, completed=len(judged), total=total)
    found = asdict(figures(judged))
    if as_json:
        cases = [{**asdict(one.case), "found": one.found.outcome, "found_sku": one.found.sku} for one in judged]
        typer.echo(json.dumps({"figures": found, "cases": cases}, ensure_ascii=False))
    else:
        _print_support(found, judged)
    leave_report(settings, "support", found)


def _print_support(found: dict[str, float | None], judged: Sequence[Judged]) -> None:
    _print(found)
    wrong = Counter(one.case.kind for one in judged if not (one.right_outcome and one.right_subject))
    for kind, number in sorted(wrong.items()):
        print(f"  wrong: {kind} {number} of {sum(one.case.kind == kind for one in judged)}")


@app.command()
def charts(
    folder: Annotated[
        Path, typer.Argument(help="Pictures with a JSON of what was drawn beside them (docs/charts.md).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print figures and every picture as JSON.")] = False,
) -> None:
    """Charts: types, tables (RMS F1, within 5 %), forecasts, false answers, seconds, by text and geometry alone."""
    from wentu.evaluation.charts.cases import read_cases
    from wentu.evaluation.charts.figures import by_part, figures
    from wentu.evaluation.charts.run import run
    from wentu.ocr import Ocr

    set_up_logs("ERROR")
    cases = read_cases(folder)
    settings = load_settings()
    ocr = Ocr(settings.ocr)
    ocr.load()
    judged = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=len(cases))
        for one in run(cases, ocr.read):
            judged.append(one)
            bar.advance(task)
    found = asdict(figures([one for one in judged if not one.case.photo]))
    parts = by_part(judged)
    if as_json:
        pictures = [
            {
                "picture": str(one.case.picture.relative_to(folder)),
                "type": one.case.truth.type,
                "found": one.found.type,
                "rms_f1": one.rms_f1,
                "relaxed": one.relaxed,
                "seconds": one.seconds,
            }
            for one in judged
        ]
        of_parts = {name: asdict(part) for name, part in parts.items()}
        typer.echo(json.dumps({"figures": found, "parts": of_parts, "pictures": pictures}))
    else:
        _print_charts(found, parts)
    leave_report(settings, "charts", found)


def _print_charts(found: dict[str, float | None], parts: dict[str, ChartFigures]) -> None:
    _print(found)
    print(f"\n{'':<26} charts  type   RMS F1 in 5%")
    for name, part in parts.items():
        shares = (part.type_accuracy, part.rms_f1, part.relaxed_accuracy)
        print(f"{name:<26} {part.charts:>6}  " + "  ".join("    -" if s is None else f"{s:.3f}" for s in shares))


def _print(found: dict[str, float | None]) -> None:
    for name, value in found.items():
        print(f"{name:<22} {'-' if value is None else f'{value:.3f}' if isinstance(value, float) else value}")
