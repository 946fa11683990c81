"""The program `wentu`: the one place where errors become words and exit codes."""

from __future__ import annotations

import errno
import json
import os
import sys

import typer

from wentu.core.errors import DiskFull, WentuError


def _app() -> typer.Typer:
    """All commands; for those that start a service only these, so that its page is there a second sooner, and for those
    of a rollout too: the way back waits for nothing."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in ("serve", "worker", "rollout"):
        from wentu.cli.app import app as whole

        return whole
    app = typer.Typer(name="wentu", pretty_exceptions_enable=False, add_completion=False)
    if wanted == "rollout":
        from wentu.cli.rollout import app as rollout

        app.add_typer(rollout, name="rollout")
    else:
        from wentu.cli import serve

        app.command()(serve.serve)
        app.command()(serve.worker)
    return app


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 went wrong, 2 wrong usage, 130 stopped with Ctrl-C."""
    try:
        _app()(standalone_mode=True)
    except WentuError as exc:
        _explain(exc)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `wentu ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _explain(DiskFull("there is no room on the disk"))
        sys.exit(1)


def _explain(error: WentuError) -> None:
    """What went wrong and what to do; as JSON on standard output too where the command was asked for JSON."""
    if "--json" in sys.argv:
        body = {"code": error.code, "message": error.message, "hint": error.hint, "params": error.params}
        typer.echo(json.dumps({"error": body}, ensure_ascii=False))
    typer.echo(f"wentu: {error.message}", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)
