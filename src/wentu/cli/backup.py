"""`wentu backup` and `wentu restore`: the data folder in one file, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from wentu.cli.supervisor import only_one
from wentu.core.config import load_settings
from wentu.core.errors import BadSetting
from wentu.store.backup import Step, back_up
from wentu.store.backup import restore as put_back
from wentu.store.database import Database

_OWN_DATABASE = "The database is PostgreSQL: save and restore it with pg_dump and pg_restore; this covers the rest."


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, for example wentu-backup.tar.gz.")],
) -> None:
    """Save everything but model weights in one file. wentu may go on running."""
    settings = load_settings()
    if not settings.data_dir.is_dir():
        raise BadSetting(f"{settings.data_dir} is not there", hint="Name the data folder with WENTU_DATA_DIR.")
    if file.resolve().is_relative_to(settings.data_dir.resolve()):
        raise BadSetting("a backup inside the data folder would be lost with it", hint="Choose another place.")
    if not file.absolute().parent.is_dir():
        raise BadSetting(f"the folder {file.absolute().parent} is not there", hint="Make it first.")
    _say_database(settings.database)
    _watch("saving", back_up(settings.data_dir, file))
    typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB", err=True)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of 'wentu backup'.")],
) -> None:
    """Put a backup in the place of what is there; what was there is kept beside it. wentu must not run."""
    settings = load_settings()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one(settings):
        _watch("restoring", put_back(file, settings.data_dir))
        database = Database(settings.database)
        database.upgrade()
        database.close()
    _say_database(settings.database)
    typer.echo(f"{settings.data_dir} is restored", err=True)


def _watch(what: str, steps: Iterator[Step]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        for step in steps:
            progress.update(task, completed=step.done, total=step.total)


def _say_database(url: str) -> None:
    if not url.startswith("sqlite"):
        typer.echo(_OWN_DATABASE, err=True)
