"""`wentu models`: bring, list, check, convert and remove model weights."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from wentu import models
from wentu.cli.convert import convert
from wentu.core.config import Settings, load_settings
from wentu.core.errors import Cancelled, IncompleteModel, WeightsMissing
from wentu.models import FilesProgress, InstalledModel
from wentu.models.manifest import size_text

app = typer.Typer(help="Bring, list, check, convert and remove model weights.", no_args_is_help=True)
app.command()(convert)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


class HubName(StrEnum):
    """Where `pull` can fetch from."""

    huggingface = "huggingface"
    modelscope = "modelscope"


@app.command()
def pull(
    repo: Annotated[str, typer.Argument(help="owner/model; without it, the one in the settings.")] = "",
    source: Annotated[HubName | None, typer.Option("--from", help="The hub; a mirror is set by HF_ENDPOINT.")] = None,
    revision: Annotated[str, typer.Option(help="Branch, tag or commit; without it, the newest.")] = "",
    as_json: AsJson = False,
) -> None:
    """Download a model, or finish a download; files that are here and right are kept.

    A token for models that need one is read from HF_TOKEN only.
    """
    reports = models.pull(load_settings(), repo, hub=source or "", revision=revision)
    model = _watch(reports, stopped="the download was stopped").model
    assert model is not None
    _tell(model, f"{model.name} is complete: {size_text(model.size_bytes)} at revision {model.revision}", as_json)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show the models on this machine, the newest complete one first."""
    found = models.installed(load_settings())
    if as_json:
        return _print_json({"models": [_as_tree(model) for model in found]})
    if not found:
        return print("There is no model yet. 'wentu models pull' downloads one, 'wentu models add FOLDER' takes yours.")
    table = Table("name", "state", "size", "from", "revision", box=None, pad_edge=False)
    for model in found:
        state = "complete" if model.complete else "; ".join(model.problems)
        origin = f"{model.hub} {model.repo}".strip()
        table.add_row(escape(model.name), escape(state), size_text(model.size_bytes), origin, model.revision[:16])
    return Console().print(table)


@app.command()
def verify(
    name: Annotated[str, typer.Argument(help="The model's name; without it, every model.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hash a model's files again and name the ones that are missing, changed or added."""
    settings = load_settings()
    names = [name] if name else [model.name for model in models.installed(settings)]
    if not names:
        raise WeightsMissing("there is no model to verify")
    results = {each: _verify(each) for each in names}
    if as_json:
        _print_json({"models": [{"name": each, "ok": not bad, "problems": bad} for each, bad in results.items()]})
    else:
        for each, problems in results.items():
            print(f"{each}: {'every file is what it was' if not problems else '; '.join(problems)}")
    if any(results.values()):
        if not as_json:
            print(
                "'wentu models pull' (or remove and add) brings damaged files anew; delete files that somebody added."
            )
        raise typer.Exit(1)


def _verify(name: str) -> list[str]:
    try:
        return list(_watch(models.verify(load_settings(), name), stopped="the verification was stopped").problems)
    except IncompleteModel as exc:
        return [exc.message]


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="The model's name, as 'list' shows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a model from the disk."""
    settings = load_settings()
    model = models.find_model(settings, name)
    if not yes:
        typer.confirm(f"Delete {name} ({size_text(model.size_bytes)})?", abort=True, err=True)
    models.remove(settings, name, kept=_models_in_use(settings))
    _tell(model, f"{name} is deleted", as_json)


def _models_in_use(settings: Settings) -> frozenset[str]:
    """The models of the stable, the candidate and the previous version."""
    from wentu.rollout.manifest import Manifests
    from wentu.store import open_store

    store = open_store(settings)
    try:
        in_use = store.aliases.read().in_use
    finally:
        store.close()
    return frozenset(one.model for one in Manifests(settings.versions_dir).list() if one.name in in_use)


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="A folder with config.json, *.safetensors and the tokenizer's files.")],
    name: Annotated[str, typer.Option(help="The model's name here; without it, the folder's.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy even where a link would do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in files that were brought by hand; says exactly what is missing and for what."""
    reports = models.add(load_settings(), folder, name=name, copy=copy)
    model = _watch(reports, stopped="the addition was stopped").model
    assert model is not None
    _tell(model, f"{model.name} is complete: {size_text(model.size_bytes)}", as_json)


def _watch(reports: Generator[FilesProgress, None, None], *, stopped: str) -> FilesProgress:
    """Draws a progress bar on standard error and gives the last report back. Raises Cancelled on Ctrl-C."""
    last = FilesProgress("listing")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with closing(reports), Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("asking for the list of files", total=None)
        try:
            for last in reports:
                _draw(bars, task, last)
        except KeyboardInterrupt as exc:
            raise Cancelled(stopped, hint="The same command goes on where it stopped.") from exc
    return last


def _draw(bars: Progress, task: TaskID, report: FilesProgress) -> None:
    if report.stage == "listing":
        return
    text = report.file or report.stage
    if report.retry_in_s is not None:
        text = f"connection lost, next try in {report.retry_in_s:.0f} s"
    bars.update(task, description=escape(text), completed=report.done_bytes, total=report.total_bytes)


def _as_tree(model: InstalledModel) -> dict[str, Any]:
    return asdict(model) | {"dir": str(model.dir), "problems": list(model.problems)}


def _tell(model: InstalledModel, sentence: str, as_json: bool) -> None:
    if as_json:
        _print_json(_as_tree(model))
    else:
        print(sentence)


def _print_json(tree: dict[str, Any]) -> None:
    print(json.dumps(tree, ensure_ascii=False, indent=2))
