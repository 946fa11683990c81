"""A disc's table: the shares of its wedges, each with its name from the legend or from the text beside it."""

from __future__ import annotations

from itertools import product

import numpy as np

from wentu.core.results import ChartType
from wentu.core.types import Box
from wentu.tasks.chart.marks import Disc
from wentu.tasks.chart.readers import Cell, Row, Table, series_name
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.texts import Label

# How far from the middle a wedge's name may be, in radii, and how far off the wedge's own direction (radians).
_NEAREST, _FURTHEST, _OFF = 0.3, 2.2, 0.6
# Larger print than this many times the usual is the title.
_TITLE = 1.4


def table_of_disc(scene: Scene, disc: Disc) -> Table:
    """Shares in percent, in the legend's order where there is one, else clockwise from the top."""
    cells = []
    for _, share, angle in disc.wedges:
        reach = disc.radius * (0.7 if disc.inner else 0.6)
        x, y = disc.x + reach * np.sin(angle), disc.y - reach * np.cos(angle)
        half = disc.radius * 0.2
        cells.append(Cell(100 * share, 0.2, Box(x - half, y - half, x + half, y + half)))
    names = [series_name(scene, colour) for colour, _, _ in disc.wedges]
    if not all(names):
        beside = _names_beside(scene, disc)
        names = [name or beside.get(k, "") for k, name in enumerate(names)]
    order = [entry.label.text for entry in scene.legend]
    if order and set(names) <= set(order):
        ranked = sorted(range(len(names)), key=lambda i: order.index(names[i]))
        cells, names = [cells[i] for i in ranked], [names[i] for i in ranked]
    kind: ChartType = "donut" if disc.inner else "pie"
    return Table(kind, tuple(names), (Row("", disc.wedges[0][0], tuple(cells)),))


def _names_beside(scene: Scene, disc: Disc) -> dict[int, str]:
    """Each wedge's nearest name by direction, no text given twice: the pairs that fit best come first."""
    words = [(label, word) for label in _near(scene, disc) if (word := _word(label, disc))]
    pairs = sorted(
        (off, k, label.box, word)
        for (k, (_, share, angle)), (label, word) in product(enumerate(disc.wedges), words)
        if (off := _off(label, disc, angle)) < max(_OFF, np.pi * share)
    )
    found: dict[int, str] = {}
    taken: set[Box] = set()
    for _, k, box, word in pairs:
        if k not in found and box not in taken:
            found[k] = word
            taken.add(box)
    return found


def _near(scene: Scene, disc: Disc) -> list[Label]:
    """Texts on or around the disc that are not its title."""
    usual = float(np.median([label.box.height for label in scene.labels])) if scene.labels else 0.0
    near = []
    for label in scene.free:
        distance = float(np.hypot(label.x - disc.x, label.y - disc.y))
        title = label.y < disc.y - disc.radius and label.box.height > _TITLE * usual
        if label.upright and not title and _NEAREST * disc.radius < distance < _FURTHEST * disc.radius:
            near.append(label)
    return near


def _word(label: Label, disc: Disc) -> str:
    """The name in a text (`Apples: 12%`, `Apples 12%`); empty for a number inside the disc or one that is no year."""
    word = label.text.split(":")[0].split("：")[0].strip()
    head, _, tail = word.rpartition(" ")
    if head and tail.endswith(("%", "％")):
        word = head
    if label.value is None:
        return word
    outside = float(np.hypot(label.x - disc.x, label.y - disc.y)) > disc.radius
    return word if outside and word.isdigit() else ""


def _off(label: Label, disc: Disc, angle: float) -> float:
    """How far off a wedge's middle direction the text's nearest corner or middle lies, in radians."""
    box = label.box
    points = [(label.x, label.y), (box.x0, label.y), (box.x1, label.y)]
    x, y = min(points, key=lambda point: float(np.hypot(point[0] - disc.x, point[1] - disc.y)))
    return float(abs((np.arctan2(x - disc.x, disc.y - y) - angle + np.pi) % (2 * np.pi) - np.pi))
