"""A grouped bar chart: a shop's takings by quarter, in the shop and online."""

from __future__ import annotations

from PIL import Image

from sample_pictures.canvas import Canvas

QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
SERIES = {"门店": (128, 146, 152, 171), "线上": (86, 118, 137, 205)}
_COLORS = {"门店": ("#5b8ff9", "#3f6fd8"), "线上": ("#f6903d", "#d97420")}
_LEFT, _RIGHT, _TOP, _BOTTOM = 150, 1330, 210, 760
_TOP_VALUE, _STEP = 240, 40


def draw() -> Image.Image:
    c = Canvas(1400, 900, "#ffffff")
    c.text((700, 84), "2024 年各季度销售额", 46, "#1f2937", face="bold", anchor="ms")
    c.text((700, 132), "样例数据 · 小满文具店", 26, "#6b7280", anchor="ms")
    _axes(c)
    _bars(c)
    _legend(c)
    return c.finished()


def _y(value: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value / _TOP_VALUE


def _axes(c: Canvas) -> None:
    for value in range(0, _TOP_VALUE + 1, _STEP):
        c.line([(_LEFT, _y(value)), (_RIGHT, _y(value))], "#e5e7eb" if value else "#6b7280", 1 if value else 2)
        c.text((_LEFT - 18, _y(value) + 9), str(value), 26, "#4b5563", anchor="rs")
    c.text((_LEFT - 60, _TOP - 44), "销售额（万元）", 26, "#4b5563")
    c.text(((_LEFT + _RIGHT) / 2, 858), "季度", 28, "#4b5563", anchor="ms")


def _bars(c: Canvas) -> None:
    slot, width = (_RIGHT - _LEFT) / len(QUARTERS), 92
    for i, quarter in enumerate(QUARTERS):
        middle = _LEFT + slot * (i + 0.5)
        c.text((middle, _BOTTOM + 42), quarter, 28, "#374151", anchor="ms")
        for j, (name, values) in enumerate(SERIES.items()):
            x, top = middle + (j - 1) * (width + 8) + 4, _y(values[i])
            c.gradient(x, top, x + width, _BOTTOM - 1, *_COLORS[name])
            c.text((x + width / 2, top - 12), str(values[i]), 28, "#1f2937", face="bold", anchor="ms")


def _legend(c: Canvas) -> None:
    x = 1070.0
    for name, (color, _) in _COLORS.items():
        c.box(x, 148, x + 34, 172, color, radius=4)
        x += 46 + c.text((x + 46, 170), name, 28, "#374151") + 30
