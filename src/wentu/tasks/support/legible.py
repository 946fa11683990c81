"""Whether a picture can be read at all, and if not, why: so that the customer is asked for a better one, and how."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wentu.core.types import Page

# Chosen on drawn screenshots that were blurred, darkened and shrunk step by step until OCR gave no right word:
# `wentu eval support` draws them (its case "unreadable").
DARK = 45.0  # mean luminance, 0..255
BLURRED = 60.0  # variance of the Laplacian of the luminance, scaled to 1000 px
SMALL_PX = 260
ENOUGH_CHARACTERS = 6
SURE = 0.86


def problem(pages: Sequence[Page]) -> str:
    """Why nothing can be read ("no_text", "blurred", "dark", "small", "little_text"); "" if enough can.

    To be asked only where nothing was recognised: a picture with one readable price is readable.
    """
    if not pages:
        return ""
    lines = [line for page in pages for line in page.lines]
    sure = sum(len(line.text.strip()) for line in lines if line.score >= SURE)
    everything = sum(len(line.text.strip()) for line in lines)
    if sure >= ENOUGH_CHARACTERS and sure >= 0.5 * everything:
        return ""
    return _why(pages, bool(lines))


def _why(pages: Sequence[Page], has_lines: bool) -> str:
    looks = [_look(page.picture.pixels) for page in pages]
    if all(mean < DARK for mean, _ in looks):
        return "dark"
    if all(min(page.picture.width, page.picture.height) < SMALL_PX for page in pages):
        return "small"
    if has_lines and all(sharp < BLURRED for _, sharp in looks):
        return "blurred"
    return "little_text" if has_lines else "no_text"


def _look(pixels: np.ndarray) -> tuple[float, float]:
    """Mean luminance and the variance of its Laplacian."""
    step = max(1, max(pixels.shape[:2]) // 1000)
    grey = pixels[::step, ::step].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    if min(grey.shape) < 3:
        return float(grey.mean()), 0.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    return float(grey.mean()), float(around.var())
