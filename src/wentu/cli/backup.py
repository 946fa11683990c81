"""`wentu backup` and `wentu restore`: everything that is kept in one file, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from wentu.cli.supervisor import only_one
from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadSetting
from wentu.store.backup import Step, back_up
from wentu.store.backup import restore as put_back
from wentu.store.database import Database

_OWN_DATABASE = "The database is PostgreSQL: save and restore it with pg_dump and pg_restore; this covers the rest."
_OWN_BUCKET = "The pictures are in a bucket: save it with its own means (versioning, a copy); this covers the rest."


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, for example wentu-backup.tar.gz.")],
) -> None:
    """Save everything but model weights in one file. wentu may go on running."""
    settings = load_settings()
    folder = settings.kept_dir
    if not folder.is_dir():
        raise BadSetting(f"{folder} is not there", hint="Name it with WENTU_DATA_DIR (or WENTU_SHARED_DIR).")
    if file.resolve().is_relative_to(folder.resolve()):
        raise BadSetting("a backup inside the data folder would be lost with it", hint="Choose another place.")
    if not file.absolute().parent.is_dir():
        raise BadSetting(f"the folder {file.absolute().parent} is not there", hint="Make it first.")
    _say_what_is_elsewhere(settings)
    _watch("saving", back_up(folder, file))
    typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB", err=True)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of 'wentu backup'.")],
) -> None:
    """Put a backup in the place of what is there; what was there is kept beside it. wentu must not run."""
    settings = load_settings()
    with only_one(settings):
        _watch("restoring", put_back(file, settings.kept_dir))
        database = Database(settings.database)
        database.upgrade()
        database.close()
    _say_what_is_elsewhere(settings)
    typer.echo(f"{settings.kept_dir} is restored", err=True)


def _watch(what: str, steps: Iterator[Step]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        for step in steps:
            progress.update(task, completed=step.done, total=step.total)


def _say_what_is_elsewhere(settings: Settings) -> None:
    if not settings.database.startswith("sqlite"):
        typer.echo(_OWN_DATABASE, err=True)
    if settings.pictures_url:
        typer.echo(_OWN_BUCKET, err=True)
