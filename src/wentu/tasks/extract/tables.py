"""Tables of line items: columns from their headings, rows from their amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from wentu.tasks.extract.forms import join
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.labels import Piece
from wentu.tasks.extract.schema import Field, Found
from wentu.tasks.extract.sheet import Sheet, Span, rows, same_row

_MIN_HEADINGS = 3
_NUMBERS = ("amount", "rate")
# Sums with two decimals and rates, as they follow one another in a row.
_GLUED = re.compile(r"-?\d[\d,]*\.\d{2}|(?<!\.)\d{1,2}(?:\.\d)?%")
_SPACED = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Column:
    field: Field
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """`items` are the rows by field id; `columns` and the vertical reach (level coordinates) for who reads on below."""

    items: tuple[Mapping[str, Found], ...]
    columns: tuple[Column, ...]
    page: int
    top: float
    bottom: float


def read_table(
    sheet: Sheet, pieces: Sequence[Piece], fields: Sequence[Field], ends: Sequence[str], anchor: str = "amount"
) -> Table | None:
    """The first table whose heading holds at least three of the fields' labels; None without one.

    The body ends at a row that begins with one of `ends`. Every row with an `anchor` value is an item; rows without
    one go on with the text of their neighbour.
    """
    columns = _heading(pieces, fields)
    if len(columns) < _MIN_HEADINGS:
        return None
    page = columns[0].span.page
    top = max(column.span.box.y1 for column in columns)
    stop = re.compile("|".join(re.escape(word) for word in ends))
    body: list[list[Span]] = []
    bottom = float("inf")
    for row in rows([span for span in sheet.spans if span.page == page and span.box.center[1] > top]):
        text = re.sub(r"\s", "", "".join(span.text for span in row))
        if any(stop.match(re.sub(r"\s", "", span.text)) for span in row) or stop.match(text):
            bottom = row[0].box.y0
            break
        body.append([part for span in row for part in _apart(span)])
    placed = [_place(row, columns) for row in body]
    return Table(tuple(_items(placed, columns, anchor)), tuple(columns), page, top, bottom)


def _heading(pieces: Sequence[Piece], fields: Sequence[Field]) -> list[Column]:
    """The row with the most headings, from left to right."""
    known = {label: one for one in fields for label in one.labels}
    labels = [piece for piece in pieces if piece.label in known]
    best: list[Column] = []
    for start in labels:
        row: dict[str, Column] = {}
        for piece in labels:
            one = known[piece.label]
            near = same_row(start.span, piece.span, 0.2) or (
                piece.span.page == start.span.page
                and abs(piece.span.box.center[1] - start.span.box.center[1]) < 0.9 * start.span.height
            )
            if near and one.id not in row:
                row[one.id] = Column(one, piece.span)
        if len(row) > len(best):
            best = sorted(row.values(), key=lambda column: column.span.box.x0)
    return best


def _apart(span: Span) -> list[Span]:
    """Cells that OCR read as one line: split at spaces where several of the words are numbers."""
    glued = [(match.start(), match.end()) for match in _GLUED.finditer(span.text)]
    if len(glued) > 1 and "".join(span.text[a:b] for a, b in glued) == span.text.replace(" ", ""):
        return [span.cut(a, b) for a, b in glued]
    words = [(match.start(), match.end()) for match in _SPACED.finditer(span.text)]
    numbers = sum(re.fullmatch(r"[¥￥-]?[\d,]+(\.\d+)?%?", span.text[a:b]) is not None for a, b in words)
    if len(words) < 2 or numbers < 2 or numbers < len(words) - 1:
        return [span]
    return [span.cut(a, b) for a, b in words]


def _place(row: Sequence[Span], columns: Sequence[Column]) -> dict[str, list[Span]]:
    """Each span of a row to the column it stands in: the cheapest order-keeping assignment."""

    def cost(span: Span, column: Column) -> float:
        box, head = span.box, column.span.box
        gap = max(0.0, box.x0 - head.x1, head.x0 - box.x1)
        middle = abs(box.center[0] - head.center[0])
        number = column.field.kind in _NUMBERS
        wrong = number and parse(column.field.kind, span.text) is None
        odd = not number and column.field.id != "name" and re.fullmatch(r"[\d,]+\.\d{2}|\d+%", span.text) is not None
        percent = ("%" in span.text) != (column.field.kind == "rate") and (
            "%" in span.text or column.field.kind == "rate"
        )
        return (
            gap + 0.05 * middle + (8.0 * head.height if wrong or percent else 0.0) + (2.0 * head.height if odd else 0.0)
        )

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[int, ...]]:
        if i == len(row):
            return 0.0, ()
        options = []
        for k in range(j, len(columns)):
            again = k == j and i > 0 and columns[k].field.kind in _NUMBERS
            rest = best(i + 1, k)
            options.append((cost(row[i], columns[k]) + (50.0 if again else 0.0) + rest[0], (k, *rest[1])))
        return min(options)

    placed: dict[str, list[Span]] = {}
    for span, k in zip(row, best(0, 0)[1], strict=True):
        placed.setdefault(columns[k].field.id, []).append(span)
    return placed


def _items(
    placed: Sequence[Mapping[str, list[Span]]], columns: Sequence[Column], anchor: str
) -> list[Mapping[str, Found]]:
    heads = [n for n, row in enumerate(placed) if anchor in row and _number(row[anchor]) is not None]
    if not heads:
        return []
    kinds = {column.field.id: column.field.kind for column in columns}
    grouped: list[dict[str, list[Span]]] = [{} for _ in heads]
    for n, row in enumerate(placed):
        index = _owner(n, heads, placed)
        for field_id, spans in row.items():
            if n in heads or kinds[field_id] not in _NUMBERS:
                grouped[index].setdefault(field_id, []).extend(spans)
    items: list[Mapping[str, Found]] = []
    for group in grouped:
        item: dict[str, Found] = {}
        for field_id, spans in group.items():
            text = join([span.text for span in spans])
            value = parse(kinds[field_id], text)
            if value is not None:
                item[field_id] = Found(text, value, tuple(spans))
        items.append(item)
    return items


def _number(spans: Sequence[Span]) -> object:
    return parse("amount", join([span.text for span in spans]))


def _owner(row: int, heads: Sequence[int], placed: Sequence[Mapping[str, list[Span]]]) -> int:
    """The item that a row belongs to: the nearest one, the one above where two are as near."""

    def middle(n: int) -> float:
        spans = [span for spans in placed[n].values() for span in spans]
        return sum(span.box.center[1] for span in spans) / len(spans)

    y = middle(row)
    below = [
        (abs(middle(head) - y) + (0.3 * abs(middle(head) - y) if head > row else 0.0), i)
        for i, head in enumerate(heads)
    ]
    return min(below)[1]
