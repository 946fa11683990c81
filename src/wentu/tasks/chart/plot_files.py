"""A drawn chart as a file: SVG text, or PNG bytes painted with Pillow. Both say that AI made it (GB 45438-2025)."""

from __future__ import annotations

import hashlib
import io
import itertools
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from wentu.core.ai_label import AI_MARK, AIGC, implicit_text
from wentu.core.results import Chart
from wentu.tasks.chart.plot import HEIGHT, WIDTH, Shape, shapes_of, visible

# Fonts with Chinese letters where systems keep them; the last resort is Pillow's own, which has Latin ones only.
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
_SCALE = 2


def as_svg(chart: Chart) -> str:
    """The chart as an SVG document."""
    body = "\n".join(_svg(shape) for shape in (*visible(shapes_of(chart)), _mark(AI_MARK)))
    note = f"<metadata>{escape(AIGC + ': ' + implicit_text(_content(chart)), quote=False)}</metadata>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif">\n{note}\n<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def as_png(chart: Chart) -> bytes:
    """The chart as a PNG file of twice the SVG's size."""
    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), "#ffffff")
    painter = ImageDraw.Draw(image, "RGBA")
    mark = AI_MARK if _font_file() else AI_MARK.rpartition(" ")[2]  # the last resort has no Chinese letters
    for shape in (*visible(shapes_of(chart)), _mark(mark)):
        _paint(painter, shape)
    out = io.BytesIO()
    note = PngInfo()
    note.add_itxt(AIGC, implicit_text(_content(chart)))
    image.save(out, "PNG", pnginfo=note)
    return out.getvalue()


def _mark(text: str) -> Shape:
    """What a reader sees of the label: small, in the corner below."""
    return Shape(((WIDTH - 8.0, HEIGHT - 6.0),), text=text, fill="#6b7280", size=11, anchor="end")


def _content(chart: Chart) -> str:
    """A number for what is drawn: the same chart has the same one."""
    return hashlib.sha256(repr(chart).encode("utf-8", "replace")).hexdigest()[:32]


def _svg(shape: Shape) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    if shape.text:
        x, y = shape.points[0]
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{shape.fill}" font-size="{shape.size}" '
            f'text-anchor="{shape.anchor}">{escape(shape.text)}</text>'
        )
    if shape.fill:
        edge = f' stroke="{shape.stroke}"' if shape.stroke else ""
        return f'<polygon points="{points}" fill="{shape.fill}" fill-opacity="{shape.opacity}"{edge}/>'
    dash = ' stroke-dasharray="6 4"' if shape.dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{shape.stroke}" stroke-width="2"{dash}/>'


def _paint(painter: ImageDraw.ImageDraw, shape: Shape) -> None:
    points = [(x * _SCALE, y * _SCALE) for x, y in shape.points]
    if shape.text:
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
        painter.text(points[0], shape.text, fill=shape.fill, font=_font(shape.size * _SCALE), anchor=anchor)
    elif shape.fill:
        painter.polygon(points, fill=shape.fill + f"{round(255 * shape.opacity):02x}", outline=shape.stroke or None)
    elif shape.dashed:
        for start, end in itertools.pairwise(points):
            _dashes(painter, start, end, shape.stroke)
    else:
        painter.line(points, fill=shape.stroke, width=2 * _SCALE, joint="curve")


def _dashes(painter: ImageDraw.ImageDraw, a: tuple[float, float], b: tuple[float, float], colour: str) -> None:
    length = max(1.0, ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5)
    for start in range(0, int(length), 20):
        s, e = start / length, min(1.0, (start + 12) / length)
        ends = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in (s, e)]
        painter.line(ends, fill=colour, width=2 * _SCALE)


def _font_file() -> str | None:
    return next((path for path in _FONTS if Path(path).is_file()), None)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = _font_file()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
