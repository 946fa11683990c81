"""What a first reading left open, and the strip of the picture in which it must stand."""

from __future__ import annotations

from wentu.core.types import Box
from wentu.tasks.chart.readers import Table
from wentu.tasks.chart.scene import Scene
from wentu.tasks.chart.sequences import rule_of

# Names stand within this part of the picture's height under the marks; ticks within that part of its width.
_BELOW, _LEFT = 0.25, 0.25
# The whole of a picture is read once more only where that costs little (pixels).
_SMALL = 250_000
# A name this many times as high as it is wide stands upright.
_TALL = 1.2


def gaps(table: Table | None) -> int:
    """How much of a table is open: places without a name, series without one, an axis that is not calibrated."""
    if table is None:
        return 1000
    open_ = sum(not name for name in table.x) + _stand_doubtfully(table)
    if len(table.rows) > 1:
        open_ += sum(not row.name for row in table.rows)
    if table.type not in ("pie", "donut"):
        open_ += 10 * (table.axis is None)
    if table.type in ("line", "area"):
        open_ += 10 * (len(table.x) < 3)
    return open_


def _stand_doubtfully(table: Table) -> bool:
    """Whether the names stand upright, as short ones are misread, and follow no rule that would prove them."""
    tall = sum(label.box.height > _TALL * label.box.width for label in table.places.labels)
    upright = table.orientation == "vertical" and tall > 0.5 * len(table.places.labels) and len(table.x) >= 3
    return upright and not all(name.isdigit() for name in table.x) and rule_of(table.x, range(len(table.x))) is None


def missing_strip(scene: Scene, table: Table | None) -> Box | None:
    """The part of the picture that must hold what is missing; None where nothing is, or nothing can be told."""
    width, height = float(scene.picture.width), float(scene.picture.height)
    if table is None:
        inked = any(colour.solid and not colour.grey for colour in scene.colours)
        return Box(0, 0, _LEFT * width, height) if inked and scene.labels and not scene.vertical else None
    if table.type in ("pie", "donut"):
        return Box(0, 0, width, height) if "" in table.x and width * height < _SMALL else None
    bars = table.type.startswith("bar")
    foot = table.base if bars and table.base is not None else scene.frame.y1
    if table.axis is None:
        if bars and table.orientation == "horizontal":
            return Box(0, (1 - _BELOW) * height, width, height)
        return Box(0, 0, _LEFT * width, height)
    if "" in table.x or _stand_doubtfully(table) or (table.type in ("line", "area") and len(table.x) < 3):
        if bars and table.orientation == "horizontal":
            return Box(0, 0, foot + 2, height)
        return Box(0, foot - 2, width, min(height, foot + _BELOW * height))
    return None
