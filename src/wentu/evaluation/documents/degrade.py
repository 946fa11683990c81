"""Pictures spoiled as phones, scanners and copiers spoil them; four levels each, seeded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
LEVELS = (1, 2, 3, 4)
_PAPER = (235, 235, 235)


def degrade(pixels: Pixels, name: str, level: int, seed: int) -> Pixels:
    """The picture spoiled by the degradation `name` of `DEGRADATIONS` at `level` 1..4; the same for the same seed."""
    rng = Random(f"{name}/{level}/{seed}")
    return np.ascontiguousarray(DEGRADATIONS[name](pixels, level - 1, rng), dtype=np.uint8)


def _gaussian(pixels: Pixels, level: int, rng: Random) -> Any:
    return cv2.GaussianBlur(pixels, (0, 0), (0.8, 1.6, 2.4, 3.2)[level])


def _motion(pixels: Pixels, level: int, rng: Random) -> Any:
    length = (5, 9, 15, 21)[level]
    kernel = np.zeros((length, length), np.float32)
    angle = math.radians(rng.uniform(0, 180))
    for step in np.linspace(-(length - 1) / 2, (length - 1) / 2, length * 2):
        middle = (length - 1) / 2
        kernel[round(middle + step * math.sin(angle)), round(middle + step * math.cos(angle))] = 1
    return cv2.filter2D(pixels, -1, kernel / kernel.sum())


def _rotation(pixels: Pixels, level: int, rng: Random) -> Any:
    angle = (2, 5, 10, 20)[level] * rng.choice((-1, 1))
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (int(height * sin + width * cos), int(height * cos + width * sin))
    turn[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    return cv2.warpAffine(pixels, turn, size, borderValue=_PAPER)


def _perspective(pixels: Pixels, level: int, rng: Random) -> Any:
    share = (0.03, 0.06, 0.10, 0.15)[level]
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    shift = np.array([[rng.uniform(0, share) * width, rng.uniform(0, share) * height] for _ in range(4)], np.float32)
    warp = cv2.getPerspectiveTransform(corners, (corners + inward * shift).astype(np.float32))
    return cv2.warpPerspective(pixels, warp, (width, height), borderValue=_PAPER)


def _occlusion(pixels: Pixels, level: int, rng: Random) -> Any:
    spoiled = pixels.copy()
    height, width = pixels.shape[:2]
    side = math.sqrt((0.02, 0.05, 0.10, 0.15)[level])
    w, h = int(width * side), int(height * side)
    x, y = rng.randrange(width - w), rng.randrange(height - h)
    spoiled[y : y + h, x : x + w] = (90, 80, 75)
    return spoiled


def _glare(pixels: Pixels, level: int, rng: Random) -> Any:
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width]
    radius = (0.08, 0.14, 0.2, 0.28)[level] * max(width, height)
    spot = np.exp(
        -(((xs - rng.uniform(0.2, 0.8) * width) ** 2 + (ys - rng.uniform(0.2, 0.8) * height) ** 2) / radius**2)
    )
    return np.clip(pixels + (spot * 300)[:, :, None], 0, 255)


def _jpeg(pixels: Pixels, level: int, rng: Random) -> Any:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, (60, 40, 25, 15)[level]])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def _downscale(pixels: Pixels, level: int, rng: Random) -> Any:
    scale = (0.7, 0.5, 0.35, 0.25)[level]
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _moire(pixels: Pixels, level: int, rng: Random) -> Any:
    """Two fine gratings over each other, as a screen under a camera's sensor."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width]
    period, angle = rng.uniform(2.6, 3.6), rng.uniform(0.02, 0.2)
    wave = np.sin(2 * np.pi * (xs * math.cos(angle) + ys * math.sin(angle)) / period) * np.sin(
        2 * np.pi * xs / (period + 0.2)
    )
    return np.clip(pixels + (wave * (12, 24, 40, 60)[level])[:, :, None], 0, 255)


def _shadow(pixels: Pixels, level: int, rng: Random) -> Any:
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width]
    slope = rng.uniform(-1, 1)
    edge = (xs / width - 0.5 + slope * (ys / height - 0.5)) * 12
    dark = (0.25, 0.4, 0.55, 0.7)[level] / (1 + np.exp(-edge))
    return pixels * (1 - dark)[:, :, None]


def _copy(pixels: Pixels, level: int, rng: Random) -> Any:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, (4, 8, 14, 20)[level], grey.shape)
    strong = np.clip((grey - 128) * (1.2, 1.5, 2.0, 2.6)[level] + 128 + noise, 0, 255)
    return np.repeat(strong[:, :, None], 3, axis=2)


DEGRADATIONS: Mapping[str, Callable[[Pixels, int, Random], Any]] = {
    "gaussian": _gaussian,
    "motion": _motion,
    "rotation": _rotation,
    "perspective": _perspective,
    "occlusion": _occlusion,
    "glare": _glare,
    "jpeg": _jpeg,
    "downscale": _downscale,
    "moire": _moire,
    "shadow": _shadow,
    "copy": _copy,
}
