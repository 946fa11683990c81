"""Unseen styles by AntV G2 in Chromium, from the folder that CHART_LIBRARIES names
(`npm install --prefix FOLDER @antv/g2`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from charts.spec import Spec
from charts.unseen import said

_TOLD = {
    "wan": "v === 0 ? '0' : (+(v / 1e4).toFixed(4)) + '万'",
    "percent": "(+v.toFixed(4)) + '%'",
    "comma": "v.toLocaleString('en')",
}


SCRIPT = Path(os.environ.get("CHART_LIBRARIES", "")).absolute() / "node_modules/@antv/g2/dist/g2.min.js"


def page(spec: Spec) -> str:
    """An HTML page that is the chart."""
    look = spec.look
    tick = _TOLD.get(look["form"], "String(+(+v).toFixed(6))")
    ticks = "" if spec.type in ("pie", "donut") or spec.log else f"o.axis.y.labelFormatter = v => {tick};"
    return (
        f'<meta charset="utf-8"><body style="margin:0;background:white"><div id="c"></div>'
        f'<script src="{SCRIPT.as_uri()}"></script><script>const o = {json.dumps(_options(spec), ensure_ascii=False)};'
        f"{ticks} const c = new G2.Chart({{container: 'c', width: {look['width']}, height: {look['height']}}});"
        f"c.options(o); c.render()</script>"
    )


def _options(spec: Spec) -> dict[str, Any]:
    look, flat = spec.look, spec.type in ("pie", "donut")
    found: dict[str, Any] = {
        "theme": ("classic", "academy", "light")[look["theme"] % 3],
        "data": _rows(spec), "animate": False, "title": spec.title or None,
        "legend": _legend(spec) if flat or len(spec.rows) > 1 else False,
    }  # fmt: skip
    if flat:
        inner = {"innerRadius": 0.55} if spec.type == "donut" else {}
        label = (
            {"text": "share" if spec.labels else "c", "position": "outside"}
            if spec.labels or look["wedge_names"] != "legend"
            else None
        )
        if spec.labels and look["inside"]:
            label = {"text": "share", "style": {"fill": "#fff"}} if spec.type == "pie" else label
        return found | {
            "type": "interval",
            "encode": {"y": "v", "color": "c"},
            "transform": [{"type": "stackY"}],
            "coordinate": {"type": "theta", **inner},
            "labels": [label] if label else [],
        }
    found |= {"encode": {"x": "c", "y": "v"} | ({"color": "s"} if len(spec.rows) > 1 else {})}
    grid = look["grid"] != "none"
    found["axis"] = {
        "x": {"title": spec.x_label or False, "labelFontSize": look["font"], "labelAutoHide": False},
        "y": {"title": spec.y_label or False, "grid": grid, "labelFontSize": look["font"]},
    }
    found["scale"] = {"y": {"nice": True, **({"type": "log"} if spec.log else {})}}
    if look["slanted"] and not spec.horizontal and spec.type != "scatter":
        found["axis"]["x"] |= {
            "transform": [{"type": "rotate", "optionalAngles": [-look["slanted"]], "recoverWhenFailed": False}]
        }
    return found | _mark(spec)


def _legend(spec: Spec) -> dict[str, Any]:
    where = spec.look["legend"]
    return {"color": {"position": where if where != "inside" else "top"}}


def _mark(spec: Spec) -> dict[str, Any]:
    look = spec.look
    shown = (
        [
            {
                "text": "told",
                "position": "top" if spec.type != "bar_stacked" else "inside",
                **({"dy": -14} if spec.type == "line" else {}),
            }
        ]
        if spec.labels
        else []
    )
    if spec.type == "scatter":
        return {
            "type": "point",
            "encode": {"x": "c", "y": "v", "shape": "point"} | ({"color": "s"} if len(spec.rows) > 1 else {}),
            "style": {"r": 3 + look["stroke"]},
        }
    if spec.type in ("line", "area"):
        stack = [{"type": "stackY"}] if spec.type == "area" else []
        return {
            "type": spec.type,
            "transform": stack,
            "labels": shown,
            "style": {"lineWidth": look["stroke"]} if not stack else {},
        }
    transform = {"bar_stacked": [{"type": "stackY"}], "bar_grouped": [{"type": "dodgeX"}]}.get(spec.type, [])
    found: dict[str, Any] = {"type": "interval", "transform": transform, "labels": shown}
    if spec.horizontal:
        found["coordinate"] = {"transform": [{"type": "transpose"}]}
        if shown:
            shown[0]["position"] = "inside" if spec.type == "bar_stacked" else "right"
    return found


def _rows(spec: Spec) -> list[dict[str, Any]]:
    found = []
    for name, values, own in spec.rows:
        total = sum(values)
        for place, value in zip(own or spec.x, values, strict=True):
            found.append(
                {
                    "c": place,
                    "v": value,
                    "s": name,
                    "told": said(value, spec.look["form"]),
                    "share": f"{place}: {100 * value / total:.1f}%" if total else "",
                }
            )
    return found
