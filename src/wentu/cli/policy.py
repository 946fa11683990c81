"""`wentu policy`: what is held and what is blocked, tried before it is published."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wentu.core.config import load_settings

# The guard is imported inside the commands: half a second that the other commands don't need.

app = typer.Typer(help="The policy: show, try on recent traffic, publish, measure.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A policy as JSON (docs/safety.md).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


@app.command()
def show(version: Annotated[int, typer.Argument(help="-1: the one in force.")] = -1) -> None:
    """Print a policy: a beginning for your own."""
    from wentu.safety.policies import Policies
    from wentu.safety.policy import write_policy

    policies = Policies(load_settings().policies_dir)
    typer.echo(write_policy(policies.in_force() if version < 0 else policies.load(version)), nl=False)


@app.command("try")
def try_policy(file: File, as_json: Json = False) -> None:
    """Say what a policy would have done to recent questions and answers."""
    from wentu.safety.dry_run import RECENT, predict
    from wentu.safety.linear import light_scores
    from wentu.safety.policies import Policies
    from wentu.safety.policy import read_policy
    from wentu.store import open_store
    from wentu.store.traffic import recent_texts

    settings = load_settings()
    store = open_store(settings)
    try:
        texts = recent_texts(store.database, RECENT)
    finally:
        store.close()
    effect = predict(read_policy(file), Policies(settings.policies_dir).in_force(), texts, light_scores())
    if as_json:
        typer.echo(json.dumps(asdict(effect), ensure_ascii=False))
        return
    typer.echo(f"{effect.texts} recent texts: {effect.blocked} blocked ({effect.newly_blocked} of them new),")
    typer.echo(f"{effect.held} held for review ({effect.newly_held} new), {effect.freed} pass that are stopped today")
    for one in effect.samples:
        typer.echo(f"  {one.severity:<6} {one.category}: {one.text}")


@app.command()
def publish(file: File) -> None:
    """Put a policy in force from the next question on."""
    from wentu.safety.policies import Policies
    from wentu.safety.policy import read_policy, write_policy
    from wentu.store import open_store

    settings = load_settings()
    published = Policies(settings.policies_dir).publish(read_policy(file))
    store = open_store(settings)
    try:
        store.audit.note("command line", "published", f"policy {published.version}", write_policy(published))
    finally:
        store.close()
    typer.echo(f"policy {published.version} is in force")


@app.command("measure")
def measure_policy(
    version: Annotated[int, typer.Argument(help="-1: the one in force.")] = -1, as_json: Json = False
) -> None:
    """Measure a policy: how many harmless sentences it stops, and how many disguised words it finds."""
    from wentu.evaluation.guard.report import measure
    from wentu.safety.policies import Policies

    policies = Policies(load_settings().policies_dir)
    report = measure(policies.in_force() if version < 0 else policies.load(version))
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    stopped = len(report.stopped)
    typer.echo(f"harmless: {stopped} of {report.benign} sentences stopped ({stopped / report.benign:.2%})")
    for text in report.stopped:
        typer.echo(f"  {text}")
    for name, (found, total) in report.variants.items():
        typer.echo(f"{name}: {found} of {total} found")
    typer.echo(f"release checks: {report.us_per_token:.0f} µs a token, {report.first_ms:.2f} ms at the first one")
