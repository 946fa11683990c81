"""An extraction in the form of files and doors: one JSON object a document, one flat row a document."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wentu.core.ai_label import AI_COLUMN, AI_LABEL, AI_MARK, AIGC, GENERATOR, export_note, implicit_text
from wentu.core.codec import to_plain
from wentu.core.errors import Refused
from wentu.core.results import Extraction
from wentu.core.types import Answer

#: Statuses that a person should look at before using the value.
TO_REVIEW = ("conflict", "inferred", "unreadable")
_HEAD = ("id", "type")
_TAIL = "to_review"
# A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def extraction_object(document_id: str, answer: Answer) -> dict[str, Any]:
    """`{"id", "type", "fields", "checks", "quality", "version", "timings"}` of an answer about a document.

    Raises Refused where safety held the result back.
    """
    result = answer.result
    if not isinstance(result, Extraction):
        raise Refused("what this document says was stopped by this service's rules", rule="held_back")
    plain = to_plain(result)
    fields = {field_id: _contract_names(one) for field_id, one in plain["fields"].items()}
    return {
        "id": document_id,
        "type": plain["type"],
        "fields": fields,
        "checks": plain["checks"],
        "quality": plain["quality"],
        "version": answer.version,
        "timings": dict(answer.timings),
    }


def table(objects: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[object]]]:
    """Heading and rows: id, type, a column for each field that any document has, which fields want a look, and that
    AI made it."""
    columns = list(dict.fromkeys(name for one in objects for name in one.get("fields", {})))
    rows: list[list[object]] = []
    for one in objects:
        fields = one.get("fields", {})
        doubtful = [name for name, value in fields.items() if value["status"] in TO_REVIEW]
        values = [fields[name]["value"] if name in fields else None for name in columns]
        look = " ".join(doubtful) or one.get("error", {}).get("message", "")
        rows.append([one["id"], one.get("type", ""), *values, look, AI_MARK if fields else ""])
    return [*_HEAD, *columns, _TAIL, AI_COLUMN], rows


def csv_text(objects: Sequence[Mapping[str, Any]]) -> str:
    """The table as CSV with a byte order mark, without which Excel takes UTF-8 Chinese for something else."""
    out = io.StringIO()
    writer = csv.writer(out)
    heading, rows = table(objects)
    writer.writerow(heading)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def xlsx_bytes(objects: Sequence[Mapping[str, Any]]) -> bytes:
    """The table as a workbook: text stays text (long numbers are not rounded), doubtful cells are coloured."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("documents")
        bold = book.add_format({"bold": True})
        colours = {"conflict": "#F8CBAD", "inferred": "#FFE699", "unreadable": "#D9D9D9"}
        formats = {status: book.add_format({"bg_color": colour}) for status, colour in colours.items()}
        heading, rows = table(objects)
        sheet.write_row(0, 0, heading, bold)
        sheet.freeze_panes(1, 1)
        for n, (one, row) in enumerate(zip(objects, rows, strict=True), 1):
            for column, (name, cell) in enumerate(zip(heading, row, strict=True)):
                status = one.get("fields", {}).get(name, {}).get("status", "")
                _write(sheet, n, column, cell, formats.get(status))
        sheet.autofit()
        book.set_properties({"comments": AI_LABEL, "author": GENERATOR, "keywords": "AI-generated"})
        book.set_custom_property(AIGC, implicit_text(_content(objects)))
        book.add_worksheet("说明").write_string(0, 0, f"{AI_LABEL} ({GENERATOR})")
    return out.getvalue()


def safe_cell(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def jsonl_text(objects: Iterable[Mapping[str, Any]]) -> str:
    """One JSON object a line, each with its label, since lines are taken apart."""
    return "".join(jsonl_line(one) for one in objects)


def jsonl_line(one: Mapping[str, Any]) -> str:
    """An object as its line of an export; what failed was made by nobody and has no label."""
    labelled = one if "error" in one else {**one, "export": export_note(str(one["id"]))}
    return json.dumps(labelled, ensure_ascii=False, separators=(",", ":")) + "\n"


def _content(objects: Sequence[Mapping[str, Any]]) -> str:
    """A number for the whole of a table: the same documents have the same one."""
    ids = "\n".join(str(one["id"]) for one in objects)
    return hashlib.sha256(ids.encode("utf-8")).hexdigest()[:32]


def _write(sheet: Any, row: int, column: int, cell: object, style: Any) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, style)
    else:
        sheet.write_string(row, column, str(cell)[:32_000], style)


def _contract_names(field: Mapping[str, Any]) -> dict[str, Any]:
    """The field object with the contract's key `from`, which Python can't have as a name."""
    repair = field["repair"]
    if repair is None:
        return dict(field)
    return {**field, "repair": {"from": repair["from_"], "to": repair["to"], "why": repair["why"]}}
