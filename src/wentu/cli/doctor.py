"""`wentu doctor`: what this machine can do, what is missing, and what to do next."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wentu import __version__
from wentu.cli.findings import EngineState, Finding, find_engines, look, next_steps
from wentu.cli.machine import read_machine
from wentu.core.config import load_settings
from wentu.models import installed

_MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "problem": "[red]problem[/]"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False) -> None:
    """Say what this machine can do and what to do next. Exit code 0 when wentu can run, 1 when it can't."""
    settings = load_settings()
    machine, engines, models = read_machine(), find_engines(settings), list(installed(settings))
    findings = look(settings, machine, engines, models)
    can_run = all(finding.level != "problem" for finding in findings)
    steps = list(next_steps(findings))
    if as_json:
        tree: dict[str, Any] = {
            "version": __version__,
            "can_run": can_run,
            "machine": asdict(machine),
            "findings": [asdict(finding) for finding in findings],
            "engines": [asdict(engine) for engine in engines],
            "models": [{"name": m.name, "complete": m.complete, "size_bytes": m.size_bytes} for m in models],
            "next": steps,
        }
        print(json.dumps(tree, ensure_ascii=False, indent=2))
    else:
        _draw(findings, engines, steps)
    if not can_run:
        raise typer.Exit(1)


def _draw(findings: list[Finding], engines: list[EngineState], steps: list[str]) -> None:
    console = Console(soft_wrap=True)
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(finding.part, _MARKS[finding.level], escape(finding.text))
    for engine in engines:
        mark = _MARKS["ok"] if engine.installed else "[dim]absent[/]"
        text = "" if engine.installed else f"needs {', '.join(engine.missing)}: {engine.install}"
        table.add_row(f"engine {engine.name}", mark, escape(text))
    console.print(table)
    console.print("\nWhat to do next:")
    for number, step in enumerate(steps, 1):
        console.print(f"  {number}. {escape(step)}", highlight=False)
