"""The picture's colours: what is ground, and which pixels belong to which colour of the marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Box
from wentu.tasks.chart.texts import Label

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Rgb = tuple[float, float, float]

# Distances in RGB (0..255). A colour further than _FAR from every ground is ink; two solid colours nearer than _NEAR
# are one. Chosen on the palettes of matplotlib, Vega and ECharts, whose nearest neighbours are 45 apart.
_FAR, _NEAR = 28.0, 26.0
_MAX_COLOURS = 16
# Colours up to this far apart may be steps of one gradient, where at least so many pixels of the two meet without an
# edge. Segments of a stack differ by _NEAR and more, which is an edge.
_GRADED, _MEETING = 90.0, 8
# Less spread between the channels than this is grey: axes, grids and most text.
_GREY = 28.0
# Where more than this part of a rectangle is the page's colour, it is no panel.
_SHOWS_THROUGH = 0.08
_PART = 0.15
# A few letters this many times as large as the usual print are a shape.
_HUGE = 4.0


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of the marks. `mask` is (H, W); `solid` is False where it occurs only in thin strokes."""

    rgb: Rgb
    mask: Mask
    solid: bool

    @property
    def grey(self) -> bool:
        return max(self.rgb) - min(self.rgb) < _GREY

    @property
    def hex(self) -> str:
        return "#" + "".join(f"{round(min(255.0, max(0.0, part))):02x}" for part in self.rgb)


def tint(strong: Rgb, pale: Rgb, ground: Rgb) -> float:
    """1 where the second colour is the first one mixed with the ground, less where it has another hue."""
    a, b = np.subtract(strong, ground), np.subtract(pale, ground)
    return float(a @ b / max(1e-9, float(np.linalg.norm(a) * np.linalg.norm(b))))


def grounds(pixels: Pixels) -> list[Rgb]:
    """The page's colour, then that of a panel behind the marks where there is one."""
    codes = _codes(pixels)
    border = np.concatenate((codes[:2].ravel(), codes[-2:].ravel(), codes[:, :2].ravel(), codes[:, -2:].ravel()))
    page = codes == _commonest(border)
    found = [_mean(pixels, page)]
    values, counts = np.unique(codes, return_counts=True)
    for code in values[np.argsort(-counts)][:4]:
        mask = codes == code
        rgb = _mean(pixels, mask)
        if min(_distance(rgb, other) for other in found) > 6 and _is_panel(mask, rgb, page):
            found.append(rgb)
    return found


def colours(pixels: Pixels, ground: list[Rgb]) -> list[Colour]:
    """The picture's ink parted by colour, the commonest first: flat colours, then those of thin strokes."""
    flat = pixels.astype(np.float32)
    ink = _ink(flat, ground)
    smooth = _is_flat(pixels)
    inked, solid = flat[ink], smooth[ink]
    least = max(24, pixels.shape[0] * pixels.shape[1] // 20_000)
    solid_colours = _flat_colours(inked[solid], _codes(pixels)[ink][solid], least)
    strokes = inked[~solid]
    strokes = strokes[_unexplained(strokes, ground, solid_colours)]
    centres = [(rgb, True) for rgb in solid_colours]
    centres += [(rgb, False) for rgb in _stroke_colours(strokes, ground[-1], least)]
    return _graded(_parted(inked, ink, ground, centres), smooth)


def _graded(found: list[Colour], smooth: Mask) -> list[Colour]:
    """Steps of one gradient are one colour: they meet without an edge. `smooth` is where neighbours hardly differ."""
    groups = [[colour] for colour in found]
    merged = True
    while merged:
        merged = False
        for a, b in itertools.combinations(range(len(groups)), 2):
            if any(_blend(one, other, smooth) for one in groups[a] for other in groups[b]):
                groups[a] += groups.pop(b)
                merged = True
                break
    return [_united(group) for group in groups]


def _blend(a: Colour, b: Colour, smooth: Mask) -> bool:
    """Whether two flat colours run into each other without an edge, along a good part of where they meet."""
    if not (a.solid and b.solid) or _distance(a.rgb, b.rgb) > _GRADED:
        return False
    n_meeting = n_smooth = 0
    for first, second in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        meet = (a.mask[first] & b.mask[second]) | (b.mask[first] & a.mask[second])
        n_meeting += int(meet.sum())
        n_smooth += int((meet & smooth[first] & smooth[second]).sum())
    return n_smooth >= _MEETING and n_smooth >= 0.25 * n_meeting


def _united(group: list[Colour]) -> Colour:
    if len(group) == 1:
        return group[0]
    sizes = np.array([max(int(colour.mask.sum()), 1) for colour in group], np.float64)
    red, green, blue = np.average([colour.rgb for colour in group], axis=0, weights=sizes)
    mask: Mask = np.logical_or.reduce([colour.mask for colour in group])
    return Colour((float(red), float(green), float(blue)), mask, True)


def _flat_colours(values: NDArray[np.float32], codes: NDArray[np.int32], least: int) -> list[Rgb]:
    """The commonest colours of (N, 3) flat pixels, each taken out with everything near it."""
    found: list[Rgb] = []
    while len(values) >= least and len(found) < _MAX_COLOURS:
        red, green, blue = values[codes == _commonest(codes)].mean(axis=0)
        rgb = (float(red), float(green), float(blue))
        near = _far_from(values, rgb) < _NEAR
        if near.sum() >= least:
            found.append(rgb)
        values, codes = values[~near], codes[~near]
    return found


def _stroke_colours(strokes: NDArray[np.float32], ground: Rgb, least: int) -> list[Rgb]:
    """Colours of strokes too thin for a flat pixel: a smoothed edge keeps its direction away from the ground."""
    found: list[Rgb] = []
    away = strokes - np.asarray(ground, np.float32)
    length = np.linalg.norm(away, axis=1)
    away, length = away[length > 60], length[length > 60]
    for _ in range(12):
        if len(away) < least or len(found) >= 8:
            break
        direction = away / length[:, None]
        codes = np.round(direction * 6).astype(np.int32) @ np.array([400, 20, 1])
        values, counts = np.unique(codes, return_counts=True)
        centre = direction[codes == values[counts.argmax()]].mean(axis=0)
        near = direction @ (centre / np.linalg.norm(centre)) > 0.985
        if near.sum() < least:
            away, length = away[~near], length[~near]
            continue
        full = length[near] >= np.quantile(length[near], 0.8)
        rgb = np.asarray(ground) + away[near][full].mean(axis=0)
        found.append((float(rgb[0]), float(rgb[1]), float(rgb[2])))
        away, length = away[~near], length[~near]
    return found


def _parted(inked: NDArray[np.float32], ink: Mask, ground: list[Rgb], centres: list[tuple[Rgb, bool]]) -> list[Colour]:
    """Each inked pixel given to the colour whose mixture with a ground it is."""
    best = np.full(len(inked), 34.0, np.float32)
    owner = np.full(len(inked), -1, np.int32)
    for index, (rgb, _) in enumerate(centres):
        distance = np.minimum.reduce([_off_mixture(inked, rgb, under) for under in ground])
        nearer = distance < best
        best[nearer], owner[nearer] = distance[nearer], index
    found = []
    for index, (rgb, solid) in enumerate(centres):
        mask = np.zeros(ink.shape, np.bool_)
        mask[ink] = owner == index
        found.append(Colour(rgb, mask, solid))
    return found


def _off_mixture(flat: NDArray[np.float32], rgb: Rgb, under: Rgb) -> NDArray[np.float32]:
    """How far each pixel is from the half of the line ground-colour that is nearer to the colour."""
    base, end = np.asarray(under, np.float32), np.asarray(rgb, np.float32)
    along = end - base
    share = np.clip((flat - base) @ along / max(1.0, float(along @ along)), 0.4, 1.15)
    off: NDArray[np.float32] = np.linalg.norm(flat - base - share[..., None] * along, axis=-1)
    off += (1 - np.minimum(share, 1)) * 20  # a full match beats a lighter mixture of a stronger colour
    return off


def _unexplained(flat: NDArray[np.float32], ground: list[Rgb], known: list[Rgb]) -> Mask:
    """Pixels that are no mixture of a known colour with a ground or with another known colour."""
    mask = np.ones(flat.shape[:-1], np.bool_)
    for index, rgb in enumerate(known):
        for under in [*ground, *known[:index]]:
            base, along = np.asarray(under, np.float32), np.asarray(rgb, np.float32) - np.asarray(under, np.float32)
            share = np.clip((flat - base) @ along / max(1.0, float(along @ along)), 0, 1)
            mask &= np.linalg.norm(flat - base - share[..., None] * along, axis=-1) > 30
    return mask


def without_marks(labels: list[Label], found: list[Colour]) -> list[Label]:
    """Only labels that are letters: a text reader takes dots of a scatter chart for `o` or `·`, wedges for a `7`."""
    sizes = [min(label.box.height, label.box.width) for label in labels]
    largest = _HUGE * float(np.median(sizes)) if sizes else 0.0
    coloured = [colour.mask for colour in found if not colour.grey]
    solid = [colour.mask for colour in found if not colour.grey and colour.solid]
    greys = [colour.mask for colour in found if colour.grey]

    def is_mark(label: Label) -> bool:
        if len(label.text) < 4 and min(label.box.height, label.box.width) > largest:
            return True
        rows, columns = rows_columns(label.box)
        if sum(mask[rows, columns].mean() > 0.04 for mask in solid) >= 3:  # a column of a legend's samples
            return True
        if len(label.text) > 2 and any(character.isalnum() for character in label.text):
            return False
        grey = sum(float(mask[rows, columns].mean()) for mask in greys)
        own = max((float(mask[rows, columns].mean()) for mask in solid), default=0.0)
        short = len(label.text) <= 2 and grey < 0.03 and own > 0.2  # a letter in the marks' own colour
        letters = any(character.isalnum() and character not in "oO0" for character in label.text)
        symbol = short or not letters
        inked = max((float(mask[rows, columns].mean()) for mask in coloured), default=0.0)
        return symbol and inked > 0.25

    return [label for label in labels if not is_mark(label)]


def without_text(found: list[Colour], labels: list[Label]) -> list[Colour]:
    """Only colours that occur outside the texts' boxes: the rest are the colours of letters."""
    if not found:
        return []
    boxes = np.zeros(found[0].mask.shape, np.bool_)
    for label in labels:
        boxes[rows_columns(label.box, 2)] = True
    kept = [colour for colour in found if colour.mask.any() and (colour.mask & boxes).sum() < 0.6 * colour.mask.sum()]
    return [Colour(c.rgb, c.mask & ~boxes if c.grey else _around(c.mask, labels), c.solid) for c in kept]


def _around(mask: Mask, labels: list[Label]) -> Mask:
    """The mask without the smoothed edges of letters: ink inside a text's box that does not go on outside it."""
    out = mask.copy()
    for label in labels:
        rows, columns = rows_columns(label.box, 1)
        wide_rows, wide_columns = rows_columns(label.box, 4)
        inner, outer = mask[rows, columns].sum(), mask[wide_rows, wide_columns].sum()
        if inner and outer - inner < 0.15 * inner:
            out[rows, columns] = False
    return out


def rows_columns(box: Box, margin: float = 0) -> tuple[slice, slice]:
    """The box as an index into an array of pixels."""
    return (
        slice(max(0, round(box.y0 - margin)), max(0, round(box.y1 + margin))),
        slice(max(0, round(box.x0 - margin)), max(0, round(box.x1 + margin))),
    )


def _ink(flat: NDArray[np.float32], ground: list[Rgb]) -> Mask:
    ink: Mask = np.minimum.reduce([_far_from(flat, rgb) for rgb in ground]) > _FAR
    return ink


def _is_flat(pixels: Pixels) -> Mask:
    kernel = np.ones((3, 3), np.uint8)
    spread = cv2.dilate(pixels, kernel).astype(np.int16) - cv2.erode(pixels, kernel)
    flat: Mask = spread.max(axis=2) <= 20
    return flat


def _is_panel(mask: Mask, rgb: Rgb, page: Mask) -> bool:
    """Whether a colour without much hue fills a large rectangle through which the page does not show, as it does
    between bars and around a disc; a white grid on a grey panel is less than that."""
    # Rows and columns with a good part of it only: smoothed letters have the panel's colour too, and long bars leave
    # little of it beside them.
    down, across = mask.sum(axis=1), mask.sum(axis=0)
    ys, xs = np.flatnonzero(down > _PART * down.max()), np.flatnonzero(across > _PART * across.max())
    if len(ys) == 0 or (ys[-1] - ys[0]) * (xs[-1] - xs[0]) < 0.25 * mask.size or max(rgb) - min(rgb) > 40:
        return False
    inside = slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1)
    return float(page[inside].mean()) < _SHOWS_THROUGH and _bordered(mask[inside])


def _bordered(panel: Mask) -> bool:
    """Whether a rectangle has its colour along three sides; on the fourth, bars may stand. Bars alone have a foot, and
    rarely both flanks."""
    sides = (panel[:3].any(axis=0), panel[-3:].any(axis=0), panel[:, :3].any(axis=1), panel[:, -3:].any(axis=1))
    return sorted(float(side.mean()) for side in sides)[1] > 0.85


def _codes(pixels: Pixels) -> NDArray[np.int32]:
    wide = pixels.astype(np.int32) >> 3
    codes: NDArray[np.int32] = (wide[..., 0] << 10) | (wide[..., 1] << 5) | wide[..., 2]
    return codes


def _commonest(codes: NDArray[np.int32]) -> int:
    values, counts = np.unique(codes, return_counts=True)
    return int(values[counts.argmax()])


def _mean(pixels: Pixels, mask: Mask) -> Rgb:
    red, green, blue = pixels[mask].astype(np.float64).mean(axis=0)
    return float(red), float(green), float(blue)


def _distance(a: Rgb, b: Rgb) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))


def _far_from(flat: NDArray[np.float32], rgb: Rgb) -> NDArray[np.float32]:
    distance: NDArray[np.float32] = np.linalg.norm(flat - np.asarray(rgb, np.float32), axis=-1)
    return distance
