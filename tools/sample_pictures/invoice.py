"""An ordinary VAT invoice of two invented firms whose lines, taxes and totals add up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from PIL import Image

from sample_pictures.canvas import Canvas
from sample_pictures.numbers import capitals, uscc

# Region 990000 exists nowhere, so no real firm can have these codes.
BUYER_ID = uscc("91990000", "MA0WT001")
SELLER_ID = uscc("91990000", "MA0WT002")
_RULE, _FORM, _INK = "#a8622f", "#8a4b22", "#20262e"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    spec: str
    unit: str
    quantity: int
    price: Decimal
    rate: int

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price

    @property
    def tax(self) -> Decimal:
        return (self.amount * self.rate / 100).quantize(_CENT, ROUND_HALF_UP)


ITEMS = (
    Item("*电子计算机*笔记本电脑", "NB-14", "台", 2, Decimal("4500.00"), 13),
    Item("*纸制品*复印纸", "A4 70g", "箱", 10, Decimal("125.00"), 13),
    Item("*信息技术服务*软件维护", "一年", "项", 1, Decimal("1200.00"), 6),
)
AMOUNT = sum((item.amount for item in ITEMS), Decimal(0))
TAX = sum((item.tax for item in ITEMS), Decimal(0))
TOTAL = AMOUNT + TAX
_LEFT, _RIGHT = 60, 1540


def draw() -> Image.Image:
    c = Canvas(1600, 1030, "#fdfbf4")
    _head(c)
    _frame(c)
    _parties(c)
    _items(c)
    _totals(c)
    _stamp(c)
    c.watermark((800, 560), "样例 无效发票", 150, "#64748b", opacity=0.10, angle=20)
    return c.finished()


def _head(c: Canvas) -> None:
    c.text((800, 84), "示例省增值税普通发票", 50, _FORM, face="serif-bold", anchor="ms")
    c.line([(520, 104), (1080, 104)], _RULE, 2)
    c.line([(520, 111), (1080, 111)], _RULE, 2)
    c.text((800, 146), "发 票 联", 26, _FORM, face="serif", anchor="ms")
    for i, (label, value) in enumerate(
        (("发票代码：", "099002500111"), ("发票号码：", "00260318"), ("开票日期：", "2025年03月18日"))
    ):
        c.text((1180, 62 + i * 40), label, 25, _FORM)
        c.text((1310, 62 + i * 40), value, 27, _INK)
    c.text((60, 76), "机器编号：", 23, _FORM)
    c.text((176, 76), "990000000001", 24, _INK)
    c.text((60, 142), "校 验 码：", 23, _FORM)
    c.text((176, 142), "00000 26031 80000 12854", 24, _INK)


def _frame(c: Canvas) -> None:
    c.box(_LEFT, 176, _RIGHT, 930, outline=_RULE, width=2.5)
    for y in (330, 666, 722, 780):
        c.line([(_LEFT, y), (_RIGHT, y)], _RULE, 2)
    for x, top, bottom in ((112, 176, 330), (960, 176, 330), (1012, 176, 330), (112, 780, 930)):
        c.line([(x, top), (x, bottom)], _RULE, 2)
    for x in (960, 1012):
        c.line([(x, 780), (x, 930)], _RULE, 2)
    c.line([(400, 722), (400, 780)], _RULE, 2)
    for text, x, y, step in (
        ("购买方", 86, 228, 40),
        ("密码区", 986, 228, 40),
        ("销售方", 86, 828, 40),
        ("备注", 986, 840, 44),
    ):
        for i, char in enumerate(text):
            c.text((x, y + i * step), char, 25, _FORM, anchor="ms")


def _parties(c: Canvas) -> None:
    buyer = ("样例科技有限公司", BUYER_ID, "示例省样例市演示路 1 号 000-00000001", "样例银行演示支行 0000000000000001")
    seller = (
        "问图办公用品商店",
        SELLER_ID,
        "示例省样例市虚构街 9 号 000-00000002",
        "样例银行虚构支行 0000000000000002",
    )
    labels = ("名　　　　称：", "纳税人识别号：", "地 址、 电 话：", "开户行及账号：")
    for values, top in ((buyer, 210), (seller, 810)):
        for i, (label, value) in enumerate(zip(labels, values, strict=True)):
            c.text((126, top + i * 35), label, 22, _FORM)
            c.text((296, top + i * 35), value, 24 if i else 25, _INK, face="bold" if i == 0 else "sans")
    cipher = random.Random(7)
    for i in range(4):
        code = "".join(cipher.choice("0123456789<>*/+-") for _ in range(27))
        c.text((1034, 212 + i * 35), code, 25, "#475569")
    c.text((1034, 826), "样例：内容全部虚构，不能报销。", 24, _INK)


def _items(c: Canvas) -> None:
    columns = (
        ("货物或应税劳务、服务名称", 230, "ms"), ("规格型号", 478, "ms"), ("单位", 592, "ms"), ("数量", 700, "rs"),
        ("单价", 870, "rs"), ("金额", 1110, "rs"), ("税率", 1250, "rs"), ("税额", 1500, "rs"),
    )  # fmt: skip
    for x in (400, 556, 628, 736, 900, 1150, 1280):
        c.line([(x, 330), (x, 722)], _RULE, 1.5)
    for title, x, anchor in columns:
        c.text((x, 364), title, 23, _FORM, anchor=anchor)
    for i, item in enumerate(ITEMS):
        y = 414 + i * 46
        c.text((72, y), item.name, 24, _INK)
        c.text((478, y), item.spec, 24, _INK, anchor="ms")
        c.text((592, y), item.unit, 24, _INK, anchor="ms")
        for x, value in (
            (720, str(item.quantity)), (884, f"{item.price:.2f}"), (1134, f"{item.amount:.2f}"),
            (1264, f"{item.rate}%"), (1524, f"{item.tax:.2f}"),
        ):  # fmt: skip
            c.text((x, y), value, 25, _INK, anchor="rs")


def _totals(c: Canvas) -> None:
    c.text((230, 703), "合　　　　计", 24, _FORM, anchor="ms")
    c.text((1134, 703), f"¥{AMOUNT:.2f}", 27, _INK, anchor="rs")
    c.text((1524, 703), f"¥{TAX:.2f}", 27, _INK, anchor="rs")
    c.text((230, 760), "价税合计（大写）", 24, _FORM, anchor="ms")
    c.ellipse(424, 738, 450, 764, outline=_INK, width=2)
    c.line([(429, 743), (445, 759)], _INK, 2)
    c.line([(445, 743), (429, 759)], _INK, 2)
    c.text((468, 761), capitals(TOTAL), 29, _INK, face="bold")
    c.text((1110, 760), "（小写）", 24, _FORM)
    c.text((1214, 761), f"¥{TOTAL:.2f}", 30, _INK, face="bold")
    for label, value, x in (("收款人：", "张样例", 90), ("复核：", "李样例", 470), ("开票人：", "王样例", 840)):
        c.text((x, 976), label, 24, _FORM)
        c.text((x + c.text_width(label, 24), 976), value, 25, _INK)
    c.text((1070, 976), "销售方：（章）", 24, _FORM)


def _stamp(c: Canvas) -> None:
    red = "#c62828"
    c.ellipse(1262, 846, 1512, 1006, outline=red, width=5)
    c.text((1387, 904), "问图样例", 34, red, face="bold", anchor="ms")
    c.text((1387, 942), "演示专用章", 27, red, face="bold", anchor="ms")
    c.text((1387, 976), "无 效", 25, red, face="bold", anchor="ms")
