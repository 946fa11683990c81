"""Unseen styles by Matplotlib: its style sheets, number forms on the ticks, real dates, values below zero."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, LogFormatter

from charts.spec import Spec
from charts.unseen import day, said

STYLES = ("ggplot", "bmh", "fivethirtyeight", "seaborn-v0_8-whitegrid", "seaborn-v0_8-darkgrid", "Solarize_Light2",
          "seaborn-v0_8-ticks", "tableau-colorblind10", "grayscale", "default")  # fmt: skip
_MARKERS = {"": None, "circle": "o", "hollow": "o", "square": "s", "diamond": "D"}


def write(spec: Spec, path: Path) -> None:
    """Draws the chart into a PNG file."""
    look = spec.look
    style = STYLES[look["theme"] % len(STYLES)]
    several = len(spec.rows) > 2 or spec.type in ("pie", "donut")
    with plt.style.context("default" if style == "grayscale" and several else style):
        plt.rcParams.update(
            {"font.family": [look["face"], "Noto Sans CJK SC", "DejaVu Sans"], "axes.unicode_minus": False,
             "font.size": look["font"] - 1, "axes.labelsize": "medium", "axes.titlesize": "large"}
        )  # fmt: skip
        figure, axes = plt.subplots(figsize=(look["width"] / 100, look["height"] / 100), dpi=100)
        if spec.type in ("pie", "donut"):
            _pie(spec, axes)
        else:
            {"line": _lines, "area": _areas, "scatter": _dots}.get(spec.type, _bars)(spec, axes)
            _dress(spec, axes)
        axes.set_title(spec.title, loc="left" if look["title"] == "left" else "center")
        figure.savefig(path, dpi=100 * look["scale"], bbox_inches="tight")
        plt.close(figure)


def _bars(spec: Spec, axes: plt.Axes) -> None:
    look, x, foot = spec.look, np.arange(len(spec.x)), np.zeros(len(spec.x))
    stacked, rows = spec.type == "bar_stacked", len(spec.rows)
    width = (1 - look["gap"]) / (1 if stacked else rows)
    for k, (name, values, _) in enumerate(spec.rows):
        at = x if stacked else x + (k - (rows - 1) / 2) * width
        kind = {"label": name, "alpha": look["opacity"]} | ({"edgecolor": "white"} if look["outline"] else {})
        if spec.horizontal:
            bars = axes.barh(at, values, width, left=foot, **kind)
        else:
            bars = axes.bar(at, values, width, bottom=foot, **kind)
        if spec.labels:
            where = "center" if stacked or look["inside"] else "edge"
            axes.bar_label(bars, [said(v, look["form"]) for v in values], label_type=where, padding=2, fontsize=8)
        foot = foot + np.array(values) if stacked else foot
    (axes.set_yticks if spec.horizontal else axes.set_xticks)(x, spec.x)
    if spec.horizontal and not look["upwards"]:
        axes.invert_yaxis()
    if min(min(values) for _, values, _ in spec.rows) < 0:
        (axes.axvline if spec.horizontal else axes.axhline)(0, color="black", linewidth=0.8)


def _lines(spec: Spec, axes: plt.Axes) -> None:
    look = spec.look
    x = [day(name) for name in spec.x] if look["dates"] else spec.x
    for k, (name, values, _) in enumerate(spec.rows):
        face = axes.get_facecolor() if look["marker"] == "hollow" else None
        axes.plot(x, values, label=name, linewidth=look["stroke"], marker=_MARKERS[look["marker"]], markersize=5,
                  markerfacecolor=face, linestyle="--" if k % 2 and look["dashed"] else "-")  # fmt: skip
        for place, value in zip(x, values, strict=True) if spec.labels else ():
            axes.annotate(said(value, look["form"]), (place, value), (0, 5), textcoords="offset points", ha="center",
                          fontsize=8)  # fmt: skip
    if look["dates"]:
        axes.xaxis.set_major_locator(mdates.MonthLocator(interval=1 if len(spec.x) < 9 else 2))
        axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
    if spec.log:
        axes.set_yscale("log")


def _areas(spec: Spec, axes: plt.Axes) -> None:
    rows, names = [values for _, values, _ in spec.rows], [name for name, _, _ in spec.rows]
    axes.stackplot(spec.x, *rows, labels=names, alpha=spec.look["opacity"])
    axes.set_ylim(0, None)
    axes.margins(x=0 if spec.look["zero"] else 0.04)


def _dots(spec: Spec, axes: plt.Axes) -> None:
    for name, values, own in spec.rows:
        axes.scatter(own, values, label=name, s=14 + 12 * spec.look["stroke"])


def _pie(spec: Spec, axes: plt.Axes) -> None:
    look, donut, values = spec.look, spec.type == "donut", spec.rows[0][1]
    legend, outside = look["wedge_names"] == "legend", spec.labels and look["inside"]
    total = sum(values)
    names = [f"{x}\n{100 * v / total:.1f}%" for x, v in zip(spec.x, values, strict=True)] if outside else list(spec.x)
    axes.pie(
        values, labels=None if legend and not outside else names, startangle=look["turn"],
        counterclock=look["zero"], autopct="%.1f%%" if spec.labels and not outside else None,
        pctdistance=0.78 if donut else 0.65, wedgeprops={"width": 0.4} if donut else {"edgecolor": "white"},
    )  # fmt: skip
    if legend and not outside:
        axes.legend(spec.x, loc="center left", bbox_to_anchor=(1, 0.5), frameon=look["outline"])


def _dress(spec: Spec, axes: plt.Axes) -> None:
    look = spec.look
    x_label, y_label = (spec.y_label, spec.x_label) if spec.horizontal else (spec.x_label, spec.y_label)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if look["grid"] == "none" and look["theme"] % 2:
        axes.grid(False)
    value_axis = axes.xaxis if spec.horizontal else axes.yaxis
    form = look["form"]
    if spec.log:
        value_axis.set_major_formatter(LogFormatter(labelOnlyBase=True))
        value_axis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    else:
        value_axis.set_major_formatter(FuncFormatter(lambda v, _: said(round(v, 6), form)))
    if not spec.horizontal and spec.type != "scatter" and look["slanted"]:
        plt.setp(axes.get_xticklabels(), rotation=look["slanted"], ha="right" if look["slanted"] < 90 else "center",
                 rotation_mode="anchor" if look["slanted"] < 90 else "default")  # fmt: skip
    if look["frame"] != "box":
        axes.spines[["top", "right"]].set_visible(False)
    if len(spec.rows) > 1:
        where = {
            "right": {"loc": "center left", "bbox_to_anchor": (1, 0.5)},
            "top": {"loc": "lower center", "bbox_to_anchor": (0.5, 1.1), "ncol": 3},
            "bottom": {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2 - 0.004 * look["slanted"]), "ncol": 3},
        }.get(look["legend"], {"loc": "best"})
        axes.legend(**where, frameon=look["outline"])
