"""The front of an ID card: schematic, without emblem or security art, of a person who does not exist."""

from __future__ import annotations

import math

from PIL import Image

from sample_pictures.canvas import Canvas
from sample_pictures.numbers import id_number

# Sequence number 000 is never issued, so no real person can have this number.
NUMBER = id_number("11010119960520000")
_LABEL, _INK = "#3f6f9f", "#1d2329"


def draw() -> Image.Image:
    c = Canvas(1400, 920, "#d9d4cc")
    c.gradient(0, 0, 1400, 920, "#e5e0d8", "#c9c3b9")
    c.shadow(84, 78, 1324, 858, blur=22, strength=120, radius=44)
    c.gradient(76, 62, 1324, 850, "#eef5fa", "#dbe8f2", radius=42)
    for i in range(9):
        y = 200 + i * 76
        c.line([(120 + x, y + 9 * math.sin(x / 58 + i)) for x in range(0, 1161, 8)], "#d6e4ef", 1.5)
    _fields(c)
    _portrait(c)
    c.watermark((560, 470), "样例 仅供演示", 128, "#c2410c", opacity=0.16, angle=24)
    c.text((132, 822), "签发机关：样例市演示局（虚构，本证无效）", 24, "#7b8794")
    return c.finished()


def _fields(c: Canvas) -> None:
    rows = (("姓名", "林小满", 190), ("性别", "女", 276), ("出生", "", 362), ("住址", "", 448))
    for label, value, y in rows:
        c.text((132, y), label[0], 32, _LABEL)
        c.text((184, y), label[1], 32, _LABEL)
        c.text((252, y), value, 42 if label == "姓名" else 38, _INK, face="bold")
    c.text((400, 276), "民 族", 32, _LABEL)
    c.text((498, 276), "汉", 38, _INK, face="bold")
    x = 252.0
    for value, unit in (("1996", "年"), ("5", "月"), ("20", "日")):
        x += c.text((x, 362), value, 38, _INK, face="bold") + 14
        x += c.text((x, 362), unit, 32, _LABEL) + 22
    for i, line in enumerate(("北京市东城区样例路 8 号院", "3 号楼 502 室")):
        c.text((252, 448 + i * 58), line, 38, _INK, face="bold")
    c.text((132, 740), "公民身份号码", 32, _LABEL)
    x = 372.0
    for digit in NUMBER:
        c.text((x, 742), digit, 46, _INK, face="bold")
        x += 36


def _portrait(c: Canvas) -> None:
    c.gradient(936, 150, 1250, 560, "#cfdbe6", "#b9c9d8", radius=10)
    c.ellipse(1030, 208, 1156, 372, "#5b6b7c")
    c.polygon([(1058, 350), (1128, 350), (1136, 430), (1050, 430)], "#6e7f90")
    c.ellipse(1042, 232, 1144, 380, "#93a4b4")
    c.polygon([(962, 560), (988, 456), (1048, 414), (1138, 414), (1198, 456), (1224, 560)], "#4a5a6b")
    c.polygon([(1050, 414), (1136, 414), (1093, 486)], "#93a4b4")
    c.text((1093, 542), "示意头像", 24, "#e6edf4", anchor="ms")
