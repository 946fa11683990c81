"""`wentu kb`: the shop's knowledge base: import, list, search, roll back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wentu.core.config import load_settings
from wentu.core.errors import BadKnowledge, WentuError
from wentu.core.knowledge import Product
from wentu.knowledge import ImportProgress, KnowledgeBase, SourceFile, Version
from wentu.store import AliasStore, open_store

app = typer.Typer(help="The shop's knowledge base: products, questions and answers.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
_SHOWN_REFUSALS = 20


@app.command("import")
def import_files(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, XLSX, JSON; Markdown, TXT, DOCX, PDF; or folders.")
    ],
    replace: Annotated[bool, typer.Option(help="What these files don't have ends with this import.")] = False,
    note: Annotated[str, typer.Option(help="What this version is, for the list.")] = "",
    stage: Annotated[
        bool, typer.Option("--stage", help="Into a copy, to be tried before it answers everybody.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take products, questions and answers in as the next version. Known ones are updated, nothing is lost."""
    from wentu.releases import import_knowledge

    started, files = time.monotonic(), [_read(path) for path in _files(paths)]
    with _opened() as (knowledge, aliases):
        steps = import_knowledge(knowledge, aliases, files, by="local", note=note, replace=replace, stage=stage)
        version, name = _watch(steps), knowledge.staged if stage else ""
    if as_json:
        return _print(_as_tree(version, refusals=True) | ({"staged": name} if stage else {}))
    seconds = time.monotonic() - started
    if stage:
        print(f"copy {name} waits: 'wentu rollout canary {name} --of knowledge', or 'promote {name} --of knowledge'")
    print(
        f"version {version.number}: {version.added} added, {version.changed} changed, {version.removed} ended, "
        f"{len(version.refused)} refused; {version.products} products and {version.entries} entries, {seconds:.1f} s"
    )
    for one in version.refused[:_SHOWN_REFUSALS]:
        print(f"  refused {one.place}: {one.reason}{f' ({one.value})' if one.value else ''}")
    if len(version.refused) > _SHOWN_REFUSALS:
        print(f"  ... and {len(version.refused) - _SHOWN_REFUSALS} more (--json lists all)")
    return None


@app.command("list")
def list_versions(as_json: AsJson = False) -> None:
    """Show the versions, the newest first, which is the one that answers."""
    knowledge = KnowledgeBase(load_settings())
    versions, staged = knowledge.versions(), knowledge.staged
    if as_json:
        return _print({"versions": [_as_tree(one) for one in versions], "staged": staged or None})
    if not versions:
        return print("There is nothing yet. 'wentu kb import FILE...' takes a catalogue, questions and answers.")
    table = Table(
        "version", "products", "entries", "added", "changed", "ended", "refused", "note", box=None, pad_edge=False
    )
    for one in versions:
        numbers = (one.number, one.products, one.entries, one.added, one.changed, one.removed, len(one.refused))
        table.add_row(*map(str, numbers), escape(one.note))
    Console().print(table)
    return print(f"copy {staged} waits to be tried or promoted") if staged else None


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="A question, a product's name, or text of a picture.")],
    limit: Annotated[int, typer.Option(min=1, max=100)] = 8,
    as_json: AsJson = False,
) -> None:
    """Show what the search finds, with its scores; whether that is an answer is decided by `wentu support`."""
    knowledge = KnowledgeBase(load_settings())
    products, entries = knowledge.find_products(words, limit), knowledge.find_entries(words, limit)
    if as_json:
        return _print(
            {
                "products": [
                    {"sku": one.product.sku, "label": one.product.label, "score": round(one.score, 4)}
                    for one in products
                ],
                "entries": [
                    {
                        "id": one.entry.id,
                        "title": one.entry.title,
                        "score": round(one.score, 4),
                        "coverage": round(one.coverage, 4),
                    }
                    for one in entries
                ],
            }
        )
    for hit in products:
        print(f"{hit.score:8.2f}  {hit.product.sku:<20} {_line(hit.product)}")
    for entry in entries:
        print(f"{entry.score:8.2f}  {entry.entry.id:<20} {entry.entry.title}")
    return None


@app.command()
def rollback(
    number: Annotated[int, typer.Argument(help="The version to go back to.")], as_json: AsJson = False
) -> None:
    """Go back to an older version. This makes a new version that equals it, so that a rollback can be rolled back."""
    from wentu.releases import roll_back_knowledge

    with _opened() as (knowledge, aliases):
        version = roll_back_knowledge(knowledge, aliases, number, by="local")
    if as_json:
        return _print(_as_tree(version))
    return print(
        f"version {version.number} is version {number} again: {version.products} products, {version.entries} entries"
    )


@contextmanager
def _opened() -> Iterator[tuple[KnowledgeBase, AliasStore]]:
    """The knowledge base, and the names that say what was decided about it."""
    settings = load_settings()
    store = open_store(settings)
    try:
        yield KnowledgeBase(settings), store.aliases
    finally:
        store.close()


def _watch(steps: Iterator[ImportProgress]) -> Version:
    """Runs an import under a progress bar on a terminal's standard error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        for progress in steps:
            bar.update(task, description=progress.stage, completed=progress.done, total=progress.total)
            if progress.version is not None:
                return progress.version
    raise WentuError("the import ended without a version")


def _files(paths: list[Path]) -> list[Path]:
    return [
        file
        for path in paths
        for file in (sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path])
    ]


def _read(path: Path) -> SourceFile:
    try:
        return SourceFile(path.name, path.read_bytes())
    except OSError as exc:
        raise BadKnowledge(
            f"{path} can't be opened", hint="Check the name and the file's permissions.", name=path.name
        ) from exc


def _line(product: Product) -> str:
    price = "" if product.price is None else f"{product.price:g} {product.currency}"
    return f"{product.label}  {price}"


def _as_tree(version: Version, *, refusals: bool = False) -> dict[str, Any]:
    tree = asdict(version)
    if not refusals:
        tree["refused"] = len(version.refused)
    return tree


def _print(tree: dict[str, Any]) -> None:
    typer.echo(json.dumps(tree, ensure_ascii=False))
