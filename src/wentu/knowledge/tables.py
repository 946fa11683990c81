"""CSV, XLSX and JSON files as rows, each with the place it stands in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wentu.core.errors import BadKnowledge
from wentu.knowledge.columns import field_of, fields_of

MAX_ROWS = 200_000
MAX_UNPACKED_BYTES = 300_000_000
Row = tuple[str, dict[str, Any]]


def read_csv(data: bytes, name: str) -> Iterator[Row]:
    """Rows of a comma, semicolon or tab separated file in UTF-8, UTF-16 or GB18030."""
    text = decode(data)
    try:
        dialect: Any = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    try:
        yield from _table(reader, name, lambda: reader.line_num)
    except csv.Error as exc:
        raise BadKnowledge(f"{name} is not a table that can be read", name=name) from exc


def read_xlsx(data: bytes, name: str) -> Iterator[Row]:
    """Rows of every sheet of a workbook; a sheet's first filled row has its headers."""
    from openpyxl import load_workbook

    check_zip(data, name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = _Counted(sheet.iter_rows(values_only=True))
            yield from _table(rows, f"{name}#{sheet.title}", rows.number)
    except BadKnowledge:
        raise
    except Exception as exc:  # openpyxl lets errors of zipfile, XML and its own through
        raise BadKnowledge(f"{name} is not a workbook that can be read", name=name) from exc


def read_json(data: bytes, name: str) -> Iterator[Row]:
    """Objects of a list, of the first list inside an object, or one a line."""
    text = decode(data)
    try:
        tree = json.loads(text)
    except ValueError as exc:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            tree = [json.loads(line) for line in lines]
        except ValueError:
            raise BadKnowledge(f"{name} is not JSON", name=name) from exc
    for number, one in enumerate(_objects(tree), 1):
        if not isinstance(one, Mapping):
            yield f"{name}:{number}", {}
            continue
        yield f"{name}:{number}", {field_of(str(key)): value for key, value in one.items()}


def decode(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 with its mark, or GB18030, which every byte sequence of old Chinese files is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def check_zip(data: bytes, name: str) -> None:
    """Raises BadKnowledge for what is no zip archive, or unpacks to far more than an office file does."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile as exc:
        raise BadKnowledge(f"{name} is damaged", name=name) from exc
    if size > MAX_UNPACKED_BYTES:
        raise BadKnowledge(f"{name} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB", name=name)


def _objects(tree: object) -> list[Any]:
    if isinstance(tree, list):
        return tree
    if isinstance(tree, Mapping):
        lists = [
            value for value in tree.values() if isinstance(value, list) and value and isinstance(value[0], Mapping)
        ]
        by_field = any(field_of(str(key)) == "sku" for key in tree)
        if lists and not by_field:
            return [one for part in lists for one in part]
    return [tree]


class _Counted:
    """Rows that know how many were taken, which is a sheet's row number."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = rows
        self._taken = 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self._taken += 1
            yield row

    def number(self) -> int:
        return self._taken


def _table(rows: Iterable[Any], name: str, line: Callable[[], int]) -> Iterator[Row]:
    headers: list[str] | None = None
    for number, cells in enumerate(rows):
        if number > MAX_ROWS:
            raise BadKnowledge(f"{name} has more than {MAX_ROWS} rows", name=name)
        filled = [cell for cell in cells if cell is not None and str(cell).strip()]
        if not filled:
            continue
        if headers is None:
            headers = fields_of([str(cell or "").strip() or f"column {i}" for i, cell in enumerate(cells, 1)])
            continue
        yield f"{name}:{line()}", dict(zip(headers, cells, strict=False))
