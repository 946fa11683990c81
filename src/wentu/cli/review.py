"""`wentu review`: the review desk on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from wentu.core.config import load_settings
from wentu.store import Review, Store, open_store
from wentu.store.reviews import ReviewState, Verdict

app = typer.Typer(help="The review desk: look at what is held, decide, check the audit.", no_args_is_help=True)
_BY = "command line"


@contextmanager
def _store() -> Iterator[Store]:
    store = open_store(load_settings())
    try:
        yield store
    finally:
        store.close()


@app.command("list")
def list_reviews(
    state: Annotated[ReviewState, typer.Option(help="Cases that stand like this.")] = "waiting",
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """List cases, the newest first. Personal data is masked."""
    with _store() as store:
        found = store.reviews.list(state=state, limit=limit)
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        start, end = one.span
        typer.echo(f"{one.id}  {one.severity:<6} {one.place}: {one.rule} ({one.category}, {one.how})")
        typer.echo(f"    {one.text[max(start - 20, 0) : start]}[{one.text[start:end]}]{one.text[end : end + 20]}")


@app.command()
def decide(
    review_id: Annotated[str, typer.Argument(help="The case, as 'list' shows it.")],
    verdict: Annotated[Verdict, typer.Argument(help="approve, edit or reject.")],
    text: Annotated[str, typer.Option(help="The edited answer; '-' reads standard input.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Decide a case; the decision reaches whoever asked at once."""
    edited = typer.get_text_stream("stdin").read() if text == "-" else text
    with _store() as store:
        decided = store.reviews.decide(review_id, verdict, by=_BY, text=edited or None)
    typer.echo(json.dumps(_plain(decided), ensure_ascii=False) if as_json else f"{decided.id} is {decided.state}")


@app.command()
def audit(
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many entries.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Show the audit's newest entries and check its chain. Exit code 1 when an entry was changed."""
    with _store() as store:
        entries, broken = store.audit.entries(limit=limit), store.audit.first_broken()
    if as_json:
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in entries]
        typer.echo(json.dumps({"entries": rows, "first_broken": broken}))
    else:
        for one in entries:
            typer.echo(f"{one.number:>6}  {one.actor}  {one.action}  {one.subject}")
        typer.echo("the chain holds" if broken is None else f"entry {broken} does not fit the chain", err=True)
    if broken is not None:
        raise typer.Exit(1)


def _plain(one: Review) -> dict[str, object]:
    from wentu.safety.personal_data import mask  # here: the other commands need not load the guard

    return {
        "id": one.id,
        "state": one.state,
        "place": one.place,
        "rule": one.rule,
        "category": one.category,
        "severity": one.severity,
        "how": one.how,
        "span": list(one.span),
        "question": one.question,
        "text": one.text,
        "draft": None if one.draft is None else mask(one.draft.text),
        "created_at": one.created_at,
    }
