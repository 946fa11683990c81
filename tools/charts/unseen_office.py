"""Unseen styles by LibreOffice: workbooks of one chart sheet each, by XlsxWriter (`pip install XlsxWriter`), printed by
soffice, and drawn small."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pypdfium2
import xlsxwriter
from PIL import Image, ImageChops

from charts.spec import Spec

_STYLES = (2, 10, 26, 34, 42)
_FORMS = {"comma": "#,##0", "percent": '0"%"', "wan": "#,##0", "plain": "General", "decimal": "0.0##"}
_MARKERS = {"": "none", "circle": "circle", "hollow": "circle", "square": "square", "diamond": "diamond"}


def write_all(wanted: list[tuple[Spec, Path]]) -> None:
    """Draws the charts into PNG files, all by one run of soffice. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        books = [root / f"{k:03d}.xlsx" for k in range(len(wanted))]
        for (spec, _), book in zip(wanted, books, strict=True):
            _workbook(spec, book)
        profile = f"-env:UserInstallation=file://{root}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(root), *map(str, books)],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
        for (spec, path), book in zip(wanted, books, strict=True):
            with pypdfium2.PdfDocument(book.with_suffix(".pdf")) as document:
                page = document[0]
                _cut(page.render(scale=1.15 * spec.look["width"] / page.get_width()).to_pil().convert("RGB")).save(path)


def _cut(sheet: Image.Image) -> Image.Image:
    """The page without most of the white around the chart."""
    box = ImageChops.difference(sheet, Image.new("RGB", sheet.size, "white")).getbbox() or (0, 0, *sheet.size)
    return sheet.crop((max(0, box[0] - 5), max(0, box[1] - 5), box[2] + 5, box[3] + 5))


def _workbook(spec: Spec, path: Path) -> None:
    look = spec.look
    book = xlsxwriter.Workbook(str(path))
    sheet, front = book.add_worksheet("data"), book.add_chartsheet("chart")
    form = book.add_format({"num_format": _FORMS[look["form"]]})
    for k, (name, values, own) in enumerate(spec.rows):
        sheet.write(0, 2 * k + 1, name)
        for row, (x, value) in enumerate(zip(own or spec.x, values, strict=True), 1):
            sheet.write(row, 2 * k, x)
            sheet.write(row, 2 * k + 1, value, form)
    chart = book.add_chart(_kind(spec))
    for k in range(len(spec.rows)):
        chart.add_series(_series(spec, k))
    _dress(spec, chart)
    front.set_chart(chart)
    front.set_paper(11 if look["width"] < 600 else 9)
    front.set_landscape()
    front.activate()
    front.set_first_sheet()
    sheet.hide()
    book.close()


def _kind(spec: Spec) -> dict[str, str]:
    if spec.type in ("pie", "donut"):
        return {"type": "pie" if spec.type == "pie" else "doughnut"}
    if spec.type == "scatter":
        return {"type": "scatter"}
    if spec.type in ("line", "area"):
        return {"type": spec.type} | ({"subtype": "stacked"} if spec.type == "area" else {})
    kind = {"type": "bar" if spec.horizontal else "column"}
    return kind | ({"subtype": "stacked"} if spec.type == "bar_stacked" else {})


def _series(spec: Spec, k: int) -> dict[str, object]:
    look, (_, values, _) = spec.look, spec.rows[k]
    last, color = len(values), spec.colors[k]
    found: dict[str, object] = {
        "name": ["data", 0, 2 * k + 1],
        "categories": ["data", 1, 2 * k, last, 2 * k],
        "values": ["data", 1, 2 * k + 1, last, 2 * k + 1],
    }
    if spec.type in ("pie", "donut"):
        found["points"] = [{"fill": {"color": spec.colors[p % 9]}} for p in range(last)]
    elif spec.type == "line":
        found["line"] = {"color": color, "width": look["stroke"]}
        found["marker"] = {
            "type": _MARKERS[look["marker"]],
            "size": 5,
            "fill": {"color": color},
            "border": {"color": color},
        }
    elif spec.type == "scatter":
        found["marker"] = {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}}
    else:
        found["fill"] = {"color": color}
        found["gap"] = int(100 * look["gap"] / (1 - look["gap"]))
    if spec.labels:
        labels: dict[str, object] = {"value": True, "font": {"size": look["font"] - 1}}
        if spec.type in ("pie", "donut"):
            labels = {"percentage": True, "category": look["wedge_names"] == "outside", "separator": "\n"}
        elif spec.type in ("bar", "bar_horizontal", "bar_grouped"):
            labels["position"] = "center" if look["inside"] else "outside_end"
        elif spec.type == "line":
            labels["position"] = "above"
        found["data_labels"] = labels
    return found


def _dress(spec: Spec, chart: xlsxwriter.chart.Chart) -> None:
    look = spec.look
    font = {"name": look["face"], "size": look["font"] + 2}
    chart.set_style(_STYLES[look["theme"] % len(_STYLES)])
    chart.set_title(
        {"name": spec.title, "name_font": {**font, "size": look["font"] + 6}} if spec.title else {"none": True}
    )
    flat = spec.type in ("pie", "donut")
    legend = {"top": "top", "bottom": "bottom"}.get(look["legend"], "right")
    shown = len(spec.rows) > 1 or (flat and not (spec.labels and look["wedge_names"] == "outside"))
    chart.set_legend({"position": legend, "font": font} if shown else {"none": True})
    if flat:
        return
    names = {
        "name": spec.x_label,
        "name_font": font,
        "num_font": {**font, "rotation": -look["slanted"] if not spec.horizontal else 0},
    }
    names |= {"reverse": spec.horizontal and not look["upwards"], "label_position": "low"}
    values: dict[str, object] = {
        "name": spec.y_label,
        "name_font": font,
        "num_font": font,
        "num_format": _FORMS[look["form"]],
    }
    values |= {"major_gridlines": {"visible": look["grid"] != "none"}}
    if spec.log:
        values["log_base"] = 10
    if spec.type == "scatter":
        names = {"name": spec.x_label, "name_font": font, "num_font": font}
    # XlsxWriter counts the axes of horizontal bars by where they stand.
    chart.set_x_axis(values if spec.horizontal else names)
    chart.set_y_axis(names if spec.horizontal else values)
