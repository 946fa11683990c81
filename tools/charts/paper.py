"""Two sheets to draw on with one set of strokes: SVG for a browser, and Pillow."""

from __future__ import annotations

import itertools
import math
from html import escape
from typing import Protocol

from PIL import Image, ImageColor, ImageDraw, ImageFont

Point = tuple[float, float]
_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
_SIMPLIFIED_CHINESE = 2


class Paper(Protocol):
    """Coordinates are pixels, origin top left. `anchor` of text is start, middle or end; `angle` turns it left."""

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, outline: str = ""
    ) -> None: ...
    def line(self, points: list[Point], color: str, width: float, dash: bool = False) -> None: ...
    def polygon(self, points: list[Point], fill: str, outline: str = "", opacity: float = 1) -> None: ...
    def circle(self, x: float, y: float, r: float, fill: str, outline: str = "") -> None: ...
    def text(
        self, x: float, y: float, text: str, size: float, color: str, anchor: str = "start", angle: float = 0
    ) -> None: ...


def text_width(text: str, size: float) -> float:
    return sum(size if ord(c) > 0x2E80 else 0.56 * size for c in text)


class Svg:
    """Elements of an SVG document."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        self._head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        self._parts = [f'<rect width="{width}" height="{height}" fill="{ground}"/>']

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, outline: str = "") -> None:
        self._parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" rx="{radius}" fill="{fill}"'
            f' stroke="{outline or "none"}"/>'
        )

    def line(self, points: list[Point], color: str, width: float, dash: bool = False) -> None:
        at = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        dashes = ' stroke-dasharray="4 3"' if dash else ""
        self._parts.append(
            f'<polyline points="{at}" fill="none" stroke="{color}" stroke-width="{width}"'
            f' stroke-linejoin="round"{dashes}/>'
        )

    def polygon(self, points: list[Point], fill: str, outline: str = "", opacity: float = 1) -> None:
        at = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        self._parts.append(
            f'<polygon points="{at}" fill="{fill}" fill-opacity="{opacity}" stroke="{outline or "none"}"/>'
        )

    def circle(self, x: float, y: float, r: float, fill: str, outline: str = "") -> None:
        self._parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r}" fill="{fill}" stroke="{outline or fill}" stroke-width="1.5"/>'
        )

    def text(
        self, x: float, y: float, text: str, size: float, color: str, anchor: str = "start", angle: float = 0
    ) -> None:
        turn = f' transform="rotate({-angle} {x:.2f} {y:.2f})"' if angle else ""
        self._parts.append(
            f'<text x="{x:.2f}" y="{y + 0.36 * size:.2f}" font-size="{size}" fill="{color}"'
            f' text-anchor="{anchor}" font-family="Noto Sans CJK SC"{turn}>{escape(text)}</text>'
        )

    def page(self) -> str:
        return f'<meta charset="utf-8"><body style="margin:0">{self._head}{"".join(self._parts)}</svg>'


class Sheet:
    """A Pillow picture, drawn at three times the size and reduced at the end."""

    _UP = 3

    def __init__(self, width: int, height: int, ground: str) -> None:
        self._image = Image.new("RGB", (width * self._UP, height * self._UP), ground)
        self._draw = ImageDraw.Draw(self._image, "RGBA")
        self._size = width, height

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, outline: str = "") -> None:
        box = [v * self._UP for v in (x, y, x + w, y + h)]
        self._draw.rounded_rectangle(box, radius * self._UP, fill, outline or None, self._UP if outline else 0)

    def line(self, points: list[Point], color: str, width: float, dash: bool = False) -> None:
        for a, b in _dashes(points) if dash else list(itertools.pairwise(points)):
            self._draw.line([*self._up(a), *self._up(b)], color, max(1, round(width * self._UP)))
        radius = width * self._UP / 2
        for point in () if dash else points[1:-1]:
            x, y = self._up(point)
            self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], color)

    def polygon(self, points: list[Point], fill: str, outline: str = "", opacity: float = 1) -> None:
        self._draw.polygon([self._up(p) for p in points], (*ImageColor.getrgb(fill)[:3], round(255 * opacity)))
        if outline:
            self.line([*points, points[0]], outline, 1)

    def circle(self, x: float, y: float, r: float, fill: str, outline: str = "") -> None:
        box = [v * self._UP for v in (x - r, y - r, x + r, y + r)]
        self._draw.ellipse(box, fill, outline or fill, round(1.5 * self._UP))

    def text(
        self, x: float, y: float, text: str, size: float, color: str, anchor: str = "start", angle: float = 0
    ) -> None:
        font = ImageFont.truetype(_FONT, round(size * self._UP), index=_SIMPLIFIED_CHINESE)
        side = {"start": "l", "middle": "m", "end": "r"}[anchor]
        if not angle:
            self._draw.text(self._up((x, y)), text, color, font, anchor=f"{side}m")
            return
        length = font.getlength(text)
        reach = round(length + size * self._UP)
        mask = Image.new("L", (2 * reach, 2 * reach), 0)
        ImageDraw.Draw(mask).text((reach, reach), text, 255, font, anchor=f"{side}m")
        mask = mask.rotate(angle, resample=Image.Resampling.BICUBIC)
        at_x, at_y = self._up((x, y))
        self._image.paste(Image.new("RGB", mask.size, color), (round(at_x - reach), round(at_y - reach)), mask)

    def finished(self, scale: float) -> Image.Image:
        size = round(self._size[0] * scale), round(self._size[1] * scale)
        return self._image.resize(size, Image.Resampling.LANCZOS)

    def _up(self, point: Point) -> Point:
        return point[0] * self._UP, point[1] * self._UP


def _dashes(points: list[Point]) -> list[tuple[Point, Point]]:
    found = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        for k in range(int(length // 7) + 1):
            start, end = 7 * k / max(length, 1e-9), min(1.0, (7 * k + 4) / max(length, 1e-9))
            found.append(
                ((ax + (bx - ax) * start, ay + (by - ay) * start), (ax + (bx - ax) * end, ay + (by - ay) * end))
            )
    return found
