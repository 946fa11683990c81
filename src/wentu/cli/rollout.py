"""`wentu rollout`: try a version on a share of the sessions, compare it, promote it, take it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wentu.cli.replay import replay_command, report_command
from wentu.core.codec import to_plain
from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadInput
from wentu.rollout.analysis import Analysis, analyse
from wentu.rollout.control import Control
from wentu.rollout.manifest import differences
from wentu.rollout.memory import free_mb
from wentu.store import Aliases, Store, open_store

app = typer.Typer(help="Try a version, compare it, promote it, take it back.", no_args_is_help=True)

app.command("replay")(replay_command)
app.command("report")(report_command)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Why = Annotated[str, typer.Option("--why", help="A word for the history.")]
VersionName = Annotated[str, typer.Argument(metavar="VERSION", help="A version, as 'status' lists them.")]
ARMS = ("control", "canary", "fallback")


@contextmanager
def opened() -> Iterator[tuple[Settings, Store, Control]]:
    """The settings, what is kept, and the moves in the name of whoever sits here."""
    settings = load_settings()
    store = open_store(settings)
    try:
        yield settings, store, Control(settings, store.aliases, by="local", stable=lambda: _stable(settings))
    finally:
        store.close()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the versions, what is being tried, and how it stands."""
    with opened() as (settings, store, control):
        _note(settings)
        names = store.aliases.read()
        manifests = control.manifests.list()
        stable = names.stable or _stable(settings)
        found = _analysis(settings, store, names)
        if as_json:
            return _print_json(
                {
                    "aliases": to_plain(names) | {"stable": stable},
                    "versions": [to_plain(one) | {"digest": one.digest} for one in manifests],
                    "analysis": None if found is None else asdict(found),
                }
            )
        table = Table("version", "alias", "engine", "model", "sha256 of the manifest", box=None, pad_edge=False)
        for one in manifests:
            aliases = {stable: "stable", names.candidate: "candidate", names.previous: "previous"}
            table.add_row(escape(one.name), aliases.get(one.name, ""), one.engine, escape(one.model), one.digest[:16])
        console = Console()
        console.print(table)
        if names.mode != "off":
            paused = " (paused)" if names.paused else ""
            share = f" on {names.percent}% of the sessions" if names.mode == "canary" else ""
            console.print(f"\n{names.mode}{paused}: {names.candidate}{share}, since run {names.run}")
        if found is not None:
            _show(console, found)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The new version's name.")],
    like: Annotated[str, typer.Option("--from", help="The version that it is made from.")],
    option: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, as openvino.weights=int8.")
    ] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(metavar="TASK=FILE", help="A file with the system prompt of a task.")
    ] = None,
    sampling: Annotated[
        list[str] | None, typer.Option(metavar="NAME=NUMBER", help="A sampling default, as temperature=0.2.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a version of another one, with other options, prompts or sampling. It never changes after."""
    with opened() as (settings, _, control):
        _note(settings)
        made = control.create(
            name,
            like=like,
            options=_pairs(option),
            prompts={task: _read(path) for task, path in _pairs(prompt).items()},
            sampling={key: _number(value) for key, value in _pairs(sampling).items()},
        )
        if as_json:
            return _print_json(to_plain(made) | {"digest": made.digest})
        print(f"{made.name} is made; what differs from {like}:")
        for part, (before, after) in differences(control.manifests.read(like), made).items():
            print(f"  {part}: {before or '-'} -> {after or '-'}")


@app.command()
def canary(
    version: VersionName,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Share of the sessions.")] = 10,
    auto: Annotated[bool, typer.Option("--auto", help="Go up the steps, and promote what is better.")] = False,
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Give a share of the sessions to a version; again with another percentage for the next step."""
    with opened() as (settings, _, control):
        _note(settings)
        names = control.canary(version, percent, auto=auto, reason=why)
        _tell(names, f"{version} gets {percent}% of the sessions; {names.stable} the rest", as_json)


@app.command()
def shadow(version: VersionName, why: Why = "", as_json: AsJson = False) -> None:
    """Let a version answer copies of the questions, on spare capacity; nobody sees its answers."""
    with opened() as (settings, _, control):
        _note(settings)
        names = control.shadow(version, reason=why)
        _tell(names, f"{version} answers copies of what {names.stable} is asked", as_json)


@app.command()
def pause(why: Why = "", as_json: AsJson = False) -> None:
    """Give the candidate no more sessions for now."""
    with opened() as (_, _, control):
        _tell(control.pause(reason=why), "paused: the stable version answers everything", as_json)


@app.command()
def resume(why: Why = "", as_json: AsJson = False) -> None:
    """Go on after a pause."""
    with opened() as (_, _, control):
        names = control.resume(reason=why)
        _tell(names, f"{names.candidate} gets {names.percent}% of the sessions again", as_json)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="Without it, the candidate; with it, that version at once.")] = "",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Make the candidate (or VERSION) the stable version; the old one is kept as 'previous'."""
    with opened() as (settings, _, control):
        _note(settings)
        names = control.promote(version, reason=why)
        _tell(names, f"{names.stable} is stable; {names.previous} is kept as previous", as_json)


@app.command()
def rollback(why: Why = "", as_json: AsJson = False) -> None:
    """End what is being tried; where nothing is, make the previous version stable again."""
    with opened() as (_, _, control):
        names = control.rollback(reason=why)
        _tell(names, f"{names.stable} answers from the next question on", as_json)


@app.command()
def history(as_json: AsJson = False) -> None:
    """Show who decided what, and why, newest first."""
    with opened() as (_, store, _):
        decisions = store.aliases.decisions()
        if as_json:
            return _print_json({"decisions": [to_plain(one) for one in decisions]})
        table = Table("when", "what", "candidate", "%", "by", "why", box=None, pad_edge=False)
        for one in decisions:
            table.add_row(
                _when(one.at), one.action, escape(one.candidate), str(one.percent), one.by, escape(one.reason)
            )
        Console().print(table)


def _analysis(settings: Settings, store: Store, names: Aliases) -> Analysis | None:
    if names.mode != "canary":
        return None
    exposures = store.exposures.of_run(names.run, ARMS)
    return analyse(exposures, (names.stable, names.candidate), names.percent, settings.rollout, free_mb())


def _show(console: Console, found: Analysis) -> None:
    table = Table("", found.control.version, found.candidate.version, box=None, pad_edge=False)
    sides = (found.control, found.candidate)
    table.add_row("answers (sessions)", *(f"{one.answers} ({one.sessions})" for one in sides))
    for label, name in (
        ("good", "good"),
        ("errors", "errors"),
        ("time-outs", "timeouts"),
        ("asked again", "asked_again"),
    ):
        table.add_row(label, *(_share(getattr(one, name)) for one in sides))
    table.add_row("thumbs up / down", *(f"{one.thumbs_up} / {one.thumbs_down}" for one in sides))
    table.add_row("p95 to first token, s", *(_figure(one.ttft_p95_s) for one in sides))
    table.add_row("tokens/s", *(_figure(one.tokens_per_s) for one in sides))
    console.print(table)
    good = found.measured[0].comparison.interval
    if good is not None:
        console.print(f"good answers: {good.estimate:+.1%} (always valid at 95%: {good.low:+.1%} .. {good.high:+.1%})")
    console.print(f"outcome: {found.outcome}{' - ' if found.reason else ''}{found.reason}")


def _share(interval: Any) -> str:
    return f"{interval.estimate:.1%} ({interval.low:.1%}..{interval.high:.1%})"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _when(at: float) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")


def _note(settings: Settings) -> None:
    """Writes down what is installed: only a worker does it otherwise, and none may be running."""
    from wentu.bootstrap import choose
    from wentu.versions import note_versions

    note_versions(settings, choose(settings).versions)


def _stable(settings: Settings) -> str:
    from wentu.bootstrap import choose

    return choose(settings).stable


def _pairs(given: list[str] | None) -> dict[str, str]:
    found = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"'{text}' has no '='", hint="Write NAME=VALUE.")
        found[name] = value
    return found


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{path} can't be read", hint="Name a text file in UTF-8.") from exc


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as exc:
        raise BadInput(f"'{text}' is no number", hint="Write NAME=NUMBER.") from exc


def _tell(names: Aliases, sentence: str, as_json: bool) -> None:
    if as_json:
        _print_json(to_plain(names))
    else:
        print(sentence)


def _print_json(tree: Any) -> None:
    print(json.dumps(tree, ensure_ascii=False, indent=2))
