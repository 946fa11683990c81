"""Alembic at work. Apart, since it takes a quarter of a second to import and most starts find nothing to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from wentu.core.errors import BadSetting


def migrate(connection: Connection, folder: Path, to: str) -> None:
    """Runs the migrations of `folder` up to the revision `to`, inside the connection's transaction.

    Raises BadSetting when a newer release made the tables.
    """
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as exc:
        raise BadSetting(
            "the database was made by a newer wentu than this one",
            hint="Install that release again, or restore a backup of this one.",
        ) from exc
