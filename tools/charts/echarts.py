"""The same charts by ECharts, the library of the page, in Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from charts.spec import Spec

LIBRARY = Path(__file__).parents[2] / "web" / "node_modules" / "echarts" / "dist" / "echarts.min.js"


def page(spec: Spec) -> str:
    """An HTML page with the chart in its top left corner."""
    look = spec.look
    theme = '"dark"' if look["dark"] else "null"
    size = f"width:{look['width']}px;height:{look['height']}px"
    return (
        f'<meta charset="utf-8"><body style="margin:0"><div id="chart" style="{size}"></div>'
        f'<script src="{LIBRARY.as_uri()}"></script>'
        f'<script>echarts.init(document.getElementById("chart"), {theme})'
        f".setOption({json.dumps(_option(spec), ensure_ascii=False)})</script>"
    )


def _option(spec: Spec) -> dict[str, Any]:
    look = spec.look
    option: dict[str, Any] = {
        "animation": False,
        "title": {"text": spec.title, "left": "center" if look["title"] == "middle" else 12},
        "textStyle": {"fontFamily": "Noto Sans CJK SC"},
        "color": list(spec.colors),
    }
    if spec.type in ("pie", "donut"):
        return option | _round(spec)
    if len(spec.rows) > 1:
        option["legend"] = {
            "right": {"right": 8, "top": "middle", "orient": "vertical"},
            "bottom": {"bottom": 4},
        }.get(look["legend"], {"top": 30})
    option["grid"] = {"left": 80, "right": 110, "top": 80, "bottom": 70}
    return option | _axes(spec) | {"series": [_series(spec, k) for k in range(len(spec.rows))]}


def _axes(spec: Spec) -> dict[str, Any]:
    place = {"nameLocation": "middle", "nameGap": 32}
    names = {"type": "category", "data": spec.x, "name": spec.x_label, **place}
    names["axisLabel"] = {"rotate": spec.look["slanted"] if not spec.horizontal else 0}
    if spec.type == "area":
        names["boundaryGap"] = False
    values = {"type": "log" if spec.log else "value", "name": spec.y_label, "scale": not spec.look["zero"]}
    values["splitLine"] = {"show": spec.look["grid"] != "none"}
    if spec.type == "scatter":
        names = {"type": "value", "name": spec.x_label, **place, "splitLine": {"show": spec.look["grid"] == "both"}}
    return {"xAxis": values, "yAxis": names} if spec.horizontal else {"xAxis": names, "yAxis": values}


def _series(spec: Spec, k: int) -> dict[str, Any]:
    name, values, own = spec.rows[k]
    if own is not None:
        size = 5 + spec.look["stroke"]
        return {
            "type": "scatter", "name": name, "symbolSize": size, "data": [*map(list, zip(own, values, strict=True))]
        }  # fmt: skip
    stacked = spec.type == "bar_stacked"
    where = "inside" if stacked else "right" if spec.horizontal else "top"
    found: dict[str, Any] = {"type": "bar", "name": name, "data": values}
    found["label"] = {"show": spec.labels, "position": where}
    if spec.type in ("line", "area"):
        found |= {"type": "line", "showSymbol": bool(spec.look["marker"]) or spec.labels, "symbolSize": 6}
    if spec.type == "area":
        found |= {"areaStyle": {"opacity": spec.look["opacity"]}}
    if stacked or spec.type == "area":
        found["stack"] = "all"
    return found


def _round(spec: Spec) -> dict[str, Any]:
    data = [{"name": x, "value": v} for x, v in zip(spec.x, spec.rows[0][1], strict=True)]
    series: dict[str, Any] = {"type": "pie", "data": data, "radius": "58%"}
    if spec.type == "donut":
        series["radius"] = ["36%", "62%"]
    if spec.look["wedge_names"] == "legend" and not spec.labels:
        return {
            "series": [series | {"label": {"show": False}}],
            "legend": {"orient": "vertical", "left": 10, "top": "middle"},
        }
    return {"series": [series | {"label": {"formatter": "{b}: {d}%" if spec.labels else "{b}"}}]}
