"""`wentu models convert`: make the engine's own files ahead of the first load."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from wentu import models
from wentu.core.config import Settings, load_settings
from wentu.core.errors import Cancelled, EngineMissing, IncompleteModel, WeightsMissing
from wentu.engines.openvino.formats import PRECISIONS
from wentu.models import InstalledModel
from wentu.models.disk import disk_errors
from wentu.models.manifest import size_text


def _known(weights: str) -> str:
    if weights and weights not in PRECISIONS:
        raise typer.BadParameter(f"'{weights}' is none of {', '.join(PRECISIONS)}")
    return weights


def convert(
    name: Annotated[str, typer.Argument(help="The model's name; without it, the newest complete one.")] = "",
    weights: Annotated[
        str,
        typer.Option(
            help=f"{', '.join(PRECISIONS)}; without it, what WENTU_OPENVINO__WEIGHTS says.",
            callback=_known,
            show_default=False,
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Make it anew even where it is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Convert a model for the openvino engine now, so that its first load is quick."""
    settings = load_settings()
    if weights:
        settings = settings.model_copy(
            update={"openvino": settings.openvino.model_copy(update={"weights": weights})},
        )
    model = _choose(settings, name)
    started = time.monotonic()
    folder, made = _prepare(model, settings, force)
    seconds = round(time.monotonic() - started, 1)
    size_bytes = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    if as_json:
        tree = {
            "name": model.name,
            "weights": settings.openvino.weights,
            "dir": str(folder),
            "size_bytes": size_bytes,
            "made": made,
            "seconds": seconds,
        }
        print(json.dumps(tree, ensure_ascii=False, indent=2))
        return
    done = f"is converted to {settings.openvino.weights} in {seconds:g} s" if made else "was converted before"
    print(f"{model.name} {done}: {size_text(size_bytes)} in {folder}")


def _choose(settings: Settings, name: str) -> InstalledModel:
    """Raises UnknownVersion, WeightsMissing where there is no model at all, IncompleteModel."""
    if name:
        model = models.find_model(settings, name)
        if not model.complete:
            raise IncompleteModel(f"{name} is not complete: {'; '.join(model.problems)}", name=name)
        return model
    complete = [model for model in models.installed(settings) if model.complete]
    if not complete:
        raise WeightsMissing("there is no complete model to convert")
    return complete[0]


def _prepare(model: InstalledModel, settings: Settings, force: bool) -> tuple[Path, bool]:
    """The folder of the conversion, and whether it was made just now. Raises what the engine's `prepare` raises."""
    try:
        from wentu.engines.openvino.assembly import prepare
    except ImportError as exc:
        raise EngineMissing(
            "the openvino engine is not installed", hint="Install it again: pip install --force-reinstall wentu."
        ) from exc
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    reports: list[float] = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars, disk_errors():
        task = bars.add_task(f"converting {model.name} to {settings.openvino.weights}", total=1.0, visible=False)

        def report(fraction: float) -> None:
            reports[:] = [fraction]
            bars.update(task, completed=fraction, visible=True)

        try:
            folder = prepare(model.dir, settings, report, anew=force).folder
        except KeyboardInterrupt as exc:
            raise Cancelled("the conversion was stopped", hint="Nothing is left of it; run it again.") from exc
    return folder, bool(reports)
