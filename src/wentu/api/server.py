"""The web process: the app under gunicorn (waitress on Windows), started by `wentu serve` or on its own."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from wentu.api.auth import is_loopback
from wentu.api.patience import Patience, patient_worker
from wentu.api.service import EXTENSION
from wentu.core.config import Settings
from wentu.core.errors import BadSetting
from wentu.core.process import die_with, keep_for_good
from wentu.store import open_store

if TYPE_CHECKING:
    from flask import Flask

# After SIGTERM, streams get this long to end before they are cut.
GRACEFUL_S = 5

Start = Callable[..., Any]


def serve(settings: Settings) -> None:
    """Serves until a signal ends it. Raises BadSetting."""
    check_address(settings)
    if sys.platform == "win32":
        _serve_waitress(settings)
    else:
        _serve_gunicorn(settings)


def check_address(settings: Settings) -> None:
    """Brings the database up to date. Raises BadSetting for an address that others reach while there is no key."""
    with closing(open_store(settings)) as store:
        if not is_loopback(settings.web.host) and not store.keys.any_active():
            raise BadSetting(
                f"WENTU_WEB__HOST is {settings.web.host}, which other machines may reach, and there is no API key",
                hint="Make one first with 'wentu keys add --role admin', or listen on 127.0.0.1.",
                name="WENTU_WEB__HOST",
                value=settings.web.host,
            )


def _serve_gunicorn(settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):  # type: ignore[misc]
        """gunicorn with our settings alone: no file, no command line, no environment."""

        def load_config(self) -> None:
            for name, value in _gunicorn_settings(settings).items():
                self.cfg.set(name, value)

        def load(self) -> Start:
            return _app(settings)

    Application().run()


def _gunicorn_settings(settings: Settings) -> dict[str, Any]:
    host = f"[{settings.web.host}]" if ":" in settings.web.host else settings.web.host
    return {
        "bind": f"{host}:{settings.web.port}",
        "worker_class": patient_worker(settings.web.client_timeout_s),
        "workers": 1,
        "threads": settings.web.threads,
        "preload_app": False,  # the app is made after the fork, so no connection is shared
        "graceful_timeout": GRACEFUL_S,
        "timeout": 60,  # of the worker's heartbeat, not of a request
        "loglevel": settings.log_level.lower(),
        "control_socket_disable": True,
        "proc_name": "wentu-web",
        "forwarded_allow_ips": "",
        # A worker that outlives its killed master would hold the port.
        "post_fork": lambda arbiter, _worker: die_with(arbiter.pid),
        "worker_exit": _close_parts,
    }


def _serve_waitress(settings: Settings) -> None:
    import waitress

    waitress.serve(
        _app(settings), host=settings.web.host, port=settings.web.port, threads=settings.web.threads, ident="wentu"
    )


def _app(settings: Settings) -> Start:
    # Imported after the fork: the process that only watches over the worker needs none of it.
    from wentu.api.app import create_app
    from wentu.api.sweeper import Sweeper

    app = create_app(settings)
    Sweeper(app.extensions[EXTENSION].store).start()
    app.wsgi_app = Patience(app.wsgi_app, settings.web.client_timeout_s)  # type: ignore[method-assign]
    keep_for_good()
    return app


def _close_parts(_arbiter: object, worker: Any) -> None:
    """After the graceful time. Python would now wait for the threads of open streams, so it is not let."""
    app: Flask | None = getattr(worker, "wsgi", None)
    if app is not None and EXTENSION in app.extensions:
        app.extensions[EXTENSION].close()
        logging.shutdown()
        os._exit(0)
