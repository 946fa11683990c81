"""Pictures for tests: plain arithmetic, no files."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from wentu.core.types import Picture


def plain_pixels(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: a colour gradient with a few noisy blocks, different for every seed."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    red, green = 255 * x / max(width - 1, 1), 255 * y / max(height - 1, 1)
    pixels = np.stack([red, green, np.full_like(red, 40 * seed % 256)], axis=-1)
    pixels[: height // 3, : width // 3] = random.uniform(0, 255, 3)
    pixels[height // 2 :, width // 2 :] += random.uniform(-60, 60, (height - height // 2, width - width // 2, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def picture(width: int = 64, height: int = 64, seed: int = 0) -> Picture:
    """A Picture as intake would make it."""
    pixels = plain_pixels(width, height, seed)
    return Picture(hashlib.sha256(pixels.tobytes()).hexdigest(), pixels)
