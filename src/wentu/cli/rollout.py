"""`wentu rollout`: try a version (a policy, a knowledge base), compare it, promote it, take it back."""

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

from wentu.cli.replay import replay_command, report_command, votes_command
from wentu.core.codec import to_plain
from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadInput
from wentu.rollout.analysis import Analysis, analyse
from wentu.rollout.artifacts import VersionArtifacts
from wentu.rollout.control import Control
from wentu.rollout.manifest import Manifests, differences
from wentu.rollout.memory import free_mb
from wentu.rollout.recovery import first_answer_s
from wentu.store import Aliases, Kind, Store, open_store

app = typer.Typer(help="Try a version, compare it, promote it, take it back.", no_args_is_help=True)

app.command("replay")(replay_command)
app.command("report")(report_command)
app.command("votes")(votes_command)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Why = Annotated[str, typer.Option("--why", help="A word for the history.")]
VersionName = Annotated[str, typer.Argument(metavar="VERSION", help="A version, as 'status' lists them.")]
Of = Annotated[Kind, typer.Option("--of", help="What is meant: a model version, a guard policy, a knowledge base.")]
ARMS = ("control", "canary", "fallback")


@contextmanager
def opened() -> Iterator[tuple[Settings, Store]]:
    """The settings and what is kept."""
    settings = load_settings()
    store = open_store(settings)
    try:
        yield settings, store
    finally:
        store.close()


@contextmanager
def moving(kind: Kind, *, note: bool = True) -> Iterator[Control]:
    """The moves of one kind in the name of whoever sits here; `note`: what is installed is written down before."""
    with opened() as (settings, store):
        if kind == "model":
            if note:
                _note(settings)
            yield Control(store.aliases, _versions(settings), by="local")
        else:
            from wentu.releases import control_of  # brings the guard: half a second that the others don't need

            yield control_of(kind, settings, store.aliases, by="local", versions=_versions(settings))


@app.command()
def status(of: Of = "model", as_json: AsJson = False) -> None:
    """Show the versions, what is being tried, and how it stands."""
    with opened() as (settings, store):
        names, found = store.aliases.of(of).read(), _analysis(settings, store, of)
        if of != "model":
            return _status_of(of, found, as_json)
        _note(settings)
        manifests, stable = Manifests(settings.versions_dir).list(), names.stable or _stable(settings)
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
        _show(console, names, found)


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
    with opened() as (settings, _):
        _note(settings)
        versions = _versions(settings)
        made = versions.create(
            name,
            like=like,
            options=_pairs(option),
            prompts={task: _read(path) for task, path in _pairs(prompt).items()},
            sampling={key: _number(value) for key, value in _pairs(sampling).items()},
        )
        if as_json:
            return _print_json(to_plain(made) | {"digest": made.digest})
        print(f"{made.name} is made; what differs from {like}:")
        for part, (before, after) in differences(versions.manifests.read(like), made).items():
            print(f"  {part}: {before or '-'} -> {after or '-'}")


@app.command()
def canary(
    version: VersionName,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Share of the sessions.")] = 10,
    auto: Annotated[bool, typer.Option("--auto", help="Go up the steps, and promote what is better.")] = False,
    of: Of = "model",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Give a share of the sessions to a version; again with another percentage for the next step."""
    with moving(of) as control:
        names = control.canary(version, percent, auto=auto, reason=why)
        _tell(names, f"{version} gets {percent}% of the sessions; {names.stable} the rest", as_json)


@app.command()
def shadow(version: VersionName, why: Why = "", as_json: AsJson = False) -> None:
    """Let a version answer copies of the questions, on spare capacity; nobody sees its answers."""
    with moving("model") as control:
        names = control.shadow(version, reason=why)
        _tell(names, f"{version} answers copies of what {names.stable} is asked", as_json)


@app.command()
def pause(of: Of = "model", why: Why = "", as_json: AsJson = False) -> None:
    """Give the candidate no more sessions for now."""
    with moving(of, note=False) as control:
        _tell(control.pause(reason=why), "paused: the stable version answers everything", as_json)


@app.command()
def resume(of: Of = "model", why: Why = "", as_json: AsJson = False) -> None:
    """Go on after a pause."""
    with moving(of, note=False) as control:
        names = control.resume(reason=why)
        _tell(names, f"{names.candidate} gets {names.percent}% of the sessions again", as_json)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="Without it, the candidate; with it, that version at once.")] = "",
    of: Of = "model",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Make the candidate (or VERSION) the stable version; the old one is kept as 'previous'."""
    with moving(of) as control:
        names = control.promote(version, reason=why)
        _tell(names, f"{names.stable} is stable; {names.previous} is kept as previous", as_json)


@app.command()
def rollback(of: Of = "model", why: Why = "", as_json: AsJson = False) -> None:
    """End what is being tried; where nothing is, make the previous version stable again."""
    with moving(of, note=False) as control:
        names = control.rollback(reason=why)
        _tell(names, f"{names.stable} answers from the next question on", as_json)


@app.command()
def history(as_json: AsJson = False) -> None:
    """Show who decided what, and why, newest first."""
    with opened() as (_, store):
        decisions = store.aliases.decisions()
        taken = [first_answer_s(one, store.exposures) for one in decisions]
        if as_json:
            lines = zip(decisions, taken, strict=True)
            return _print_json({"decisions": [to_plain(one) | {"first_answer_s": seconds} for one, seconds in lines]})
        table = Table("when", "of", "what", "stable", "candidate", "%", "by", "why", box=None, pad_edge=False)
        for one, seconds in zip(decisions, taken, strict=True):
            what = (one.kind, one.action, escape(one.stable), escape(one.candidate), str(one.percent))
            first = "" if seconds is None else f" (first answer after {seconds:.1f} s)"
            table.add_row(_when(one.at), *what, one.by, escape(one.reason) + first)
        Console().print(table)


def _status_of(kind: Kind, found: Analysis | None, as_json: bool) -> None:
    with moving(kind) as control:
        names = control.names()
    if as_json:
        return _print_json({"aliases": to_plain(names), "analysis": None if found is None else asdict(found)})
    console = Console()
    console.print(f"stable: {names.stable or '-'}, previous: {names.previous or '-'}")
    return _show(console, names, found)


def _analysis(settings: Settings, store: Store, kind: Kind) -> Analysis | None:
    names = store.aliases.of(kind).read()
    if names.mode != "canary":
        return None
    exposures = store.exposures.of_run(names.run, ARMS)
    return analyse(exposures, (names.stable, names.candidate), names.percent, settings.rollout, free_mb())


def _show(console: Console, names: Aliases, found: Analysis | None) -> None:
    if names.mode != "off":
        paused = " (paused)" if names.paused else ""
        share = f" on {names.percent}% of the sessions" if names.mode == "canary" else ""
        console.print(f"\n{names.mode}{paused}: {names.candidate}{share}, since run {names.run}")
    if found is not None:
        _show_figures(console, found)


def _show_figures(console: Console, found: Analysis) -> None:
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


def _versions(settings: Settings) -> VersionArtifacts:
    return VersionArtifacts(settings, stable=lambda: _stable(settings))


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
