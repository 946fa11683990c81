"""Unseen styles by Vega-Lite with its themes, where it is installed (`pip install vl-convert-python`)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from charts.spec import Spec
from charts.unseen import said

THEMES = ("quartz", "latimes", "excel", "vox", "fivethirtyeight", "ggplot2", "googlecharts", "powerbi", "carbonwhite")
_ORIENT = {"top": "top", "bottom": "bottom", "right": "right", "inside": "top-left"}
_NUMBERS = {
    "wan": "datum.value == 0 ? '0' : format(datum.value / 10000, '~g') + '万'",
    "percent": "format(datum.value, '~g') + '%'",
    "comma": "format(datum.value, ',')",
}


def write(spec: Spec, path: Path) -> None:
    """Draws the chart into a PNG file."""
    import vl_convert

    theme = THEMES[spec.look["theme"] % len(THEMES)]
    drawn = vl_convert.vegalite_to_png(json.dumps(_told(spec)), theme=theme, scale=spec.look["scale"])
    with Image.open(io.BytesIO(drawn)) as image:
        clear = image.convert("RGBA")
    Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB").save(path)


def _told(spec: Spec) -> dict[str, Any]:
    look, font = spec.look, spec.look["font"]
    side = min(look["width"], look["height"]) - 120
    flat = spec.type in ("pie", "donut")
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": spec.title,
        "data": {"values": _rows(spec)},
        "width": side if flat else look["width"] - 150,
        "height": side if flat else look["height"] - 110,
        "layer": _round(spec, side / 2) if flat else _layers(spec),
        "config": {
            "font": look["face"],
            "title": {"font": look["face"], "anchor": "start" if look["title"] == "left" else "middle"},
            "axis": {
                "labelFont": look["face"],
                "titleFont": look["face"],
                "labelFontSize": font,
                "titleFontSize": font,
            },
            "legend": {"labelFont": look["face"], "labelFontSize": font},
            "text": {"font": look["face"], "fontSize": font - 1},
        },
    }


def _rows(spec: Spec) -> list[dict[str, Any]]:
    found = []
    for name, values, own in spec.rows:
        total, foot = sum(values), 0.0
        for k, (place, value) in enumerate(zip(own or spec.x, values, strict=True)):
            share = f"{100 * value / total:.1f}%" if total else ""
            found.append(
                {"c": place, "v": value, "s": name, "i": k, "told": said(value, spec.look["form"]), "share": share}
            )
            foot += value
    return found


def _round(spec: Spec, radius: float) -> list[dict[str, Any]]:
    legend = None if spec.look["wedge_names"] == "outside" else {"orient": "right"}
    shared = {
        "theta": {"field": "v", "type": "quantitative", "stack": True},
        "order": {"field": "i"},
        "color": {"field": "c", "type": "nominal", "sort": None, "title": None, "legend": legend},
    }
    radius *= 0.75
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "arc", "innerRadius": 0.5 * radius if spec.type == "donut" else 0, "outerRadius": radius},
            "encoding": shared,
        }
    ]
    plain = {key: value for key, value in shared.items() if key != "color"}
    detail = {"detail": {"field": "c"}}
    if legend is None:
        mark = {"type": "text", "radius": 1.22 * radius, "dy": -7 if spec.labels else 0}
        layers.append({"mark": mark, "encoding": {**plain, **detail, "text": {"field": "c"}}})
    if spec.labels:
        mark = {"type": "text", "radius": (1.22 if legend is None else 1.15) * radius, "dy": 7 if legend is None else 0}
        layers.append({"mark": mark, "encoding": {**plain, **detail, "text": {"field": "share"}}})
    return layers


def _layers(spec: Spec) -> list[dict[str, Any]]:
    look, scatter = spec.look, spec.type == "scatter"
    names: dict[str, Any] = {
        "field": "c",
        "type": "quantitative" if scatter else "ordinal",
        "title": spec.x_label or None,
    }
    if not scatter:
        names |= {"sort": None if not (spec.horizontal and look["upwards"]) else "descending"}
        names["axis"] = {"labelAngle": -look["slanted"] if not spec.horizontal else 0, "labelLimit": 300}
    values: dict[str, Any] = {"field": "v", "type": "quantitative", "title": spec.y_label or None}
    values["axis"] = {"grid": look["grid"] != "none"}
    if look["form"] in _NUMBERS and not spec.log:
        values["axis"]["labelExpr"] = _NUMBERS[look["form"]]
    if spec.type in ("line", "scatter"):
        values["scale"] = {"type": "log"} if spec.log else {"zero": look["zero"]}
    if spec.type in ("bar", "bar_horizontal", "bar_grouped", "line"):
        values["stack"] = None
    encoding: dict[str, Any] = {"y": names, "x": values} if spec.horizontal else {"x": names, "y": values}
    if len(spec.rows) > 1:
        encoding["color"] = {
            "field": "s",
            "type": "nominal",
            "sort": None,
            "title": None,
            "legend": {"orient": _orient(spec)},
        }
    if spec.type == "bar_grouped":
        encoding["yOffset" if spec.horizontal else "xOffset"] = {"field": "s", "sort": None}
    layers = [{"mark": _mark(spec), "encoding": encoding}]
    if spec.labels:
        layers.append(_texts(spec, encoding))
    return layers


def _orient(spec: Spec) -> str:
    """Where the legend stands: on the marks only where lines leave it room."""
    return "right" if spec.look["legend"] == "inside" and spec.type != "line" else _ORIENT[spec.look["legend"]]


def _mark(spec: Spec) -> dict[str, Any]:
    look = spec.look
    if spec.type == "line":
        return {"type": "line", "point": bool(look["marker"]), "strokeWidth": look["stroke"]}
    if spec.type == "area":
        return {"type": "area", "line": len(spec.rows) == 1}
    if spec.type == "scatter":
        return {"type": "point", "filled": look["marker"] != "hollow", "size": 30 + 10 * look["stroke"]}
    return {"type": "bar", "opacity": look["opacity"], "cornerRadiusEnd": 3 if look["outline"] else 0}


def _texts(spec: Spec, encoding: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in encoding.items() if key != "color"}
    found |= {"text": {"field": "told"}, **({"detail": {"field": "s"}} if len(spec.rows) > 1 else {})}
    mark: dict[str, Any] = {"type": "text", "align": "left", "baseline": "middle", "dx": 3}
    if spec.type == "bar_stacked":
        along = "x" if spec.horizontal else "y"
        found[along] = {**found[along], "stack": "zero", "bandPosition": 0.5}
        mark = {"type": "text", "align": "center", "baseline": "middle"}
    elif not spec.horizontal:
        mark = {"type": "text", "align": "center", "baseline": "bottom", "dy": -3}
    return {"mark": mark, "encoding": found}
