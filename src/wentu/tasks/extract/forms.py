"""Forms read by their labels: the value stands behind its label, right of it or below it, and may run over lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wentu.core.text import is_chinese
from wentu.tasks.extract.cells import centred_blocks
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.labels import Piece, split
from wentu.tasks.extract.schema import DocumentType, Field, Found
from wentu.tasks.extract.sheet import Sheet, Span, same_row

# Distances in heights of the label's line.
_BELOW = 2.6  # how far under its label a value may begin
_NEXT_LINE = 1.3  # the free space between two lines of one value
_CELL = 1.6  # how far a value of several lines may be off the middle of its label's row


@dataclass(slots=True)
class Form:
    """The pieces of a sheet, and which of them already belong to a label."""

    sheet: Sheet
    pieces: tuple[Piece, ...]
    taken: set[int] = field(default_factory=set)
    #: Values of cells whose label is printed at half their height, by the label's number.
    blocks: Mapping[int, Sequence[Span]] = field(default_factory=dict)

    def labels(self, words: Sequence[str]) -> Iterator[int]:
        """Numbers of the pieces that are one of these labels."""
        wanted = set(words)
        return (number for number, piece in enumerate(self.pieces) if piece.label in wanted)


def make_form(sheet: Sheet, words: Sequence[str], *, tight: bool = False) -> Form:
    pieces = split(sheet, words, tight=tight)
    return Form(sheet, pieces, blocks=centred_blocks(pieces))


def read_form(
    kind: DocumentType, sheet: Sheet, *, others: Sequence[str] = (), tight: bool = False
) -> tuple[dict[str, Found], Form]:
    """The values of all labelled fields. `others` are printed words that are no field's label and no value."""
    words = [label for one in kind.fields for label in one.labels] + list(others)
    form = make_form(sheet, words, tight=tight)
    return read_fields(form, kind.fields), form


def read_fields(form: Form, fields: Sequence[Field]) -> dict[str, Found]:
    """Values by field id. What stands behind a label on its own line is given out first, then beside, then below."""
    values: dict[str, Found] = {}
    labels: dict[str, int] = {}
    places = _places(form, fields)
    for way in (_behind, _beside, _below):
        for one in fields:
            for number in places.get(one.id, ()):
                if one.id in values:
                    break
                spans = way(form, number, one)
                value = _value(one, spans)
                if value is not None:
                    values[one.id] = value
                    form.taken.update(_numbers(form, spans))
                    labels[one.id] = number
    for one in fields:
        if one.id in values and one.multiline and labels[one.id] not in form.blocks:
            values[one.id] = _run_on(form, values[one.id], one, form.pieces[labels[one.id]])
    return values


def value_at(form: Form, number: int, one: Field) -> Found | None:
    """The value of one label, wherever it stands; it is then taken."""
    for way in (_behind, _beside, _below):
        value = _value(one, way(form, number, one))
        if value is not None:
            form.taken.update(_numbers(form, value.spans))
            return _run_on(form, value, one, form.pieces[number]) if one.multiline else value
    return None


def _places(form: Form, fields: Sequence[Field]) -> Mapping[str, list[int]]:
    """For each field the labels that may be its own: colon first, then those higher up its list of variants."""
    found: dict[str, list[int]] = {}
    for one in fields:
        order = {label: rank for rank, label in enumerate(one.labels)}
        hits = list(form.labels(one.labels))
        found[one.id] = sorted(hits, key=lambda n: (not form.pieces[n].colon, order[form.pieces[n].label], n))
    return found


def _behind(form: Form, number: int, one: Field) -> list[Span]:
    """What follows the label on its own line, and the pieces of its row right behind that."""
    after = number + 1
    if after >= len(form.pieces) or after in form.taken:
        return []
    label, piece = form.pieces[number].span, form.pieces[after]
    if piece.label or piece.span.line != label.line or piece.span.page != label.page:
        return []
    return [piece.span, *_onwards(form, after, one)]


def _beside(form: Form, number: int, one: Field) -> list[Span]:
    """The nearest free text right of the label, before any other label of that row."""
    label = form.pieces[number].span
    if number in form.blocks and one.multiline:
        return [span for span in form.blocks[number] if not _numbers(form, [span]) & form.taken]
    right = [
        (n, piece)
        for n, piece in enumerate(form.pieces)
        if n != number and piece.span.page == label.page and piece.span.box.x0 >= label.box.x1 - 0.5 * label.height
    ]
    row = [(n, piece) for n, piece in right if same_row(label, piece.span, 0.3)]
    row.sort(key=lambda item: item[1].span.box.x0)
    tall = label.height > 1.8 * form.sheet.size
    limit = next((piece.span.box.x0 for _, piece in row if piece.label), float("inf"))
    free = [(n, piece) for n, piece in row if not piece.label and n not in form.taken and piece.span.box.x0 < limit]
    if not free and one.multiline:  # two lines in a cell whose middle is the label's row
        free = [
            (n, piece)
            for n, piece in right
            if not piece.label
            and n not in form.taken
            and piece.span.box.x0 < limit
            and abs(piece.span.box.center[1] - label.box.center[1]) < _CELL * label.height
        ]
        free.sort(key=lambda item: (round(item[1].span.box.center[1] / max(label.height, 1)), item[1].span.box.x0))
    if not free:
        return []
    if tall:  # a label from top to bottom beside a block of lines
        left = min(piece.span.box.x0 for _, piece in free)
        free = [(n, piece) for n, piece in free if piece.span.box.x0 < left + 3 * form.sheet.size]
        free.sort(key=lambda item: item[1].span.box.y0)
    first = free[0][0]
    if form.pieces[first].span.box.x0 - label.box.x1 > 22 * label.height:
        return []
    return [form.pieces[first].span, *_onwards(form, first, one)]


def _below(form: Form, number: int, one: Field) -> list[Span]:
    """The nearest free text under the label."""
    label = form.pieces[number].span
    under = [
        (piece.span.box.y0 - label.box.y1, n)
        for n, piece in enumerate(form.pieces)
        if n not in form.taken
        and not piece.label
        and piece.span.page == label.page
        and -0.5 * label.height <= piece.span.box.y0 - label.box.y1 <= _BELOW * label.height
        and piece.span.box.center[1] > label.box.y1
        and _over(piece.span, label)
    ]
    if not under:
        return []
    _, n = min(under)
    between = any(
        piece.label
        and piece.span.page == label.page
        and _over(piece.span, label)
        and label.box.center[1] < piece.span.box.center[1] < form.pieces[n].span.box.center[1]
        and piece.span is not label
        for piece in form.pieces
    )
    return [] if between else [form.pieces[n].span, *_onwards(form, n, one)]


def _over(value: Span, label: Span) -> bool:
    """Whether they share a column: overlap, or the same left edge."""
    overlap = min(value.box.x1, label.box.x1) - max(value.box.x0, label.box.x0)
    return overlap > 0 or abs(value.box.x0 - label.box.x0) < 1.5 * label.height


def _onwards(form: Form, number: int, one: Field) -> Iterator[Span]:
    """Text that goes on in the same row: OCR cuts a line at wide spaces."""
    if one.kind in {"date", "sex", "rate", "capitals", "time"}:
        reach = 1.2
    else:
        reach = 1.6 if one.kind in {"text", "digits", "code", "card", "id_number", "tax_id", "date_or_long"} else 0.0
    last = form.pieces[number].span
    for n in range(number + 1, len(form.pieces)):
        piece = form.pieces[n]
        if piece.label or n in form.taken or not same_row(last, piece.span):
            return
        if not -0.5 * last.height <= piece.span.box.x0 - last.box.x1 <= reach * last.height:
            return
        yield piece.span
        last = piece.span


def _value(one: Field, spans: Sequence[Span]) -> Found | None:
    if not spans:
        return None
    for take in range(len(spans), 0, -1):
        text = join([span.text for span in spans[:take]])
        value = parse(one.kind, text)
        if value is not None:
            return Found(text, value, tuple(spans[:take]))
    return None


def _run_on(form: Form, value: Found, one: Field, piece: Piece) -> Found:
    """The value with the lines under it (and over it, in a cell) that belong to it."""
    spans = list(value.spans)
    label = piece.span
    # A second line begins under the value; on cards, where label and value are one line without a colon, under both.
    one_line = (label.page, label.line) == (spans[0].page, spans[0].line) and not piece.colon
    left = label.box.x0 if one_line else None
    spans.extend(_lines(form, spans, down=True, left=left))
    lower = spans[0].box.center[1] - label.box.center[1] > 0.3 * label.height
    above = list(_lines(form, spans[:1], down=False)) if lower and label.box.y1 > spans[0].box.y0 else []
    if len(spans) == len(value.spans) and not above:
        return value
    spans = [*reversed(above), *spans]
    text = join([span.text for span in spans])
    form.taken.update(_numbers(form, spans))
    return Found(text, parse(one.kind, text), tuple(spans))


def _lines(form: Form, spans: Sequence[Span], *, down: bool, left: float | None = None) -> Iterator[Span]:
    first, last = spans[0], spans[-1]
    while True:
        following = [
            piece.span
            for n, piece in enumerate(form.pieces)
            if not piece.label
            and n not in form.taken
            and piece.span.page == first.page
            and _continues(first, last, piece.span, down=down, left=left)
            and not _has_label(form, piece.span, first)
        ]
        if not following:
            return
        last = min(following, key=lambda span: abs(span.box.center[1] - last.box.center[1]))
        form.taken.update(_numbers(form, [last]))
        yield last


def _continues(first: Span, last: Span, span: Span, *, down: bool, left: float | None = None) -> bool:
    height = min(last.height, first.height)
    gap = span.box.y0 - last.box.y1 if down else last.box.y0 - span.box.y1
    reach = _NEXT_LINE if down else 0.6
    near = -0.6 * height <= gap <= reach * height and (
        span.box.center[1] > last.box.center[1] + 0.4 * height
        if down
        else span.box.center[1] < last.box.center[1] - 0.4 * height
    )
    aligned = abs(span.box.x0 - first.box.x0) < 1.2 * height or (
        abs(span.box.center[0] - first.box.center[0]) < 1.0 * height and not down
    )
    aligned = aligned or (left is not None and abs(span.box.x0 - left) < 0.6 * height)
    return near and aligned and 0.65 < span.height / max(height, 1) < 1.5


def _has_label(form: Form, span: Span, first: Span) -> bool:
    """Whether a label in the span's own row claims it: it then begins a value of its own."""
    return any(
        piece.label
        and piece.span is not first
        and same_row(piece.span, span)
        and piece.span.box.x0 < span.box.x0
        and piece.span.box.x1 > first.box.x0 - 14 * first.height
        and not same_row(piece.span, first, 0.3)
        for piece in form.pieces
    )


def _numbers(form: Form, spans: Sequence[Span]) -> set[int]:
    wanted = {id(span) for span in spans}
    return {number for number, piece in enumerate(form.pieces) if id(piece.span) in wanted}


def join(parts: Sequence[str]) -> str:
    """Lines as one reads them on: Chinese without a space, Latin words with one."""
    text = ""
    for one in parts:
        one = one.strip()
        wide = (
            not text
            or not one
            or is_chinese(text[-1])
            or is_chinese(one[0])
            or text[-1] in "，。、；：（"
            or one[0] in "，。、；：）"
        )
        text += one if wide or text.endswith("-") else " " + one
    return text
