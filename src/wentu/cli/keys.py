"""`wentu keys`: who may use the API from another machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wentu.core.config import load_settings
from wentu.store.database import Database
from wentu.store.keys import Keys, Role

app = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)


def _keys() -> Keys:
    database = Database(load_settings().database)
    database.upgrade()
    return Keys(database)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose key this is.")],
    role: Annotated[Role, typer.Option(help="user, agent or admin.")] = "user",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Make a key. Its secret is shown once and never again."""
    made = _keys().make(role, name=name)
    if as_json:
        typer.echo(json.dumps({"id": made.key.id, "name": name, "role": role, "secret": made.secret}))
    else:
        typer.echo(made.secret)
        typer.echo(f"{made.key.id} ({role}): keep the secret above, it is not shown again.", err=True)


@app.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List keys, without their secrets."""
    keys = _keys().list()
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {"id": key.id, "name": key.name, "role": key.role, "revoked": key.revoked_at is not None}
                    for key in keys
                ]
            )
        )
        return
    for key in keys:
        typer.echo(f"{key.id}  {key.role:<6} {key.name}{'  (revoked)' if key.revoked_at else ''}")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, as 'list' shows it.")]) -> None:
    """Revoke a key at once."""
    _keys().revoke(key_id)
    typer.echo(f"{key_id} is revoked")
