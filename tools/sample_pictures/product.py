"""A phone screen with an invented shop's product page."""

from __future__ import annotations

import math

from PIL import Image

from sample_pictures.canvas import Canvas

_INK, _GREY, _RED, _LINE = "#1f2328", "#8a9099", "#e4393c", "#eceef1"
_SPECS = (
    ("品牌", "云雀（样例）"),
    ("型号", "YQ-H20"),
    ("连接方式", "蓝牙 5.3"),
    ("续航", "38 小时（关闭降噪）"),
    ("重量", "248 克"),
)


def draw() -> Image.Image:
    c = Canvas(1080, 1720, "#f4f5f7")
    _status_bar(c)
    _picture(c)
    _price(c)
    _choices(c)
    _specs(c)
    _buttons(c)
    return c.finished()


def _status_bar(c: Canvas) -> None:
    c.box(0, 0, 1080, 130, "white")
    c.text((48, 44), "10:26", 28, _INK, face="bold")
    c.box(966, 22, 1022, 46, outline=_INK, width=2, radius=6)
    c.box(971, 27, 1009, 41, _INK, radius=3)
    c.box(1024, 30, 1029, 38, _INK)
    for i in range(4):
        c.box(902 + i * 13, 42 - i * 7, 910 + i * 13, 46, _INK, radius=2)
    c.line([(62, 78), (44, 96), (62, 114)], _INK, 4)
    c.text((540, 108), "商品详情", 36, _INK, face="bold", anchor="ms")
    for i in range(3):
        c.ellipse(1000 + i * 16, 92, 1008 + i * 16, 100, _INK)


def _picture(c: Canvas) -> None:
    """A pair of headphones on a soft ground."""
    c.gradient(0, 130, 1080, 760, "#e8eef7", "#cfdaea")
    c.ellipse(330, 672, 750, 722, "#b6c3d6")
    c.arc(344, 212, 736, 640, 176, 364, "#27303d", 40)
    c.arc(360, 228, 720, 640, 180, 360, "#4a5768", 10)
    for x, inner in ((314, 386), (666, 738)):
        c.box(x, 428, x + 100, 640, "#27303d", radius=46)
        c.gradient(x + 12, 446, x + 88, 622, "#52627a", "#2f3a49", radius=36)
        c.box(
            inner - (34 if inner < 500 else 106), 452, inner + (34 if inner < 500 else -38), 616, "#8493a8", radius=30
        )
    c.box(928, 694, 1040, 738, "#5b6675", radius=22)
    c.text((984, 725), "1 / 5", 26, "white", anchor="ms")
    c.text((48, 190), "样例商品", 28, "#7688a2")


def _price(c: Canvas) -> None:
    c.box(0, 760, 1080, 1052, "white")
    x = 48 + c.text((48, 846), "¥", 40, _RED, face="bold") + 4
    x += c.text((x, 848), "699", 72, _RED, face="bold")
    x += c.text((x, 848), ".00", 40, _RED, face="bold") + 24
    width = c.text((x, 846), "¥899.00", 32, _GREY)
    c.line([(x, 835), (x + width, 835)], _GREY, 2)
    x += width + 24
    c.box(x, 812, x + 142, 856, "#fdecec", radius=8)
    c.text((x + 71, 844), "限时 7.8 折", 25, _RED, anchor="ms")
    c.text((1032, 846), "已售 1.2 万件", 28, _GREY, anchor="rs")
    c.text((48, 920), "云雀 YQ-H20 头戴式主动降噪蓝牙耳机", 40, _INK, face="bold")
    c.text((48, 972), "38 小时续航 · 可折叠 · 一年换新", 30, _GREY)
    c.text((48, 1026), "7 天无理由退货　·　满 99 元包邮　·　48 小时内发货", 27, "#4f7a5b")


def _choices(c: Canvas) -> None:
    c.box(0, 1070, 1080, 1210, "white")
    c.text((48, 1152), "颜色", 30, _GREY)
    x = 148.0
    for name, chosen in (("夜空黑", True), ("雾霾蓝", False), ("米白", False)):
        width = c.text_width(name, 29) + 52
        c.box(x, 1112, x + width, 1172, "#fdecec" if chosen else "#f3f4f6", radius=30,
              outline=_RED if chosen else "#f3f4f6", width=2)  # fmt: skip
        c.text((x + width / 2, 1152), name, 29, _RED if chosen else _INK, anchor="ms")
        x += width + 22
    c.text((1032, 1152), "库存 26 件", 30, _INK, anchor="rs")


def _specs(c: Canvas) -> None:
    c.box(0, 1228, 1080, 1596, "white")
    c.text((48, 1288), "规格参数", 34, _INK, face="bold")
    for i, (label, value) in enumerate(_SPECS):
        y = 1348 + i * 54
        c.text((48, y), label, 29, _GREY)
        c.text((256, y), value, 29, _INK)
        if i < len(_SPECS) - 1:
            c.line([(48, y + 18), (1032, y + 18)], _LINE, 1.5)


def _buttons(c: Canvas) -> None:
    c.box(0, 1604, 1080, 1720, "white")
    c.box(66, 1622, 102, 1650, outline=_INK, width=3, radius=9)
    c.line([(76, 1650), (76, 1660), (88, 1650)], _INK, 3)
    star = [(196 + r * math.sin(i * math.pi / 5), 1641 - r * math.cos(i * math.pi / 5))
            for i, r in enumerate((20, 8) * 5)]  # fmt: skip
    c.line([*star, star[0]], _INK, 3)
    for x, label in ((84, "客服"), (196, "收藏")):
        c.text((x, 1696), label, 25, _INK, anchor="ms")
    c.gradient(276, 1620, 650, 1704, "#ffb340", "#ff9a1f", radius=42)
    c.gradient(666, 1620, 1040, 1704, "#f2545b", "#e4393c", radius=42)
    c.text((463, 1674), "加入购物车", 34, "white", face="bold", anchor="ms")
    c.text((853, 1674), "立即购买", 34, "white", face="bold", anchor="ms")
