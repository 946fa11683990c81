"""`wentu policy`: what is held and what is blocked, tried before it is published."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wentu.core.config import Settings, load_settings

if TYPE_CHECKING:
    from wentu.evaluation.guard.report import Report
    from wentu.safety.dry_run import Effect
    from wentu.safety.policy import Policy
    from wentu.safety.screen import Classify

# The guard is imported inside the commands: half a second that the other commands don't need.

app = typer.Typer(help="The policy: show, try on recent traffic, publish, measure.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A policy as JSON (docs/safety.md).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Version = Annotated[int, typer.Argument(help="-1: the one in force.")]


@app.command()
def show(version: Version = -1) -> None:
    """Print a policy: a beginning for your own."""
    from wentu.safety.policy import write_policy

    typer.echo(write_policy(_policy(load_settings(), version)), nl=False)


@app.command("try")
def try_policy(file: File, as_json: Json = False) -> None:
    """Say what a policy would have done to recent questions and answers."""
    from wentu.safety.policy import read_policy

    effect = _effect(load_settings(), read_policy(file))
    if as_json:
        typer.echo(json.dumps(asdict(effect), ensure_ascii=False))
    else:
        _say_effect(effect)


@app.command()
def publish(
    file: File,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Share of the sessions; below 100 a canary.")] = 100,
    auto: Annotated[bool, typer.Option("--auto", help="Go up the steps, and promote what is better.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not try it and ask first.")] = False,
) -> None:
    """Put a policy in force from the next question on, for everybody or for a share of the sessions.

    Its effect on recent questions and answers is shown first, and has to be agreed to.
    """
    from wentu.releases import publish_policy
    from wentu.safety.policy import read_policy, write_policy
    from wentu.store import open_store

    settings, policy = load_settings(), read_policy(file)
    if not yes:
        _say_effect(_effect(settings, policy), err=True)
        typer.confirm("Publish it?", abort=True, err=True)
    store = open_store(settings)
    try:
        published = publish_policy(settings, store.aliases, policy, by="local", percent=percent, auto=auto)
        store.audit.note("command line", "published", f"policy {published.version}", write_policy(published))
    finally:
        store.close()
    share = "" if percent == 100 else f" for {percent}% of the sessions"
    typer.echo(f"policy {published.version} is in force{share}")


@app.command("measure")
def measure_policy(version: Version = -1, as_json: Json = False) -> None:
    """Measure a policy: harmless sentences it stops, harmful ones and disguised words it finds, what it costs."""
    from wentu.evaluation.guard.report import measure

    settings = load_settings()
    report = measure(_policy(settings, version), _classify(settings))
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _say_report(report)


def _policy(settings: Settings, version: int) -> Policy:
    """That one, or the one in force."""
    from wentu.releases import policies_of
    from wentu.store import open_store

    store = open_store(settings)
    try:
        policies = policies_of(settings, store.aliases)
        return policies.in_force() if version < 0 else policies.load(version)
    finally:
        store.close()


def _classify(settings: Settings) -> Classify:
    from wentu.safety.check import text_classifier

    return text_classifier(settings.safety.text_model)


def _effect(settings: Settings, draft: Policy) -> Effect:
    from wentu.safety.dry_run import RECENT, predict
    from wentu.store import open_store
    from wentu.store.traffic import recent_texts

    store = open_store(settings)
    try:
        texts = recent_texts(store.database, RECENT)
    finally:
        store.close()
    return predict(draft, _policy(settings, -1), texts, _classify(settings))


def _say_effect(effect: Effect, *, err: bool = False) -> None:
    typer.echo(f"{effect.texts} recent texts: {effect.blocked} blocked ({effect.newly_blocked} of them new),", err=err)
    freed = f"{effect.freed} pass that are stopped today"
    typer.echo(f"{effect.held} held for review ({effect.newly_held} new), {freed}", err=err)
    for one in effect.samples:
        typer.echo(f"  {one.severity:<6} {one.category}: {one.text}", err=err)


def _say_report(report: Report) -> None:
    for name, tried in report.harmless.items():
        stopped = len(tried.stopped)
        typer.echo(f"harmless ({name}): {stopped} of {tried.sentences} stopped ({stopped / tried.sentences:.2%})")
        for text in tried.stopped:
            typer.echo(f"  {text}")
    found, total = (sum(column) for column in zip(*report.harmful.values(), strict=True))
    typer.echo(f"harmful, in wordings that nothing was chosen on: {found} of {total} stopped ({found / total:.0%})")
    for name, (caught, tried_n) in report.harmful.items():
        typer.echo(f"  {name}: {caught} of {tried_n}")
    for name, (caught, tried_n) in report.variants.items():
        typer.echo(f"{name}: {caught} of {tried_n} found")
    typer.echo(f"release checks: {report.us_per_token:.0f} µs a token, {report.first_ms:.2f} ms at the first one")
