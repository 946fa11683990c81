"""Bars: rectangles of the marks' colours that stand on a common foot."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np

from wentu.core.types import Box
from wentu.tasks.chart.ink import Colour, Mask, rows_columns
from wentu.tasks.chart.marks import Bar, Bars, Orientation
from wentu.tasks.chart.texts import Label

# A rectangle fills its box; outlines and smoothed corners cost a little.
_FILL = 0.88
_MIN_SIDE = 3
_SLIVER_PX = 4
# A line along the foot is at most so thick, with its smoothed edges.
_FOOT_LINE = 6


def find_bars(colours: Sequence[Colour], frame: Box, labels: Sequence[Label]) -> Bars | None:
    """The bars inside the frame; None where the marks are no bars."""
    found: list[Bar] = []
    other = 0.0
    for index, colour in enumerate(colours):
        if not colour.solid:
            continue
        rectangles, rest = _rectangles(colour.mask, frame, labels)
        found += [Bar(index, box) for box in rectangles]
        other += rest
    found = _without_slivers(_without_grey_background(found, colours, frame))
    area = sum(bar.box.width * bar.box.height for bar in found)
    if not found or other > 0.6 * area:
        return None
    if len({round(bar.box.center[0] / 4) for bar in found}) == 1 and found[0].box.width > 0.5 * frame.width:
        return None  # one block over the whole width is an area without slopes
    ways = [_standing(found, orientation) for orientation in ("vertical", "horizontal")]
    best = max(ways, key=lambda way: way[0])
    return best[1] if best[0] >= 0.7 else None


def _rectangles(mask: Mask, frame: Box, labels: Sequence[Label]) -> tuple[list[Box], float]:
    """Boxes of the rectangular islands, and the area of those that are not rectangular."""
    inside = np.zeros(mask.shape, np.uint8)
    rows, columns = rows_columns(frame)
    inside[rows, columns] = mask[rows, columns]
    _fill_texts(inside, labels)
    kernel = np.ones((3, 3), np.uint8)
    opened = cv2.morphologyEx(inside, cv2.MORPH_OPEN, kernel)
    count, places, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    boxes, rest = [], 0.0
    for index in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[index])
        if width < _MIN_SIDE or height < 2 or area < 16:
            continue
        box = Box(x, y, x + width, y + height)
        if area >= _FILL * width * height and _straight(places[y : y + height, x : x + width] == index):
            boxes.append(box)
        elif steps := _steps(places[y : y + height, x : x + width] == index, box):
            boxes += steps
        else:
            rest += area
    return _joined(boxes), rest


def _straight(island: Mask) -> bool:
    """Whether all four edges run straight, rounded corners aside: a piece of an area slants."""
    for mask in (island, island[::-1], island.T, island.T[::-1]):
        edge = mask.argmax(axis=0)
        if (np.abs(edge - np.median(edge)) <= 2).mean() < 0.75:
            return False
    return True


def _fill_texts(inside: np.ndarray, labels: Sequence[Label]) -> None:
    """Letters on a bar are painted over with the bar's colour, where the bar is on both of their sides; of a text that
    is wider than its bar only the part that stands on it."""
    for label in labels:
        rows, columns = rows_columns(label.box, 2)
        patch = inside[rows, columns]
        if not patch.size:
            continue
        over = (patch[0] & patch[-1]).astype(np.bool_)
        if over.sum() > _MIN_SIDE:
            patch[:, over] = 1
        if patch.mean() > 0.35:
            edges = (patch[0].mean(), patch[-1].mean(), patch[:, 0].mean(), patch[:, -1].mean())
            if sorted(edges)[1] > 0.8:
                patch[:] = 1


def _steps(island: Mask, box: Box) -> list[Box]:
    """Bars of one colour that touch: the island is cut where its upper edge jumps. Empty where it is no staircase."""
    for turn in (False, True):
        mask = island.T[:, ::-1] if turn else island
        if not mask[-2:].mean() > 0.9:
            continue
        tops = mask.argmax(axis=0)
        if (mask.sum(axis=0) < 0.9 * (mask.shape[0] - tops)).mean() > 0.1:
            continue
        jumps = np.flatnonzero(np.abs(np.diff(tops)) > 2) + 1
        edges = [0, *[int(j) for j in jumps], mask.shape[1]]
        runs = [(a, b, int(np.median(tops[a:b]))) for a, b in itertools.pairwise(edges) if b - a >= 4]
        flat = sum(int((np.abs(tops[a:b] - top) <= 1).sum()) for a, b, top in runs)
        if len(runs) < 2 or flat < 0.92 * mask.shape[1]:
            continue
        if turn:
            return [Box(box.x0, box.y0 + a, box.x1 - top, box.y0 + b) for a, b, top in runs]
        return [Box(box.x0 + a, box.y0 + top, box.x0 + b, box.y1) for a, b, top in runs]
    return []


def _joined(boxes: list[Box]) -> list[Box]:
    """Parts of one bar that a grid line or a label has cut are one again."""
    for orientation in ("vertical", "horizontal"):
        boxes = _joined_along(boxes, orientation)
    return boxes


def _joined_along(boxes: list[Box], orientation: Orientation) -> list[Box]:
    upright = orientation == "vertical"
    done: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.y0 if upright else b.x0):
        for index, other in enumerate(done):
            same = (
                abs(other.x0 - box.x0) <= 2 and abs(other.x1 - box.x1) <= 2 and 0 <= box.y0 - other.y1 <= 5
                if upright
                else abs(other.y0 - box.y0) <= 2 and abs(other.y1 - box.y1) <= 2 and 0 <= box.x0 - other.x1 <= 5
            )
            if same:
                done[index] = Box(
                    min(other.x0, box.x0), min(other.y0, box.y0), max(other.x1, box.x1), max(other.y1, box.y1)
                )
                break
        else:
            done.append(box)
    return done


def _without_grey_background(bars: list[Bar], colours: Sequence[Colour], frame: Box) -> list[Bar]:
    """Without grey rectangles as large as the frame, and without grey ones where coloured bars are many."""
    coloured = [bar for bar in bars if not colours[bar.colour].grey]
    kept = [bar for bar in bars if bar.box.width * bar.box.height < 0.7 * frame.width * frame.height]
    if not coloured:
        return kept
    widths = [bar.box.width for bar in coloured]
    heights = [bar.box.height for bar in coloured]
    return [
        bar
        for bar in kept
        if not colours[bar.colour].grey
        or min(abs(bar.box.width - w) for w in widths) <= 3
        or min(abs(bar.box.height - h) for h in heights) <= 3
    ]


def _without_slivers(bars: list[Bar]) -> list[Bar]:
    """Without pieces of the base line between bars: thin, and as wide or high as no bar is."""
    tall = [bar for bar in bars if min(bar.box.width, bar.box.height) > _SLIVER_PX]
    if not tall:
        return bars
    widths, heights = [bar.box.width for bar in tall], [bar.box.height for bar in tall]
    return [
        bar
        for bar in bars
        if min(bar.box.width, bar.box.height) > _SLIVER_PX
        or min(abs(bar.box.width - w) for w in widths) <= 2
        or min(abs(bar.box.height - h) for h in heights) <= 2
    ]


def _standing(bars: list[Bar], orientation: Orientation) -> tuple[float, Bars]:
    """How well the rectangles stand on one foot in this direction, 0..1, with those that do."""
    stacks = stacks_of(bars, orientation)
    ends = [round(end) for stack in stacks for end in _ends(stack, orientation)]
    base = _mode(ends, prefer_last=orientation == "vertical")
    sides = np.array([b - a for bar in bars for a, b in [bar.across(orientation)]])
    usual = float(np.median(sides))
    standing = [s for s in stacks if _stands_on(base, s, orientation, usual)]
    even = float((np.abs(sides - np.median(sides)) <= max(2.0, 0.06 * np.median(sides))).mean())
    share = len(standing) / len(stacks)
    lonely = 0.0 if len(stacks) > 1 else 0.1
    return 0.6 * share + 0.4 * even - lonely, Bars(orientation, tuple(b for s in standing for b in s), base)


def stacks_of(bars: Sequence[Bar], orientation: Orientation) -> list[list[Bar]]:
    """Bars that share their place on the category axis, in the order of that axis."""
    stacks: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda b: sum(b.across(orientation))):
        a, b = bar.across(orientation)
        for stack in stacks[-3:]:
            c, d = stack[0].across(orientation)
            if min(b, d) - max(a, c) > 0.6 * max(b - a, d - c):
                stack.append(bar)
                break
        else:
            stacks.append([bar])
    return stacks


def _stands_on(base: float, stack: Sequence[Bar], orientation: Orientation, usual: float) -> bool:
    """Whether a bar begins at the foot; or, as wide as others, on the other side of the line drawn there."""
    low, high = _ends(stack, orientation)
    if abs(low - base) <= 3 or abs(high - base) <= 3:
        return True
    first, last = stack[0].across(orientation)
    beyond = 0 < low - base <= _FOOT_LINE or 0 < base - high <= _FOOT_LINE
    return beyond and abs(last - first - usual) <= max(2.0, 0.06 * usual)


def _ends(stack: Sequence[Bar], orientation: Orientation) -> tuple[float, float]:
    return min(b.along(orientation)[0] for b in stack), max(b.along(orientation)[1] for b in stack)


def _mode(values: list[int], *, prefer_last: bool) -> float:
    counts = Counter(values)
    near = {v: sum(counts[v + d] for d in (-2, -1, 0, 1, 2)) for v in counts}
    return float(max(near, key=lambda v: (near[v], counts[v], v if prefer_last else -v)))
