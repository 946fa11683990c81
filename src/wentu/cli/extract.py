"""`wentu extract`: documents into fields, one after the other, resumable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wentu.cli.documents import Document, find_documents
from wentu.cli.journal import Journal
from wentu.cli.pictures import read_picture
from wentu.core.config import load_settings
from wentu.core.errors import BadInput, WentuError, error_from_event
from wentu.core.extracted import TO_REVIEW, csv_text, extraction_object, xlsx_bytes
from wentu.core.logs import set_up_logs
from wentu.core.types import Done, Failed, Message, Query, Raw

if TYPE_CHECKING:
    from wentu.bootstrap import Service

_SUFFIXES = (".jsonl", ".csv", ".xlsx")
_COLOURS = {"verified": "green", "grounded": "cyan", "inferred": "yellow", "conflict": "red", "unreadable": "magenta"}


def extract(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Pictures, PDFs, OFDs or folders ('-' reads one).")
    ],
    kind: Annotated[
        str, typer.Option("--as", help="A document type, 'auto', or a JSON file with your own fields.")
    ] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Write .jsonl, .csv or .xlsx; run again to go on where it stopped.")
    ] = None,
    model: Annotated[str, typer.Option(help="A version or alias.")] = "stable",
    full_numbers: Annotated[bool, typer.Option("--full-numbers", help="Show bank card numbers in full.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a document.")] = False,
) -> None:
    """Read the fields of documents, each with its place on the page, its checks and how sure it is."""
    if out is not None and out.suffix.lower() not in _SUFFIXES:
        raise typer.BadParameter(f"--out must end in {', '.join(_SUFFIXES)}")
    if out is not None and not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.absolute().parent}")
    options = _options(kind) | ({"full_numbers": "true"} if full_numbers else {})
    set_up_logs("ERROR")
    settings = load_settings()
    documents = find_documents(paths, settings.intake)
    failed = 0
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(out, json.dumps([options, model], sort_keys=True))) if out else None
        todo = [one for one in documents if journal is None or one.id not in journal]
        objects: Iterator[dict[str, Any]] = iter(())
        if todo:
            # Here and not above: OCR and its runtime, which a finished batch and the other commands don't need.
            from wentu.bootstrap import assemble

            service = stack.enter_context(assemble(settings))
            objects = _each(service, todo, options, model, settings.intake.max_bytes)
        for one in _with_bar(objects, len(documents), len(documents) - len(todo)):
            failed += "error" in one
            if journal is not None:
                journal.add(one)
            if as_json:
                typer.echo(json.dumps(one, ensure_ascii=False))
            elif out is None:
                _print(one)
        if journal is not None and out is not None:
            journal.finish(_files(out, [journal.objects[one.id] for one in documents]))
            if not as_json:
                Console(stderr=True).print(
                    f"{len(documents)} documents -> {out}" + (f", {failed} failed" if failed else "")
                )
    if failed:
        raise typer.Exit(1)


def _options(kind: str) -> dict[str, str]:
    """The task's options for what `--as` names. A type that is none is wrong usage."""
    from wentu.tasks.extract.custom import custom_type
    from wentu.tasks.extract.documents import document_types

    if kind == "auto" or kind in document_types():
        return {"type": kind}
    path = Path(kind)
    if path.suffix.lower() != ".json":
        known = ", ".join((*document_types(), "auto"))
        raise typer.BadParameter(f"'{kind}' is no document type ({known}) and no .json file", param_hint="--as")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{path} can't be read", hint="Give a UTF-8 JSON file.") from exc
    custom_type(text)
    return {"schema": text}


def _each(
    service: Service, documents: Sequence[Document], options: dict[str, str], model: str, max_bytes: int
) -> Iterator[dict[str, Any]]:
    """One object a document; a document that can't be read gives its error and the batch goes on."""
    for document in documents:
        try:
            raw = read_picture(document.path, max_bytes)
            picture = Raw(raw.data, raw.name, document.page)
            query = Query((Message("user", (picture,)),), task="extract", model=model, options=options)
            yield _one(service, document.id, query)
        except WentuError as error:
            body = {"code": error.code, "message": error.message, "hint": error.hint}
            yield {"id": document.id, "error": body}


def _one(service: Service, document_id: str, query: Query) -> dict[str, Any]:
    for event in service.answer(query):
        if isinstance(event, Failed):
            raise error_from_event(event)
        if isinstance(event, Done):
            return extraction_object(document_id, event.answer)
    raise WentuError("the extraction ended without a result")


def _with_bar(objects: Iterator[dict[str, Any]], total: int, done: int) -> Iterator[dict[str, Any]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal or total < 2) as bars:
        task = bars.add_task("documents", total=total, completed=done)
        for one in objects:
            yield one
            bars.advance(task)


def _files(out: Path, objects: Sequence[dict[str, Any]]) -> bytes | None:
    """The finished file; None for JSON lines, whose journal is the file itself."""
    if out.suffix.lower() == ".csv":
        return csv_text(objects).encode("utf-8")
    return xlsx_bytes(objects) if out.suffix.lower() == ".xlsx" else None


def _print(one: dict[str, Any]) -> None:
    """A document for a person at a terminal: value and status a line, then what to look at."""
    console = Console(highlight=False)
    if "error" in one:
        console.print(f"{one['id']}: {one['error']['message']}", style="red", markup=False)
        return
    console.print(f"{one['id']}  {one['type']}", style="bold", markup=False)
    for name, value in one["fields"].items():
        if value["status"] == "absent":
            continue
        shown = value["value"] if value["value"] is not None else f"({value['reason']})"
        style = _COLOURS.get(value["status"], "")
        console.print(f"  {name:24} {shown}  [{style}]{value['status']}[/]" if style else f"  {name:24} {shown}")
        if value["status"] in TO_REVIEW and value["alternatives"]:
            console.print(f"  {'':24} other reading: {' / '.join(value['alternatives'])}", style="dim", markup=False)
    for check in one["checks"]:
        if not check["passed"]:
            console.print(f"  ! {check['id']}: {check['message']}", style="red", markup=False)
    for warning in one["quality"]:
        console.print(f"  ~ {warning['id']}: {warning['message']}", style="yellow", markup=False)
