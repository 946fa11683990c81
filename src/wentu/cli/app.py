"""The commands of the program `wentu`."""

from __future__ import annotations

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
