"""`wentu serve` and `wentu worker`: the processes of one machine."""

from __future__ import annotations

import os
import socket
import sys
from typing import Annotated

import typer

from wentu.cli.supervisor import Supervisor
from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadSetting
from wentu.core.logs import set_up_logs
from wentu.store.database import Database


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.", show_default="WENTU_WEB__HOST, 127.0.0.1")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on.", show_default="WENTU_WEB__PORT, 8760")] = 0,
) -> None:
    """Run everything on this machine: page, API, worker, engine and queue. Ctrl-C stops all of it."""
    settings = _with_address(load_settings(), host, port)
    set_up_logs(settings.log_level, settings.log_format)
    if sys.platform == "win32" and not settings.broker_url:
        raise BadSetting("Windows has no embedded Valkey", hint="Name a Redis with WENTU_BROKER_URL.")
    _check_port(settings)
    database = Database(settings.database)
    database.upgrade()
    database.close()
    supervisor = Supervisor(settings)
    raise typer.Exit(supervisor.run())


def worker() -> None:
    """Run a worker alone, beside a queue that WENTU_BROKER_URL names or a running 'wentu serve'."""
    # In place of this process, so that signals reach the worker itself; doors never import each other.
    os.execv(sys.executable, [sys.executable, "-m", "wentu.worker"])


def _with_address(settings: Settings, host: str, port: int) -> Settings:
    web = settings.web.model_copy(update={k: v for k, v in {"host": host, "port": port}.items() if v})
    return settings.model_copy(update={"web": web})


def _check_port(settings: Settings) -> None:
    """Raises BadSetting when the port can't be had, before anything is started."""
    host, port = settings.web.host, settings.web.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise BadSetting(
                f"port {port} on {host} can't be used",
                hint="Another program listens there, or the address is wrong: choose with --port and --host.",
                port=port,
            ) from exc
