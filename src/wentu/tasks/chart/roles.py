"""Which text is the title and which are the axes' names, from where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wentu.tasks.chart.readers import Table
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.texts import Label


@dataclass(frozen=True, slots=True)
class Roles:
    """The chart's title and the names of its horizontal and vertical axis; empty where there are none."""

    title: str
    x_label: str
    y_label: str


def find_roles(scene: Scene, table: Table) -> Roles:
    """Title above, one axis' name below, the other's at the left (upwards) or on top of its axis."""
    used = {id(label) for label in table.places.labels}
    used |= {id(tick) for axis in (*scene.vertical[:1], *scene.horizontal[:1]) for tick in axis.ticks}
    words = [a for a in scene.free if a.value is None and id(a) not in used and any(c.isalpha() for c in a.text)]
    boxes = [c.box for row in table.rows for c in row.cells if c is not None]
    if not boxes:
        return Roles("", "", "")
    top, bottom = min(b.y0 for b in boxes), max(b.y1 for b in boxes)
    left = min(b.x0 for b in boxes)
    title = _title(words, top, scene)
    rest = [a for a in words if a is not title]
    if table.type in ("pie", "donut"):
        return Roles(title.text if title else "", "", "")
    edge = min([t.box.x0 for axis in scene.vertical[:1] for t in axis.ticks] or [left])
    edge = min([edge, *(a.box.x0 for a in table.places.labels if table.orientation == "horizontal")])
    beside = sorted((a for a in rest if not a.upright and a.x < edge + 4), key=lambda a: -a.y)
    y_label = " ".join(a.text for a in beside)
    if not y_label:
        y_label = _on_top(rest, scene, left)
    foot = max([bottom, *(a.box.y1 for a in table.places.labels)])
    below = [a for a in rest if a.upright and a.box.y0 > foot - 8 and a.text != y_label]
    ticks = [t.box.y1 for axis in scene.horizontal[:1] for t in axis.ticks]
    below = [a for a in below if not ticks or a.box.y0 > max(ticks) - 12]
    x_label = _joined(below)
    if not x_label:
        x_label = _at_the_end(rest, scene, foot, y_label)
    return Roles(title.text if title else "", x_label, y_label)


def _title(words: Sequence[Label], top: float, scene: Scene) -> Label | None:
    """The largest text above the marks; one that is as large as any in the upper quarter."""
    above = [a for a in words if a.upright and a.box.y1 < max(top + 4, 0.18 * scene.pixels.shape[0])]
    if not above:
        return None
    return max(above, key=lambda a: (round(a.box.height / 3), -a.y))


def _joined(below: Sequence[Label]) -> str:
    if not below:
        return ""
    first = min(below, key=lambda a: a.y)
    row = sorted((a for a in below if abs(a.y - first.y) < 0.6 * first.box.height), key=lambda a: a.x)
    return " ".join(a.text for a in row)


def _on_top(rest: Sequence[Label], scene: Scene, left: float) -> str:
    """A name written over the vertical axis, as ECharts does."""
    if not scene.vertical:
        return ""
    ticks = scene.vertical[0].ticks
    top = min(t.box.y0 for t in ticks)
    over = [a for a in rest if a.box.y1 <= top + 4 and a.box.x0 < left + 20 and top - a.box.y1 < 60]
    return max(over, key=lambda a: a.y).text if over else ""


def _at_the_end(rest: Sequence[Label], scene: Scene, foot: float, y_label: str) -> str:
    """A name written at the right end of the horizontal axis."""
    right = [a for a in rest if a.x > 0.8 * scene.pixels.shape[1] and abs(a.y - foot) < 50 and a.text != y_label]
    return min(right, key=lambda a: abs(a.y - foot)).text if right else ""
