"""The program `wentu`: its commands, and the one place where errors become words and exit codes."""

from __future__ import annotations

import errno
import json
import os
import sys

import typer

from wentu import __version__
from wentu.cli import ask, evaluate, kb, keys, policy, review, serve, support
from wentu.cli.backup import backup, restore
from wentu.cli.bench import bench
from wentu.cli.chart import chart
from wentu.cli.doctor import doctor
from wentu.cli.erase import erase_command
from wentu.cli.extract import extract
from wentu.cli.mcp import mcp
from wentu.cli.models import app as models_app
from wentu.cli.rollout import app as rollout_app
from wentu.cli.selftest import selftest
from wentu.core.errors import DiskFull, WentuError

app = typer.Typer(
    name="wentu",
    help="Ask a picture: answers with the pixels they rest on, on your own CPU.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve.serve)
app.command()(serve.worker)
app.command()(ask.ask)
app.command()(extract)
app.command()(support.support)
app.command()(chart)
app.command()(mcp)
app.command()(doctor)
app.command()(bench)
app.command()(selftest)
app.command()(backup)
app.command()(restore)
app.command("erase")(erase_command)
app.add_typer(review.app, name="review")
app.add_typer(policy.app, name="policy")
app.add_typer(models_app, name="models")
app.add_typer(evaluate.app, name="eval")
app.add_typer(kb.app, name="kb")
app.add_typer(rollout_app, name="rollout")
app.add_typer(keys.app, name="keys")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wentu {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    """Ask a picture: answers with the pixels they rest on, on your own CPU."""


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 went wrong, 2 wrong usage, 130 stopped with Ctrl-C."""
    try:
        app(standalone_mode=True)
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
