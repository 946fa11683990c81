"""`wentu erase`: everything of a user, a conversation or a time, out of database, files, queue and memories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadInput, Busy
from wentu.store import open_store
from wentu.store.erase import Chosen, Erased, erase

if TYPE_CHECKING:
    from wentu.queue import Queue


def erase_command(
    user: Annotated[str, typer.Option(help="The id of the user's key ('wentu keys list'), or 'local'.")] = "",
    session: Annotated[str, typer.Option(help="The id of one conversation.")] = "",
    before: Annotated[str, typer.Option(help="Everything from before this day or time, YYYY-MM-DD[THH:MM].")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what went as JSON.")] = False,
) -> None:
    """Erase a user, a conversation or a time for good. wentu may go on running."""
    chosen = _choose(user, session, before)
    if not yes:
        typer.confirm("This can't be undone. Erase?", abort=True, err=True)
    settings = load_settings()
    store = open_store(settings)
    try:
        gone = erase(store.database, store.files, store.recordings, store.audit, chosen, by="command line")
    finally:
        store.close()
    if gone.questions and settings.knowledge_file.is_file():
        from wentu.knowledge import KnowledgeBase

        KnowledgeBase(settings).forget(gone.questions)
    with _queue(settings) as queue:
        queue.eraser.erase(gone.jobs, [user] if user else [], gone.digests)
    _say(gone, as_json)


def _choose(user: str, session: str, before: str) -> Chosen:
    if sum(map(bool, (user, session, before))) != 1:
        raise BadInput("name one of --user, --session and --before", hint="wentu erase --help")
    if not before:
        return Chosen(owner=user or None, session=session or None)
    try:
        return Chosen(before=datetime.fromisoformat(before).timestamp())
    except ValueError as exc:
        raise BadInput("--before takes a day or a time", hint="For example 2026-01-31 or 2026-01-31T12:00.") from exc


@contextmanager
def _queue(settings: Settings) -> Iterator[Queue]:
    """The running queue; where wentu does not run, its own server for a moment, for what it kept on disk."""
    from wentu.queue import Queue
    from wentu.queue.valkey import EmbeddedValkey

    queue = Queue(settings)
    try:
        queue.depth()
        yield queue
        return
    except Busy:
        if settings.broker_url:
            raise
    valkey = EmbeddedValkey(settings)
    valkey.start()
    try:
        yield queue
    finally:
        valkey.stop()


def _say(gone: Erased, as_json: bool) -> None:
    if as_json:
        counts = {name: value for name, value in asdict(gone).items() if isinstance(value, int)}
        typer.echo(json.dumps({**counts, "jobs": len(gone.jobs), "files": len(gone.digests)}))
        return
    typer.echo(
        f"erased: {gone.sessions} conversations with {gone.messages} messages, {gone.pictures} pictures, "
        f"{len(gone.jobs)} jobs, {gone.reviews} cases of reviewers and {gone.cases} of customer service, "
        f"{gone.recordings} recordings, {gone.keys} keys"
    )
