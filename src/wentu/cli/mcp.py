"""`wentu mcp`: the tools of a running wentu for assistants that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wentu.core.errors import BadSetting


def mcp(
    address: Annotated[str | None, typer.Option(envvar="WENTU_ADDRESS", help="The running service.")] = None,
    key: Annotated[str | None, typer.Option(envvar="WENTU_KEY", help="An API key, where one is needed.")] = None,
    folder: Annotated[
        list[Path] | None, typer.Option(help="Read picture files in this folder alone; may be given several times.")
    ] = None,
) -> None:
    """Serve ask, extract, chart and support over standard input and output (Model Context Protocol)."""
    # Here and not above: an extra that the other commands don't need.
    try:
        from wentu.cli.mcp_server import build_server
    except ModuleNotFoundError as exc:
        if exc.name is None or exc.name.partition(".")[0] != "mcp":
            raise
        raise BadSetting("the package 'mcp' is not installed", hint="pip install 'wentu[mcp]'") from exc
    from wentu.client import Client

    with Client(address, key=key) as client:
        build_server(client, folder or []).run("stdio")
