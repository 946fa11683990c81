"""Unseen styles by Plotly in Chromium, with its own templates, where it is installed (`pip install plotly`)."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from charts.spec import Spec
from charts.unseen import said

TEMPLATES = ("plotly", "plotly_white", "ggplot2", "seaborn", "simple_white", "gridon", "presentation")
_SYMBOLS = {"": "circle", "circle": "circle", "hollow": "circle-open", "square": "square", "diamond": "diamond"}


def folder() -> Path | None:
    """Where the library keeps its script and templates; None where it is not installed."""
    found = find_spec("plotly")
    return Path(found.origin).parent / "package_data" if found and found.origin else None


def page(spec: Spec) -> str:
    """An HTML page that is the chart."""
    where = folder()
    assert where is not None
    template = json.loads((where / "templates" / f"{TEMPLATES[spec.look['theme'] % 7]}.json").read_text("utf-8"))
    layout = _layout(spec) | {"template": template}
    figure = json.dumps({"data": _traces(spec), "layout": layout, "config": {"staticPlot": True}}, ensure_ascii=False)
    return (
        f'<meta charset="utf-8"><body style="margin:0"><div id="chart"></div>'
        f'<script src="{(where / "plotly.min.js").as_uri()}"></script>'
        f'<script>Plotly.newPlot("chart", {figure})</script>'
    )


def _layout(spec: Spec) -> dict[str, Any]:
    look = spec.look
    where = {
        "top": {"orientation": "h", "y": 1.12},
        "bottom": {"orientation": "h", "y": -0.25},
        "inside": {"x": 0.02, "y": 0.98},
    }
    layout: dict[str, Any] = {
        "title": {"text": spec.title, "x": 0.5 if look["title"] == "middle" else 0.05},
        "width": look["width"], "height": look["height"],
        "font": {"family": look["face"], "size": look["font"]},
        "showlegend": len(spec.rows) > 1 or spec.type in ("pie", "donut"),
        "legend": where.get(look["legend"], {}),
        "margin": {"l": 70, "r": 40, "t": 70, "b": 80},
        "barmode": "stack" if spec.type == "bar_stacked" else "group", "bargap": look["gap"],
    }  # fmt: skip
    names: dict[str, Any] = {"title": {"text": spec.x_label}}
    if spec.type != "scatter":
        names |= {"type": "category", "tickangle": -look["slanted"] if not spec.horizontal else 0}
        if spec.horizontal and not look["upwards"]:
            names["autorange"] = "reversed"
    values: dict[str, Any] = {"title": {"text": spec.y_label}, "showgrid": look["grid"] != "none"}
    values |= {"type": "log", "dtick": 1} if spec.log else {}
    values |= {"comma": {"tickformat": ",d"}, "wan": {"tickformat": "~s"}, "percent": {"ticksuffix": "%"}}.get(
        look["form"] if not spec.log else "", {}
    )
    return layout | ({"xaxis": values, "yaxis": names} if spec.horizontal else {"xaxis": names, "yaxis": values})


def _traces(spec: Spec) -> list[dict[str, Any]]:
    look = spec.look
    if spec.type in ("pie", "donut"):
        info = ("percent" if look["wedge_names"] == "legend" else "label+percent") if spec.labels else "label"
        if not spec.labels and look["wedge_names"] == "legend":
            info = "none"
        return [
            {"type": "pie", "labels": spec.x, "values": spec.rows[0][1], "hole": 0.45 if spec.type == "donut" else 0,
             "textinfo": info, "textposition": "inside" if look["inside"] else "outside", "rotation": look["turn"]}
        ]  # fmt: skip
    return [_trace(spec, k) for k in range(len(spec.rows))]


def _trace(spec: Spec, k: int) -> dict[str, Any]:
    look, (name, values, own) = spec.look, spec.rows[k]
    texts = [said(v, look["form"]) for v in values] if spec.labels else None
    if own is not None:
        return {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": own,
            "y": values,
            "marker": {"size": 6 + look["stroke"], "symbol": _SYMBOLS[look["marker"]].replace("-open", "")},
        }
    if spec.type in ("line", "area"):
        mode = "lines" + ("+markers" if look["marker"] else "") + ("+text" if texts else "")
        found = {
            "type": "scatter", "mode": mode, "name": name, "x": spec.x, "y": values, "text": texts,
            "textposition": "top center", "marker": {"symbol": _SYMBOLS[look["marker"]], "size": 7},
            "line": {"width": look["stroke"], "dash": "dash" if k % 2 and look["dashed"] else "solid"},
        }  # fmt: skip
        return found | ({"stackgroup": "one"} if spec.type == "area" else {})
    inside = spec.type == "bar_stacked" or look["inside"]
    along = {"x": values, "y": spec.x, "orientation": "h"} if spec.horizontal else {"x": spec.x, "y": values}
    return {
        "type": "bar",
        "name": name,
        **along,
        "text": texts,
        "textposition": "inside" if inside else "outside",
        "opacity": look["opacity"],
        "textangle": 0,
        "cliponaxis": False,
    }
