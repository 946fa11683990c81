"""`wentu policy`: what is held and what is blocked, tried before it is published."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wentu.core.config import load_settings

if TYPE_CHECKING:
    from wentu.safety.policy import Policy

# The guard is imported inside the commands: half a second that the other commands don't need.

app = typer.Typer(help="The policy: show, try on recent traffic, publish, measure.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A policy as JSON (docs/safety.md).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


@app.command()
def show(version: Annotated[int, typer.Argument(help="-1: the one in force.")] = -1) -> None:
    """Print a policy: a beginning for your own."""
    from wentu.safety.policy import write_policy

    typer.echo(write_policy(_policy(version)), nl=False)


@app.command("try")
def try_policy(file: File, as_json: Json = False) -> None:
    """Say what a policy would have done to recent questions and answers."""
    from wentu.releases import policies_of
    from wentu.safety.dry_run import RECENT, predict
    from wentu.safety.linear import light_scores
    from wentu.safety.policy import read_policy
    from wentu.store import open_store
    from wentu.store.traffic import recent_texts

    settings = load_settings()
    store = open_store(settings)
    try:
        texts = recent_texts(store.database, RECENT)
        in_force = policies_of(settings, store.aliases).in_force()
    finally:
        store.close()
    effect = predict(read_policy(file), in_force, texts, light_scores())
    if as_json:
        typer.echo(json.dumps(asdict(effect), ensure_ascii=False))
        return
    typer.echo(f"{effect.texts} recent texts: {effect.blocked} blocked ({effect.newly_blocked} of them new),")
    typer.echo(f"{effect.held} held for review ({effect.newly_held} new), {effect.freed} pass that are stopped today")
    for one in effect.samples:
        typer.echo(f"  {one.severity:<6} {one.category}: {one.text}")


@app.command()
def publish(
    file: File,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Share of the sessions; below 100 a canary.")] = 100,
    auto: Annotated[bool, typer.Option("--auto", help="Go up the steps, and promote what is better.")] = False,
) -> None:
    """Put a policy in force from the next question on, for everybody or for a share of the sessions."""
    from wentu.releases import publish_policy
    from wentu.safety.policy import read_policy, write_policy
    from wentu.store import open_store

    settings, policy = load_settings(), read_policy(file)
    store = open_store(settings)
    try:
        published = publish_policy(settings, store.aliases, policy, by="local", percent=percent, auto=auto)
        store.audit.note("command line", "published", f"policy {published.version}", write_policy(published))
    finally:
        store.close()
    share = "" if percent == 100 else f" for {percent}% of the sessions"
    typer.echo(f"policy {published.version} is in force{share}")


@app.command("measure")
def measure_policy(
    version: Annotated[int, typer.Argument(help="-1: the one in force.")] = -1, as_json: Json = False
) -> None:
    """Measure a policy: how many harmless sentences it stops, and how many disguised words it finds."""
    from wentu.evaluation.guard.report import measure

    report = measure(_policy(version))
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


def _policy(version: int) -> Policy:
    """That one, or the one in force."""
    from wentu.releases import policies_of
    from wentu.store import open_store

    settings = load_settings()
    store = open_store(settings)
    try:
        policies = policies_of(settings, store.aliases)
        return policies.in_force() if version < 0 else policies.load(version)
    finally:
        store.close()
