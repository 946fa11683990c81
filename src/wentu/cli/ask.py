"""`wentu ask`: a question about pictures, streamed to the terminal."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from wentu.cli.pictures import read_picture
from wentu.core.codec import to_plain
from wentu.core.config import load_settings
from wentu.core.detail import OPTION, Detail
from wentu.core.errors import BadInput, TooManyPictures, WentuError, error_from_event
from wentu.core.logs import set_up_logs
from wentu.core.types import Answer, Done, Failed, Message, Progress, Query, Retract, SamplingParams, Token

_STATUS = {
    "reader": "built-in reader: the text and geometry of the picture, no vision model",
    "verified": "verified: every figure and quotation stands in the picture",
    "grounded": "grounded: part of the answer stands in the picture",
    "unverified": "unverified: nothing in the picture's text confirms this",
}


def ask(
    words: Annotated[
        list[str], typer.Argument(metavar="PICTURE... QUESTION", help="Picture files ('-' reads one), then a question.")
    ],
    model: Annotated[str, typer.Option(help="A version or alias.")] = "stable",
    max_tokens: Annotated[int, typer.Option(min=1, help="Longest answer, in tokens.")] = 4096,
    temperature: Annotated[float | None, typer.Option(min=0, help="0 is always the likeliest word.")] = None,
    seed: Annotated[int | None, typer.Option(help="Makes sampling repeatable.")] = None,
    detail: Annotated[Detail, typer.Option(help="How closely pictures are looked at.")] = "balanced",
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Ask a question about one or more pictures."""
    # Here and not above: half a second and 50 MB that the other commands, above all `serve`, don't need.
    from wentu.bootstrap import assemble

    *paths, question = words
    if not paths:
        raise BadInput("no picture was named", hint='wentu ask PICTURE... "question"')
    settings = load_settings()
    set_up_logs("ERROR")
    if len(paths) > settings.intake.max_pictures:
        raise TooManyPictures(
            f"{len(paths)} pictures; at most {settings.intake.max_pictures} are taken",
            count=len(paths),
            limit=settings.intake.max_pictures,
        )
    pictures = [read_picture(path, settings.intake.max_bytes) for path in paths]
    sampling = SamplingParams(max_tokens=max_tokens, temperature=temperature, seed=seed)
    query = Query((Message("user", (*pictures, question)),), model=model, sampling=sampling, options={OPTION: detail})
    with assemble(settings) as service:
        answer = _show(service.answer(query), quiet=as_json)
    if as_json:
        typer.echo(json.dumps(to_plain(answer), ensure_ascii=False))
    else:
        _print_evidence(answer, [picture.name for picture in pictures])


def _show(events: object, *, quiet: bool) -> Answer:
    """Prints tokens as they come, and on a terminal the stage before the first one."""
    console = Console(stderr=True)
    answer: Answer | None = None
    with console.status("") as status:
        if quiet or not console.is_terminal:
            status.stop()
        for event in events:  # type: ignore[attr-defined]
            match event:
                case Progress():
                    status.update(event.stage.replace("_", " "))
                case Token() if not quiet:
                    status.stop()
                    sys.stdout.write(event.text)
                    sys.stdout.flush()
                case Retract() if not quiet:
                    sys.stdout.write("\n[stopped by this service's rules]")
                case Done():
                    answer = event.answer
                case Failed():
                    raise error_from_event(event)
    if answer is None:
        raise WentuError("the answer ended without a result")
    return answer


def _print_evidence(answer: Answer, names: list[str]) -> None:
    out = Console(stderr=True, highlight=False)
    sys.stdout.write("\n")
    sys.stdout.flush()
    seconds = answer.timings.get("engine", 0.0)
    out.print(f"[dim]{_STATUS[answer.status]} · {answer.version} · {seconds:.1f} s[/dim]")
    for figure in answer.unsupported:
        out.print(f"[yellow]not found in the picture: {figure}[/yellow]", markup=True)
    for item in answer.evidence[:40]:
        xs, ys = [x for x, _ in item.polygon], [y for _, y in item.polygon]
        box = f"{min(xs):.0f},{min(ys):.0f} - {max(xs):.0f},{max(ys):.0f}"
        where = f"{names[item.picture]} " if len(names) > 1 else ""
        out.print(f"  {where}[{box}]  {item.text}", markup=False, style="dim")
    if len(answer.evidence) > 40:
        out.print(f"  ... and {len(answer.evidence) - 40} more (--json lists all)", style="dim")
