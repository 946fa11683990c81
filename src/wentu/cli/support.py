"""`wentu support`: a customer's question, with or without a picture, answered from the knowledge base."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wentu.cli.pictures import read_picture
from wentu.core.config import load_settings
from wentu.core.errors import BadInput, TooManyPictures, WentuError, error_from_event
from wentu.core.logs import set_up_logs
from wentu.core.types import Answer, Done, Failed, Message, Query
from wentu.store.answers import support_object
from wentu.store.ids import new_id


def support(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[PICTURE...] QUESTION", help="Picture files ('-' reads one), then a question."),
    ],
    model: Annotated[str, typer.Option(help="A version or alias.")] = "stable",
    language: Annotated[str, typer.Option(help="zh or en; without it, the question's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer with facts and citations as JSON.")] = False,
) -> None:
    """Answer a customer: price, stock and facts come from the knowledge base only, or there is no answer."""
    from wentu.bootstrap import assemble

    settings = load_settings()
    set_up_logs("ERROR")
    paths, question = _split(words)
    if len(paths) > settings.intake.max_pictures:
        raise TooManyPictures(
            f"at most {settings.intake.max_pictures} pictures are taken", limit=settings.intake.max_pictures
        )
    pictures = [read_picture(path, settings.intake.max_bytes) for path in paths]
    options = {"language": language} if language else {}
    query = Query((Message("user", (*pictures, question)),), task="support", model=model, options=options)
    with assemble(settings) as service:
        answer = _last(service.answer(query))
    shown = support_object(answer, new_id("sup"))
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(answer.text)
    out = Console(stderr=True, highlight=False)
    out.print(f"[dim]{shown['outcome']} · {shown['sku'] or shown['faq_id'] or '-'}[/dim]")
    for one in shown["citations"]:
        where = f"[{', '.join(f'{x:.0f}' for x in one['box'])}]" if "box" in one else one["place"]
        out.print(f"  {where}  {one['field']}: {one['text']}", markup=False, style="dim")


def _split(words: list[str]) -> tuple[list[str], str]:
    """Pictures and the question. A single word that is a file is a picture without a question."""
    if len(words) == 1 and (words[0] == "-" or Path(words[0]).is_file()):
        return words, ""
    *paths, question = words
    if not question.strip() and not paths:
        raise BadInput("there is no question", hint='wentu support [PICTURE...] "question"')
    return paths, question


def _last(events: object) -> Answer:
    for event in events:  # type: ignore[attr-defined]
        if isinstance(event, Failed):
            raise error_from_event(event)
        if isinstance(event, Done):
            return event.answer
    raise WentuError("the answer ended without a result")
