"""The same charts by Matplotlib, where it is installed (`pip install matplotlib`)."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from charts.spec import Spec

_FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "DejaVu Sans"]
_MARKERS = {"": None, "circle": "o", "hollow": "o", "square": "s", "diamond": "D"}


def write(spec: Spec, path: Path) -> None:
    """Draws the chart into a PNG file."""
    with plt.style.context("dark_background" if spec.look["dark"] else "default"):
        plt.rcParams.update(
            {"font.sans-serif": _FONTS, "font.size": spec.look["font"] - 2, "axes.unicode_minus": False}
        )
        figure, axes = plt.subplots(figsize=(spec.look["width"] / 100, spec.look["height"] / 100), dpi=100)
        if spec.type in ("pie", "donut"):
            _pie(spec, axes)
        else:
            _DRAWERS.get(spec.type, _bars)(spec, axes)
            _dress(spec, axes)
        axes.set_title(spec.title, loc="left" if spec.look["title"] == "left" else "center")
        figure.savefig(path, dpi=100 * min(spec.look["scale"], 1.5), bbox_inches="tight")
        plt.close(figure)


def _bars(spec: Spec, axes: plt.Axes) -> None:
    x, foot = np.arange(len(spec.x)), np.zeros(len(spec.x))
    stacked, rows = spec.type == "bar_stacked", len(spec.rows)
    width = (1 - spec.look["gap"]) / (1 if stacked else rows)
    for k, (name, values, _) in enumerate(spec.rows):
        at = x if stacked else x + (k - (rows - 1) / 2) * width
        kind = {"color": spec.colors[k], "label": name, "edgecolor": "black" if spec.look["outline"] else None}
        if spec.horizontal:
            bars = axes.barh(at, values, width, left=foot, **kind)
        else:
            bars = axes.bar(at, values, width, bottom=foot, **kind)
        if spec.labels:
            axes.bar_label(bars, label_type="center" if stacked else "edge", fontsize=8)
        foot = foot + np.array(values) if stacked else foot
    slant = 0 if spec.horizontal else spec.look["slanted"]
    (axes.set_yticks if spec.horizontal else axes.set_xticks)(x, spec.x, rotation=slant)


def _lines(spec: Spec, axes: plt.Axes) -> None:
    for k, (name, values, _) in enumerate(spec.rows):
        face = axes.get_facecolor() if spec.look["marker"] == "hollow" else spec.colors[k]
        axes.plot(
            spec.x, values, color=spec.colors[k], label=name, linewidth=spec.look["stroke"],
            marker=_MARKERS[spec.look["marker"]], markerfacecolor=face,
            linestyle="--" if k and spec.look["dashed"] else "-",
        )  # fmt: skip
        for x, value in zip(spec.x, values, strict=True) if spec.labels else ():
            axes.annotate(f"{value:g}", (x, value), (0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.tick_params(axis="x", rotation=spec.look["slanted"])
    if spec.log:
        axes.set_yscale("log")


def _areas(spec: Spec, axes: plt.Axes) -> None:
    rows = [values for _, values, _ in spec.rows]
    names = [name for name, _, _ in spec.rows]
    axes.stackplot(spec.x, *rows, labels=names, colors=spec.colors, alpha=spec.look["opacity"])
    axes.set_ylim(0, None)


def _dots(spec: Spec, axes: plt.Axes) -> None:
    for k, (name, values, own) in enumerate(spec.rows):
        axes.scatter(own, values, color=spec.colors[k], label=name, s=12 + 10 * spec.look["stroke"])


def _pie(spec: Spec, axes: plt.Axes) -> None:
    legend, donut = spec.look["wedge_names"] == "legend", spec.type == "donut"
    axes.pie(
        spec.rows[0][1], labels=None if legend else spec.x, colors=spec.colors, startangle=spec.look["turn"],
        autopct="%.1f%%" if spec.labels else None, pctdistance=0.8 if donut else 0.6,
        wedgeprops={"width": 0.42} if donut else {},
    )  # fmt: skip
    if legend:
        axes.legend(spec.x, loc="center left", bbox_to_anchor=(1, 0.5))


def _dress(spec: Spec, axes: plt.Axes) -> None:
    x_label, y_label = (spec.y_label, spec.x_label) if spec.horizontal else (spec.x_label, spec.y_label)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if spec.look["grid"] != "none":
        axes.grid(axis="both" if spec.look["grid"] == "both" else "x" if spec.horizontal else "y", alpha=0.4)
        axes.set_axisbelow(True)
    if spec.look["frame"] != "box":
        axes.spines[["top", "right"]].set_visible(False)
    if len(spec.rows) > 1:
        where = {
            "right": {"loc": "center left", "bbox_to_anchor": (1, 0.5)},
            "top": {"loc": "lower center", "bbox_to_anchor": (0.5, 1.08), "ncol": 4},
            "bottom": {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncol": 4},
        }.get(spec.look["legend"], {"loc": "best"})
        axes.legend(**where)


_DRAWERS = {"line": _lines, "area": _areas, "scatter": _dots}
