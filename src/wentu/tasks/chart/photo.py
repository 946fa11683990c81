"""Photographs of charts: light evened out, noise smoothed, slant and perspective taken out by the chart's own lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Picture, TextLine
from wentu.tasks.chart.ink import Pixels

Matrix = NDArray[np.float64]
# A drawn picture repeats its neighbour in most pixels, also after a JPEG of fair quality; a sensor's noise does not.
_DRAWN = 0.5
# Lines further than this from level or upright are the chart's data, not its axes; steeper pictures are not read.
_STEEP = np.radians(16.0)
# Lines that agree on a vanishing point do so within this angle; a turn smaller than _LEVEL moves no pixel by one.
_AGREE, _LEVEL = np.radians(0.5), np.radians(0.12)
# Texts of this length show a slope of half a degree by half a pixel.
_LONG_PX, _SHORT_PX, _SLOPE = 60.0, 24.0, np.tan(np.radians(0.5))
_FEWEST = 3
_STRAIGHT, _ENOUGH = np.radians(0.3), 0.25


@dataclass(frozen=True, slots=True)
class Straightened:
    """A photograph made like a drawing. `back` (3x3) takes its pixels to those of the photograph."""

    picture: Picture
    back: Matrix

    def box_back(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The upright box in the photograph around a box of the straightened picture."""
        x0, y0, x1, y1 = box
        corners = np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.float64)
        moved = cv2.perspectiveTransform(corners, self.back)[:, 0, :]
        (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
        return round(float(left), 1), round(float(top), 1), round(float(right), 1), round(float(bottom), 1)


def straightened(picture: Picture, lines: Sequence[TextLine]) -> Straightened | None:
    """The photograph as it would have been drawn; None for a picture that is a drawing and stands upright."""
    photographed = is_photographed(picture.pixels)
    turn = None if _text_is_level(lines) else _upright(picture.pixels)
    if turn is None and not photographed:
        return None
    pixels = _smoothed(picture.pixels) if photographed else picture.pixels
    back: Matrix = np.eye(3)
    if turn is not None:
        height, width = pixels.shape[:2]
        warped = cv2.warpPerspective(
            pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        pixels, back = np.asarray(warped, np.uint8), np.asarray(np.linalg.inv(turn), np.float64)
    return Straightened(Picture.of_pixels(pixels), back)


def is_photographed(pixels: Pixels) -> bool:
    """Whether most pixels differ from their neighbour, as no drawing program leaves them."""
    same = (pixels[:, 1:] == pixels[:, :-1]).all(axis=2)
    return float(same.mean()) < _DRAWN


def _text_is_level(lines: Sequence[TextLine]) -> bool:
    """Whether most of the longer texts lie level: a text reader's boxes are a pixel sharp. Where there are hardly any,
    as on a pie, the boxes of most short ones must not slope at all."""
    long, short = _slopes(lines, _LONG_PX), _slopes(lines, _SHORT_PX)
    if len(long) >= 2:
        return bool(sum(slope < _SLOPE for slope in long) > 0.6 * len(long))
    return len(short) >= _FEWEST and sum(slope == 0 for slope in short) > 0.6 * len(short)


def _slopes(lines: Sequence[TextLine], least: float) -> list[float]:
    """How much each text that is wide enough rises along its way, as a tangent."""
    slopes = []
    for line in lines:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.polygon
        if min(x1 - x0, x2 - x3) >= least:
            slopes.append(abs((y1 - y0) / (x1 - x0) + (y2 - y3) / (x2 - x3)) / 2)
    return slopes


def _smoothed(pixels: Pixels) -> Pixels:
    """Noise smoothed inside flat parts, and uneven light on light paper divided out."""
    quiet = cv2.bilateralFilter(cv2.medianBlur(pixels, 3), 7, 40, 5)
    side = max(15, min(pixels.shape[:2]) // 8 | 1)
    small = cv2.resize(quiet, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side // 2, side // 2), np.uint8))
    if float(np.median(paper)) < 110:  # a dark chart has no light paper
        return np.ascontiguousarray(quiet, dtype=np.uint8)
    light = cv2.resize(cv2.GaussianBlur(paper, (0, 0), side / 8), pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    even = np.clip(quiet.astype(np.float32) * 248 / np.maximum(light.astype(np.float32), 40), 0, 255)
    return np.ascontiguousarray(even, dtype=np.uint8)


def _upright(pixels: Pixels) -> Matrix | None:
    """The homography that makes the chart's level lines level and its upright ones upright; None where they are."""
    segments = _segments(pixels)
    if len(segments) < 3 or _aligned(segments):
        return None
    height, width = pixels.shape[:2]
    middle = np.array([width / 2, height / 2])
    centred = segments - np.concatenate((middle, middle))
    angles = np.arctan2(centred[:, 3] - centred[:, 1], centred[:, 2] - centred[:, 0])
    level = centred[np.abs(_wrapped(angles)) < _STEEP]
    upright = centred[np.abs(_wrapped(angles - np.pi / 2)) < _STEEP]
    across = _vanishing(level, np.array([1.0, 0.0]), width)
    if across is None:
        return None
    down = _vanishing(upright, np.array([0.0, 1.0]), width)
    if down is None:  # nothing upright is seen: a camera held level sees what is square to the level lines
        down = np.array([-across[1], across[0], 0.0])
    if abs(_turn(across)) < _LEVEL and abs(_turn(down) - np.pi / 2) < _LEVEL and _flat(across, down, width):
        return None
    return _rectifying(across, down, width, height)


def _aligned(segments: NDArray[np.float64]) -> bool:
    """Whether a good part of the lines, by length, is level or upright: data slant as they like, axes do not."""
    along = segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(along[:, 0], along[:, 1])
    quarters = 4 * np.arctan2(along[:, 1], along[:, 0])  # level and upright lines both come to a whole turn
    off = np.abs((quarters + np.pi) % (2 * np.pi) - np.pi) / 4
    return float(lengths[off < _STRAIGHT].sum()) > _ENOUGH * float(lengths.sum())


def _segments(pixels: Pixels) -> NDArray[np.float64]:
    """Straight edges of at least an eighth of the picture's shorter side, (N, 4) as x0, y0, x1, y1."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    segments = found.reshape(-1, 4).astype(np.float64)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return np.asarray(segments[lengths > min(pixels.shape[:2]) / 8], np.float64)


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles of undirected lines, -90 to 90 degrees."""
    wrapped: NDArray[np.float64] = (angle + np.pi / 2) % np.pi - np.pi / 2
    return wrapped


def _vanishing(segments: NDArray[np.float64], along: NDArray[np.float64], size: int) -> Matrix | None:
    """The point (homogeneous, in units of pixels from the middle) through which most of the lines go, by length.

    Pairs of lines propose a point; those that agree with it within _AGREE vote with their length (RANSAC over all
    pairs of the 24 longest). None below two lines or where less than half of the length agrees.
    """
    if len(segments) < 2:
        return None
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    order = np.argsort(-lengths)[:24]
    segments, lengths = segments[order], lengths[order]
    lines = _lines(segments, size)
    best, most = None, 0.0
    proposed = [np.cross(lines[i], lines[j]) for i in range(len(lines)) for j in range(i)]
    proposed.append(np.array([*along, 0.0]))
    for point in proposed:
        if np.linalg.norm(point) < 1e-12:
            continue
        agree = _off(segments / size, point) < _AGREE
        vote = float(lengths[agree].sum())
        if vote > most * 1.02:
            best, most = agree, vote
    if best is None or best.sum() < _FEWEST or most < 0.5 * lengths.sum():
        return None
    *_, rows = np.linalg.svd(lines[best] * lengths[best][:, None])
    point = rows[-1] * np.array([size, size, 1.0])
    return np.asarray(point if point[:2] @ along >= 0 else -point, np.float64)


def _lines(segments: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The segments' lines as unit homogeneous vectors, coordinates divided by `size` for a sound fit."""
    ends = np.concatenate((segments.reshape(-1, 2, 2) / size, np.ones((len(segments), 2, 1))), axis=2)
    lines = np.cross(ends[:, 0], ends[:, 1])
    return np.asarray(lines / np.linalg.norm(lines[:, :2], axis=1, keepdims=True), np.float64)


def _off(segments: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle between each segment and the line from its middle to the point."""
    middles = (segments[:, :2] + segments[:, 2:]) / 2
    towards = point[:2] - point[2] * middles
    along = segments[:, 2:] - segments[:, :2]
    cross = along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0]
    norms = np.linalg.norm(along, axis=1) * np.maximum(np.linalg.norm(towards, axis=1), 1e-12)
    return np.asarray(np.arcsin(np.clip(np.abs(cross) / norms, 0, 1)), np.float64)


def _turn(point: Matrix) -> float:
    return float(np.arctan2(point[1], point[0]))


def _flat(across: Matrix, down: Matrix, width: int) -> bool:
    """Whether both points lie so far away that lines at the picture's edges are parallel within _LEVEL."""
    return all(abs(p[2]) * width / 2 < _LEVEL * float(np.hypot(p[0], p[1])) for p in (across, down))


def _rectifying(across: Matrix, down: Matrix, width: int, height: int) -> Matrix | None:
    """The homography that sends both points to infinity along the axes and keeps the picture in its frame."""
    horizon = np.cross(across, down)
    if abs(horizon[2]) < 1e-12:
        return None
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    projective = np.array([[1, 0, 0], [0, 1, 0], horizon / horizon[2]])
    directions = np.column_stack([_unit((projective @ point)[:2]) for point in (across, down)])
    if abs(np.linalg.det(directions)) < 0.7:
        return None
    affine = np.eye(3)
    affine[:2, :2] = np.linalg.inv(directions)
    warp = affine @ projective @ to_middle
    corners = np.array([[[0.0, 0.0]], [[width, 0.0]], [[width, height]], [[0.0, height]]])
    moved = cv2.perspectiveTransform(corners, warp)[:, 0, :]
    low, high = moved.min(axis=0), moved.max(axis=0)
    if (high - low > 3 * np.array([width, height])).any():
        return None
    scale = min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    place = np.array([[scale, 0, -scale * low[0]], [0, scale, -scale * low[1]], [0, 0, 1.0]])
    return np.asarray(place @ warp, np.float64)


def _unit(vector: Matrix) -> Matrix:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float64)
