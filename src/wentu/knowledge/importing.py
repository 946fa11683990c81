"""Files into items, with a report: what is there, and what was refused, where and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wentu.core.errors import BadKnowledge
from wentu.knowledge import documents, office, tables, values
from wentu.knowledge.items import Item, key_of, kind_of
from wentu.knowledge.rows import products_of
from wentu.knowledge.values import Unfit

MAX_FILE_BYTES = 100_000_000
MAX_REFUSALS = 1_000
TABLES = {"csv": tables.read_csv, "tsv": tables.read_csv, "xlsx": tables.read_xlsx, "json": tables.read_json,
          "jsonl": tables.read_json}  # fmt: skip
TEXTS = ("md", "markdown", "txt", "docx", "pdf")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as a door got it; only its name is kept, never its path."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: where it stands, why (a stable id), and the value that is wrong."""

    place: str
    reason: str
    value: str = ""


@dataclass(slots=True)
class Taken:
    """The items of an import so far, by kind and key, in order, and what was refused."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Takes an item; a second one with the same key is refused, for nobody knows which of them is right."""
        key = (kind_of(item), key_of(item))
        known = self.items.get(key)
        if known is None:
            self.items[key] = item
        else:
            same = "repeated" if _without_place(known) == _without_place(item) else "duplicate"
            self.refuse(item.source, same, key[1])

    def refuse(self, place: str, reason: str, value: str = "") -> None:
        if len(self.refused) < MAX_REFUSALS:
            self.refused.append(Refusal(place, reason, value[:60]))


def read_files(files: Iterable[SourceFile]) -> Iterator[tuple[int, Taken]]:
    """The number of rows read so far, with everything taken; once every few hundred rows and at the end.

    Raises BadKnowledge for a file that can't be read at all.
    """
    taken, done = Taken(), 0
    for file in files:
        for place, item in _items(file):
            done += 1
            if isinstance(item, Unfit):
                taken.refuse(place, item.reason, item.value)
            else:
                taken.add(item)
            if done % 250 == 0:
                yield done, taken
    yield done, taken


def _items(file: SourceFile) -> Iterator[tuple[str, Item | Unfit]]:
    kind = file.name.rpartition(".")[2].lower()
    if len(file.data) > MAX_FILE_BYTES:
        raise BadKnowledge(f"{file.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB", name=file.name)
    if kind in TABLES:
        for place, cells in TABLES[kind](file.data, file.name):
            yield from _of_row(place, cells)
    elif kind in TEXTS:
        for entry in documents.entries_of(_text(kind, file), file.name):
            yield entry.source, entry
    else:
        known = ", ".join((*TABLES, *TEXTS))
        raise BadKnowledge(f"{file.name} has no known ending", hint=f"Known are: {known}.", name=file.name)


def _of_row(place: str, cells: Mapping[str, Any]) -> Iterator[tuple[str, Item | Unfit]]:
    question, answer = values.plain(cells.get("question")), values.plain(cells.get("answer"))
    if question and answer:
        yield place, documents.entry(question, answer, place, id=values.plain(cells.get("sku")))
        return
    try:
        for product in products_of(cells, place):
            yield place, product
    except Unfit as unfit:
        yield place, unfit


def _text(kind: str, file: SourceFile) -> str:
    if kind == "docx":
        return office.docx_text(file.data, file.name)
    if kind == "pdf":
        return office.pdf_text(file.data, file.name)
    return tables.decode(file.data)


def _without_place(item: Item) -> Item:
    return replace(item, source="", row=0)
