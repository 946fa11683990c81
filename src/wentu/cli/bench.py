"""`wentu bench`: how fast this machine answers, engine by engine, as a table and as JSON."""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wentu import models
from wentu.cli.machine import read_machine
from wentu.cli.reports import leave_report
from wentu.core.config import Settings, load_settings
from wentu.core.errors import Cancelled, WeightsMissing
from wentu.core.registry import Registry
from wentu.models.disk import check_room, disk_errors

if TYPE_CHECKING:
    from wentu.engines.base import Engine
    from wentu.evaluation.bench import Figures

# Packages whose version decides how fast an engine is.
PACKAGES = ("wentu", "openvino", "llguidance", "torch", "transformers", "xllamacpp")
# Published weights and their int4 form, over the weights alone.
WITH_CONVERSION = 1.5
DEADLINE_S = 3_600  # one answer, on however slow a machine


@dataclass(frozen=True, slots=True)
class Subject:
    """The weights that are measured, and the variables that the measuring processes get."""

    name: str
    folder: Path | None
    environ: Mapping[str, str]


def bench(
    engines: Annotated[
        list[str] | None, typer.Option("--engine", help="May be repeated; without it, WENTU_ENGINE__NAME or openvino.")
    ] = None,
    model: Annotated[str, typer.Option(help="The model's name; without it, the newest complete one.")] = "",
    random: Annotated[
        bool, typer.Option("--random", help="Measure random weights of Qwen3-VL-2B's size, made for it and deleted.")
    ] = False,
    runs: Annotated[int, typer.Option(min=1, help="Each figure is the median of so many runs.")] = 3,
    out: Annotated[Path | None, typer.Option(help="Write the JSON into this file too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Measure how fast this machine answers. Nothing else should run meanwhile."""
    if model and random:
        raise typer.BadParameter("--model and --random exclude each other")
    if out is not None and not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.absolute().parent}")
    settings = load_settings()
    names = _engines(settings, engines or [])
    if random and not set(names) <= set(_weight_engines()):
        raise typer.BadParameter(f"--random is for {' and '.join(_weight_engines())}")
    with _random_weights(settings) if random else _installed(settings, model, names) as subject:
        tree = {**_measured(settings, names, subject, runs), "random": random}
    text = json.dumps(tree, ensure_ascii=False, indent=2)
    if out is not None:
        with disk_errors():
            out.write_text(text + "\n", "utf-8")
    if as_json:
        print(text)
    else:
        Console().print(_table(tree["engines"]))
    leave_report(settings, "bench", tree)


def _measured(settings: Settings, names: list[str], subject: Subject, runs: int) -> dict[str, Any]:
    """Every engine's figures, one engine after the other, with what they depend on."""
    from wentu.evaluation.bench import read_gb_per_s

    gb_per_s = [read_gb_per_s()]
    figures = {name: asdict(each) for name, each in _each(names, subject, runs)}
    gb_per_s.append(read_gb_per_s())
    return {
        "machine": asdict(read_machine()),
        "versions": {"python": platform.python_version(), **_versions()},
        "models": {name: _model_name(settings, name, subject) for name in names},
        "openvino_weights": settings.openvino.weights,
        "threads": settings.engine.threads,
        "runs": runs,
        "read_gb_per_s": gb_per_s,
        "engines": figures,
    }


def _each(names: list[str], subject: Subject, runs: int) -> Iterator[tuple[str, Figures]]:
    from wentu.evaluation.bench import STEPS, Figures, our_arm

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        for name in names:
            task = bars.add_task(name, total=len(STEPS))

            def report(step: str, task: Any = task, name: str = name) -> None:
                bars.update(task, description=f"{name}: {step}", completed=STEPS.index(step))

            folder = subject.folder if name in _weight_engines() else None
            try:
                jobs = ("convert", "measure") if name == "openvino" else ("measure",)
                arms = [our_arm(name, folder, runs, subject.environ, job=job) for job in jobs]
                found = Figures(**{key: value for arm in arms for key, value in arm.run(report).items()})
            except KeyboardInterrupt as exc:
                raise Cancelled("the measurement was stopped", hint="Run the same command again.") from exc
            bars.update(task, description=name, completed=len(STEPS))
            yield name, found


def _engines(settings: Settings, asked: list[str]) -> list[str]:
    """The engines to measure, each once. A name that is none is wrong usage."""
    registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
    for name in asked:
        if name not in registry:
            raise typer.BadParameter(f"there is no engine called '{name}'; known: {', '.join(registry)}")
    wanted = settings.engine.name
    return list(dict.fromkeys(asked)) or [wanted if wanted != "auto" else _weight_engines()[0]]


def _model_name(settings: Settings, engine: str, subject: Subject) -> str:
    """What an engine was measured with; "" where it has no weights, or does not tell."""
    if engine in _weight_engines():
        return subject.name
    return {"llamacpp": Path(settings.engine.model).name, "remote": settings.remote.model}.get(engine, "")


def _weight_engines() -> tuple[str, ...]:
    """The engines that run the published files, the fastest first."""
    from wentu.bootstrap import WEIGHT_ENGINES

    return tuple(WEIGHT_ENGINES)


@contextmanager
def _installed(settings: Settings, name: str, engines: list[str]) -> Iterator[Subject]:
    """A model of this machine, if one of the engines needs it. Raises WeightsMissing."""
    environ = _environ(settings)
    if not set(engines) & set(_weight_engines()):
        yield Subject("", None, environ)
        return
    # With llamacpp the setting points to GGUF files.
    wanted = name or ("" if "llamacpp" in engines else settings.engine.model)
    found = [model for model in models.installed(settings) if wanted in ("", model.name, str(model.dir))]
    complete = [model for model in found if model.complete]
    if not complete:
        raise WeightsMissing(
            f"there is no complete model called '{wanted}'" if wanted else "there is no complete model to measure",
            hint="Download one with 'wentu models pull', or measure random weights: wentu bench --random.",
        )
    yield Subject(complete[0].name, complete[0].dir, environ)


@contextmanager
def _random_weights(settings: Settings) -> Iterator[Subject]:
    """Weights of the full size and a data folder of their own, both gone at the end. Raises DiskFull."""
    from wentu.evaluation.random_model import make_random_model, n_bytes
    from wentu.evaluation.shapes import Sizes

    sizes = Sizes()
    with disk_errors():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        check_room(settings.data_dir, int(WITH_CONVERSION * n_bytes(sizes)))
        # In the data folder, since a system's temporary one may lie in memory.
        place = tempfile.TemporaryDirectory(prefix="bench-", dir=settings.data_dir)
    with place as folder:
        with disk_errors():
            weights = make_random_model(Path(folder) / "random-2b", sizes)
        yield Subject("random", weights, _environ(settings) | {"WENTU_DATA_DIR": folder})


def _environ(settings: Settings) -> dict[str, str]:
    return {"WENTU_DATA_DIR": str(settings.data_dir), "WENTU_ENGINE__DEADLINE_S": str(DEADLINE_S)}


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _table(engines: dict[str, dict[str, float | None]]) -> Table:
    """A row for each figure that at least one engine has."""
    table = Table("figure", *engines, box=None, pad_edge=False)
    rows = next(iter(engines.values()))
    for row in rows:
        values = [figures[row] for figures in engines.values()]
        if any(value is not None for value in values):
            table.add_row(row, *("-" if value is None else f"{value:.4g}" for value in values))
    return table
