"""`wentu selftest`: how well this machine reads documents, measured on a set that it draws itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from wentu.cli.reports import leave_report
from wentu.core.config import load_settings
from wentu.core.logs import set_up_logs

if TYPE_CHECKING:
    from wentu.evaluation.documents.measure import Outcome

_COVERAGES = (0.5, 0.7, 0.8, 0.9, 1.0)


def selftest(
    documents: Annotated[
        int, typer.Option(min=1, help="Documents of each type; each is also spoiled at every level.")
    ] = 4,
    seed: Annotated[int, typer.Option(help="Another seed draws another set.")] = 1,
    own: Annotated[
        Path | None,
        typer.Option("--set", help="Documents of your own instead: NAME.png beside NAME.json (docs/documents.md)."),
    ] = None,
    pixels_only: Annotated[
        bool, typer.Option("--pixels-only", help="Read PDFs of your own without their text, to compare.")
    ] = False,
    receipts: Annotated[
        Path | None, typer.Option(help="A folder of real receipts (SROIE: NAME.jpg, NAME.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Draw documents, spoil them, read them back and say how much of it was right."""
    for folder in (own, receipts):
        if folder is not None and not folder.is_dir():
            raise typer.BadParameter(f"there is no folder {folder}")
    from wentu.evaluation.documents.run import cases, labelled, measure, measure_receipts, n_cases
    from wentu.ocr import Ocr

    set_up_logs("ERROR")
    settings = load_settings()
    ocr = Ocr(settings.ocr).read
    items: list[Outcome] = []
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        total = n_cases(documents) if own is None else len(list(own.glob("*.json")))
        task = bars.add_task("documents", total=total)
        for case in cases(documents, seed) if own is None else labelled(own, layers=not pixels_only):
            items += measure(case, ocr)
            bars.advance(task)
    tree = report(items)
    if receipts is not None:
        tree["receipts"] = asdict(measure_receipts(receipts, ocr))
    if as_json:
        typer.echo(json.dumps(tree, ensure_ascii=False, indent=2))
    else:
        _print(tree)
    leave_report(settings, "documents", {"drawn": own is None, **tree})


def report(items: Sequence[Outcome]) -> dict[str, Any]:
    """Scores by type (clean), by level, by degradation and level, and risk over coverage."""
    from wentu.evaluation.documents.measure import risk_coverage, score

    def by(key: Callable[[Outcome], str], chosen: Sequence[Outcome]) -> dict[str, Any]:
        groups: dict[str, list[Outcome]] = {}
        for one in chosen:
            groups.setdefault(key(one), []).append(one)
        return {name: asdict(score(group)) for name, group in sorted(groups.items())}

    clean = [one for one in items if one.level == 0]
    spoiled = [one for one in items if one.level > 0]
    return {
        "clean": asdict(score(clean)),
        "types": by(lambda one: one.type, clean),
        "levels": by(lambda one: f"level {one.level}", items),
        "degradations": by(lambda one: f"{one.group} {one.level}", spoiled),
        "risk_coverage": {f"{share:.0%}": rate for share, rate in risk_coverage(items, _COVERAGES).items()},
    }


def _print(tree: dict[str, Any]) -> None:
    console = Console()
    names = ("fields", "field exact", "document exact", "F1", "silent wrong", "verified", "ECE", "at 80%")
    table = Table("", *names, box=None, pad_edge=False)
    for group in ("types", "levels", "degradations"):
        for name, rates in tree[group].items():
            n, *shares = rates.values()
            table.add_row(name, str(n), *(f"{share:.3f}" for share in shares))
        table.add_section()
    console.print(table)
    console.print("accuracy by coverage: " + ", ".join(f"{k} {v:.3f}" for k, v in tree["risk_coverage"].items()))
    if "receipts" in tree:
        console.print("receipts: " + ", ".join(f"{k} {v:.3g}" for k, v in tree["receipts"].items()))
