"""The same charts by gnuplot, where it is installed (Debian: gnuplot-nox). No pies, no horizontal bars."""

from __future__ import annotations

import subprocess
from pathlib import Path

from charts.spec import Spec

KINDS = frozenset({"bar", "bar_grouped", "bar_stacked", "line", "scatter"})


def can(spec: Spec) -> bool:
    """Whether gnuplot has a style for the chart."""
    printed = spec.labels and spec.type != "line"
    return spec.type in KINDS and not spec.horizontal and not printed


def write(spec: Spec, path: Path) -> None:
    """Draws the chart into a PNG file. Raises CalledProcessError."""
    script = "\n".join([*_head(spec, path), *_data(spec), f"plot {', '.join(_plots(spec))}"])
    subprocess.run(["gnuplot"], input=script, text=True, capture_output=True, check=True)


def _head(spec: Spec, path: Path) -> list[str]:
    look, light = spec.look, "white" if spec.look["dark"] else "black"
    ground = ' background rgb "#202028"' if look["dark"] else ""
    size = f"{look['width']},{look['height']}"
    key = {"right": "outside right center", "bottom": "outside bottom center horizontal"}
    lines = [
        f'set terminal pngcairo size {size} font "Noto Sans CJK SC,{look["font"] - 2}"{ground}',
        f"set output {_quoted(str(path))}",
        f"set title {_quoted(spec.title)}",
        f"set xlabel {_quoted(spec.x_label)}",
        f"set ylabel {_quoted(spec.y_label)}",
        f'set border lc rgb "{light}"',
        *(f'set {what} textcolor rgb "{light}"' for what in ("tics", "key", "title", "xlabel", "ylabel")),
    ]
    lines.append(f"set key {key.get(look['legend'], 'top left')}" if len(spec.rows) > 1 else "unset key")
    lines += [] if look["grid"] == "none" else ["set grid ytics" if look["grid"] == "y" else "set grid"]
    lines += ["set logscale y"] if spec.log else []
    if spec.type.startswith("bar"):
        style = "rowstacked" if spec.type == "bar_stacked" else "clustered gap 1"
        edge = "border -1" if look["outline"] else "noborder"
        lines += ["set style data histogram", f"set style histogram {style}", f"set style fill solid {edge}"]
        lines += [f"set boxwidth {0.9 if len(spec.rows) > 1 else 0.7}", "set yrange [0:*]"]
    return lines


def _data(spec: Spec) -> list[str]:
    if spec.type == "scatter":
        blocks = []
        for k, (_, values, own) in enumerate(spec.rows):
            blocks += [f"$d{k} << E", *(f"{x} {y}" for x, y in zip(own or (), values, strict=True)), "E"]
        return blocks
    rows = zip(spec.x, *(values for _, values, _ in spec.rows), strict=True)
    return ["$d << E", *(" ".join([_quoted(name), *map(str, values)]) for name, *values in rows), "E"]


def _plots(spec: Spec) -> list[str]:
    found = []
    for k, (name, _, _) in enumerate(spec.rows):
        color = f'lc rgb "{spec.colors[k]}" title {_quoted(name)}'
        if spec.type == "scatter":
            found.append(f"$d{k} with points pt 7 ps {0.7 + spec.look['stroke'] / 5} {color}")
        elif spec.type == "line":
            kind = "linespoints pt 7" if spec.look["marker"] else "lines"
            found.append(f"$d using 0:{k + 2}:xtic(1) with {kind} lw {spec.look['stroke']} {color}")
            if spec.labels:
                found.append(f"$d using 0:{k + 2}:{k + 2} with labels offset 0,0.8 notitle")
        else:
            found.append(f"$d using {k + 2}:xtic(1) {color}")
    return found


def _quoted(text: str) -> str:
    return f'"{text}"'
