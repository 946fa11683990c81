"""Unseen styles by Chart.js in Chromium, from the folder that CHART_LIBRARIES names
(`npm install --prefix FOLDER chart.js chartjs-plugin-datalabels`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from charts.spec import Spec
from charts.unseen import said

_MARKERS = {"": "circle", "circle": "circle", "hollow": "circle", "square": "rect", "diamond": "rectRot"}
_TOLD = {
    "wan": "v === 0 ? '0' : (+(v / 1e4).toFixed(4)) + '万'",
    "percent": "(+v.toFixed(4)) + '%'",
    "comma": "v.toLocaleString('en')",
}


def scripts() -> list[Path]:
    """The library and its plugin; empty where they are not installed."""
    root = Path(os.environ.get("CHART_LIBRARIES", "")).absolute() / "node_modules"
    found = [
        root / "chart.js/dist/chart.umd.min.js",
        root / "chartjs-plugin-datalabels/dist/chartjs-plugin-datalabels.min.js",
    ]
    return found if all(path.is_file() for path in found) else []


def page(spec: Spec) -> str:
    """An HTML page that is the chart."""
    look = spec.look
    told = json.dumps([[said(v, look["form"]) for v in values] for _, values, _ in spec.rows], ensure_ascii=False)
    tick = _TOLD.get(look["form"], "+v.toFixed(6)")
    axis = "x" if spec.horizontal else "y"
    ticks = (
        "" if spec.type in ("pie", "donut") or spec.log else f"c.options.scales.{axis}.ticks.callback = v => {tick};"
    )
    loaded = "".join(f'<script src="{path.as_uri()}"></script>' for path in scripts())
    size = f"width:{look['width']}px;height:{look['height']}px"
    return (
        f'<meta charset="utf-8"><body style="margin:0;background:white">'
        f'<div style="{size}"><canvas id="c"></canvas></div>'
        f"{loaded}<script>Chart.defaults.font.family = {json.dumps(look['face'])};"
        f"Chart.defaults.font.size = {look['font']}; const told = {told};"
        f"const c = {json.dumps(_config(spec), ensure_ascii=False)};"
        f"c.options.plugins.datalabels.formatter = (v, x) => told[x.datasetIndex][x.dataIndex]; {ticks}"
        f"{'Chart.register(ChartDataLabels);' if spec.labels else ''}"
        f"new Chart(document.getElementById('c'), c)</script>"
    )


def _config(spec: Spec) -> dict[str, Any]:
    look, flat = spec.look, spec.type in ("pie", "donut")
    stacked = spec.type in ("bar_stacked", "area")
    legend = {
        "display": flat or len(spec.rows) > 1,
        "position": look["legend"] if look["legend"] != "inside" else "left",
    }
    labels = {"anchor": "end", "align": "end", "clip": False, "color": "#333"}
    if spec.type == "bar_stacked" or flat or look["inside"]:
        labels = {"anchor": "center", "align": "center", "color": "#fff"}
    title = {"display": bool(spec.title), "text": spec.title, "align": "start" if look["title"] == "left" else "center"}
    options: dict[str, Any] = {
        "animation": False, "maintainAspectRatio": False, "indexAxis": "y" if spec.horizontal else "x",
        "plugins": {"legend": legend, "title": title, "datalabels": labels}, "layout": {"padding": 12},
    }  # fmt: skip
    if flat:
        options["rotation"] = look["turn"]
    else:
        names = {"title": {"display": bool(spec.x_label), "text": spec.x_label}, "stacked": stacked}
        names |= {"grid": {"display": look["grid"] == "both"}, "reverse": spec.horizontal and look["upwards"]}
        names["ticks"] = {"minRotation": look["slanted"] if not spec.horizontal else 0, "autoSkip": False}
        values = {"title": {"display": bool(spec.y_label), "text": spec.y_label}, "stacked": stacked, "ticks": {}}
        values |= {"grid": {"display": look["grid"] != "none"}, "type": "logarithmic" if spec.log else "linear"}
        values["grace"] = "12%" if spec.labels else 0
        if spec.type == "scatter":
            names = {"title": names["title"], "type": "linear"}
        options["scales"] = {"x": values, "y": names} if spec.horizontal else {"x": names, "y": values}
    kind = {"pie": "pie", "donut": "doughnut", "line": "line", "area": "line", "scatter": "scatter"}.get(
        spec.type, "bar"
    )
    sets = [_set(spec, k) for k in range(len(spec.rows))]
    return {"type": kind, "data": {"labels": spec.x, "datasets": sets}, "options": options}


def _set(spec: Spec, k: int) -> dict[str, Any]:
    look, (name, values, own) = spec.look, spec.rows[k]
    if spec.type in ("pie", "donut"):
        return {"data": values, "backgroundColor": spec.colors}
    data = [{"x": x, "y": v} for x, v in zip(own, values, strict=True)] if own else values
    color = spec.colors[k]
    found = {"label": name, "data": data, "backgroundColor": color, "borderColor": color}
    if spec.type in ("line", "area", "scatter"):
        found |= {"pointStyle": _MARKERS[look["marker"]], "pointRadius": 4 if look["marker"] or own else 0,
                  "borderWidth": look["stroke"], "borderDash": [6, 4] if k % 2 and look["dashed"] else []}  # fmt: skip
        if look["marker"] == "hollow":
            found["pointBackgroundColor"] = "#fff" if not own else color
    else:
        found |= {"categoryPercentage": 1 - look["gap"], "barPercentage": 0.95}
    return found | ({"fill": True, "pointRadius": 0} if spec.type == "area" else {})
