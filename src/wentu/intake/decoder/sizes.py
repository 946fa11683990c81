"""The size rules, asked as soon as a header tells width and height and before a pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from wentu.intake.decoder.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may measure; the same numbers as IntakeSettings."""

    max_pixels: int
    max_side_px: int
    min_side_px: int
    max_aspect: float


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raises Rejected for the first rule that width and height (pixels) break."""
    size = {"width": width, "height": height}
    if min(width, height) < limits.min_side_px:
        raise Rejected("min_side", **size, min_side_px=limits.min_side_px)
    if max(width, height) > limits.max_side_px:
        raise Rejected("max_side", **size, max_side_px=limits.max_side_px)
    if width * height > limits.max_pixels:
        raise Rejected("max_pixels", **size, max_pixels=limits.max_pixels)
    if max(width, height) > limits.max_aspect * min(width, height):
        raise Rejected("max_aspect", **size, max_aspect=limits.max_aspect)
