"""A sheet to draw on in final pixels, drawn at twice the size and reduced at the end so that edges are smooth."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

SCALE = 2
Color = str | tuple[int, ...]
Point = tuple[float, float]

# Debian's fonts-noto-cjk; index 2 of each collection is the simplified Chinese cut.
_FONT_FILES = {
    "sans": "NotoSansCJK-Regular.ttc",
    "bold": "NotoSansCJK-Bold.ttc",
    "serif": "NotoSerifCJK-Regular.ttc",
    "serif-bold": "NotoSerifCJK-Bold.ttc",
}
_FONT_DIR = Path("/usr/share/fonts/opentype/noto")
_SIMPLIFIED_CHINESE = 2


@cache
def font(face: str, size_px: float) -> ImageFont.FreeTypeFont:
    path = _FONT_DIR / _FONT_FILES[face]
    if not path.is_file():
        raise SystemExit(f"{path} is missing: install the Debian package fonts-noto-cjk")
    return ImageFont.truetype(str(path), round(size_px * SCALE), index=_SIMPLIFIED_CHINESE)


class Canvas:
    """Coordinates are final pixels, origin top left."""

    def __init__(self, width: int, height: int, color: Color = "white") -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), color)
        self._draw = ImageDraw.Draw(self.image)

    def text(
        self, at: Point, text: str, size: float, color: Color = "#222", *, face: str = "sans", anchor: str = "ls"
    ) -> float:
        """Draws one line (anchor as in Pillow: "ls" is left, baseline) and returns its width."""
        self._draw.text(_up(at), text, fill=color, font=font(face, size), anchor=anchor)
        return self.text_width(text, size, face=face)

    def text_width(self, text: str, size: float, *, face: str = "sans") -> float:
        return font(face, size).getlength(text) / SCALE

    def line(self, points: list[Point], color: Color, width: float = 1) -> None:
        flat = [_up(p) for p in points]
        self._draw.line(flat, fill=color, width=max(1, round(width * SCALE)), joint="curve")

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Color | None = None, **kw: object) -> None:
        """A rectangle; `radius`, `outline` and `width` as one expects."""
        radius, outline = float(kw.get("radius", 0)), kw.get("outline")  # type: ignore[arg-type]
        width = round(float(kw.get("width", 1)) * SCALE)  # type: ignore[arg-type]
        self._draw.rounded_rectangle(
            [_up((x0, y0)), _up((x1, y1))], radius * SCALE, fill=fill, outline=outline, width=width if outline else 0
        )

    def polygon(self, points: list[Point], fill: Color) -> None:
        self._draw.polygon([_up(p) for p in points], fill=fill)

    def ellipse(self, x0: float, y0: float, x1: float, y1: float, fill: Color | None = None, **kw: object) -> None:
        outline, width = kw.get("outline"), round(float(kw.get("width", 1)) * SCALE)  # type: ignore[arg-type]
        self._draw.ellipse([_up((x0, y0)), _up((x1, y1))], fill=fill, outline=outline, width=width if outline else 0)

    def arc(self, x0: float, y0: float, x1: float, y1: float, start: float, end: float, color: Color, w: float) -> None:
        self._draw.arc([_up((x0, y0)), _up((x1, y1))], start, end, fill=color, width=round(w * SCALE))

    def gradient(
        self, x0: float, y0: float, x1: float, y1: float, top: Color, bottom: Color, radius: float = 0
    ) -> None:
        """A rectangle that goes from one colour above to another below."""
        size = round((x1 - x0) * SCALE), round((y1 - y0) * SCALE)
        ramp = Image.linear_gradient("L").resize(size)
        blend = Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle([0, 0, size[0] - 1, size[1] - 1], radius * SCALE, fill=255)
        self.image.paste(blend, tuple(round(v) for v in _up((x0, y0))), mask)  # type: ignore[arg-type]

    def shadow(self, x0: float, y0: float, x1: float, y1: float, *, blur: float, strength: int, radius: float) -> None:
        """Darkens softly around a rectangle that is to be drawn on top afterwards."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle([_up((x0, y0)), _up((x1, y1))], radius * SCALE, fill=strength)
        self.image.paste("black", mask=mask.filter(ImageFilter.GaussianBlur(blur * SCALE)))

    def watermark(self, at: Point, text: str, size: float, color: Color, *, opacity: float, angle: float) -> None:
        """Turned, see-through text, centred on a point."""
        face = font("bold", size)
        left, top, right, bottom = face.getbbox(text)
        mask = Image.new("L", (round(right - left) + 20, round(bottom - top) + 20), 0)
        ImageDraw.Draw(mask).text((10 - left, 10 - top), text, fill=round(255 * opacity), font=face)
        mask = mask.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        x, y = _up(at)
        corner = round(x - mask.width / 2), round(y - mask.height / 2)
        self.image.paste(Image.new("RGB", mask.size, color), corner, mask)

    def finished(self) -> Image.Image:
        return self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)


def _up(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE
