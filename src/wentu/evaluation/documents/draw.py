"""Documents of every type in several layouts, with the truth about their fields."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

import numpy as np
from numpy.typing import NDArray

from wentu.core.results import Value
from wentu.core.types import Box
from wentu.evaluation.documents import people
from wentu.evaluation.documents.canvas import Canvas
from wentu.evaluation.documents.people import capitals, money


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn document. `truth` are its fields by dotted id, `boxes` where they were written (picture pixels)."""

    type: str
    layout: str
    pixels: NDArray[np.uint8]
    truth: Mapping[str, Value]
    boxes: Mapping[str, Box]


def _sample(kind: str, layout: str, canvas: Canvas, truth: Mapping[str, Value]) -> Sample:
    canvas.sample_mark()
    return Sample(kind, layout, np.asarray(canvas.image), dict(truth), dict(canvas.boxes))


def _pairs(
    canvas: Canvas, rows: Sequence[tuple[str, str, str]], layout: str, x: int, y: int, width: int, size: int
) -> float:
    """(field, label, value) rows in one of four layouts: colon, gap, cells, stacked; gives the y under them."""
    reach = max(canvas.width_of(label, size, label=True) for _, label, _ in rows) + size
    for key, label, value in rows:
        if layout == "stacked":
            canvas.text(x, y, label, size, label=True)
            y = int(canvas.block(x, y + size * 1.4, value, size, width, key=key) + size * 0.7)
            continue
        left = x + (
            canvas.width_of(label + "：", size, label=True)
            if layout == "colon"
            else reach + (size if layout == "cells" else 0)
        )
        end = canvas.block(left, y, value, size, width - (left - x), key=key)
        middle = (y + end - size * 1.35) / 2 if layout == "cells" else y
        canvas.text(x, middle, label + ("：" if layout == "colon" else ""), size, label=True)
        if layout == "cells":
            canvas.frame((x - size * 0.5, y - size * 0.4, x + width, end))
            canvas.line((x + reach, y - size * 0.4, x + reach, end))
        y = int(end + size * (0.4 if layout == "cells" else 0.55))
    return y


def id_card_front(rng: Random) -> Sample:
    layout = rng.choice(("card", "card", "colon", "gap"))
    canvas = Canvas(rng, 1010, 640, paper=rng.choice(((240, 246, 250), (250, 250, 245), (235, 240, 248))))
    male = rng.random() < 0.5
    born = people.day(rng, 1960, 2006)
    code, place = people.region(rng)
    truth = {
        "name": people.person(rng),
        "sex": "男" if male else "女",
        "ethnicity": rng.choice(("汉", "汉", "回", "满", "壮", "土家", "蒙古")),
        "birth_date": born.isoformat(),
        "address": place + people.street(rng),
        "id_number": people.id_number(rng, code, born, male=male),
    }
    said = f"{born.year}年{born.month}月{born.day}日"
    if layout == "card":
        x, y, size = 70, rng.randint(60, 90), rng.randint(28, 34)
        for key, label in (("name", "姓名"),):
            canvas.text(x, y, label, size, label=True)
            canvas.text(x + 3.2 * size, y, truth[key], size + 2, key=key)
        y += 2 * size
        canvas.text(x, y, "性别", size, label=True)
        canvas.text(x + 3.2 * size, y, truth["sex"], size, key="sex")
        canvas.text(x + 6 * size, y, "民族", size, label=True)
        canvas.text(x + 8.6 * size, y, truth["ethnicity"], size, key="ethnicity")
        y += 2 * size
        canvas.text(x, y, "出生", size, label=True)
        canvas.text(x + 3.2 * size, y, f"{born.year} 年 {born.month} 月 {born.day} 日", size, key="birth_date")
        y += 2 * size
        canvas.text(x, y, "住址", size, label=True)
        canvas.block(x + 3.2 * size, y, truth["address"], size, 11 * size, key="address")
        canvas.text(x, 640 - 3 * size, "公民身份号码", size, label=True)
        canvas.text(x + 8 * size, 640 - 3 * size, truth["id_number"], size + 4, key="id_number")
        canvas.draw.ellipse((760, 130, 900, 290), fill=(190, 190, 200))
        canvas.draw.rectangle((720, 290, 940, 420), fill=(190, 190, 200))
    else:
        labels = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
        values = [truth["name"], truth["sex"], truth["ethnicity"], said, truth["address"], truth["id_number"]]
        _pairs(canvas, list(zip(truth, labels, values, strict=True)), layout, 60, 60, 760, rng.randint(28, 34))
    return _sample("id-card-front", layout, canvas, truth)


def id_card_back(rng: Random) -> Sample:
    layout = rng.choice(("card", "colon", "gap"))
    canvas = Canvas(rng, 1010, 640, paper=(244, 246, 246))
    start = people.day(rng, 2008, 2024)
    start = start.replace(day=min(start.day, 28))
    years = rng.choice((5, 10, 20, 0))
    end = start.replace(year=start.year + years) if years else None
    truth = {
        "authority": rng.choice(("样例市公安局", "虚构县公安局", "示例市公安局城东分局")),
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat() if end else "长期",
    }
    canvas.text(330, 90, "中华人民共和国", 44, label=True)
    canvas.text(330, 170, "居民身份证", 60, label=True)
    period = f"{start:%Y.%m.%d}-{f'{end:%Y.%m.%d}' if end else '长期'}"
    size = rng.randint(30, 36)
    x, gap = 230, 5.5 * size
    for y, label, key, value in ((430, "签发机关", "authority", truth["authority"]), (520, "有效期限", "", period)):
        text = label + ("：" if layout == "colon" else "")
        canvas.text(x, y, text, size, label=True)
        canvas.text(
            x + (gap if layout != "colon" else canvas.width_of(text, size, label=True)), y, value, size, key=key
        )
    return _sample("id-card-back", layout, canvas, truth)


def business_licence(rng: Random) -> Sample:
    layout = rng.choice(("gap", "colon", "cells"))
    canvas = Canvas(rng, 1240, 1600, paper=(252, 250, 240))
    born = people.day(rng, 2001, 2022)
    born = born.replace(day=min(born.day, 28))
    issued = born + datetime.timedelta(days=rng.randint(0, 700))
    scope = (
        "；".join(
            rng.sample(
                (
                    "软件开发",
                    "信息技术咨询服务",
                    "日用百货销售",
                    "货物进出口",
                    "餐饮服务",
                    "建筑材料销售",
                    "会议及展览服务",
                    "机械设备租赁",
                    "国内货物运输代理",
                ),
                6,
            )
        )
        + "（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    )
    copy = rng.random() < 0.6
    truth: dict[str, Value] = {
        "uscc": people.credit_code(rng),
        "name": people.firm(rng),
        "type": rng.choice(("有限责任公司(自然人独资)", "有限责任公司", "股份有限公司(非上市)")),
        "legal_person": people.person(rng),
        "capital": rng.choice(("壹佰万元整", "伍佰万圆整", "人民币贰仟万元整", "300万元")),
        "address": people.region(rng)[1] + people.street(rng),
        "scope": scope,
        "established": born.isoformat(),
        "period": rng.choice(
            (
                "长期",
                f"{born:%Y年%m月%d日}至{born.replace(year=born.year + 20):%Y年%m月%d日}",
            )
        ),
        "registered_on": issued.isoformat(),
        "authority": rng.choice(("样例市市场监督管理局", "虚构区行政审批局")),
        "is_duplicate": copy,
    }
    canvas.text(440, 120, "营业执照", 84, label=True)
    if copy:
        canvas.text(530, 230, "（副本）", 36, label=True)
    canvas.text(90, 310, "统一社会信用代码", 28, label=True)
    canvas.text(90, 350, str(truth["uscc"]), 32, key="uscc")
    shown = f"{born.year}年{born.month:02d}月{born.day:02d}日"
    labels = {
        "name": rng.choice(("名称", "名 称", "名    称")),
        "type": "类型",
        "legal_person": "法定代表人",
        "capital": "注册资本",
        "established": "成立日期",
        "period": "营业期限",
        "address": rng.choice(("住所", "住    所")),
        "scope": "经营范围",
    }
    rows = [(key, label, shown if key == "established" else str(truth[key])) for key, label in labels.items()]
    y = _pairs(canvas, rows, layout, 90, 460, 1060, rng.randint(28, 34))
    canvas.text(640, y + 80, "登记机关", 32, label=True)
    canvas.text(640 + 170, y + 80, str(truth["authority"]), 32, key="authority")
    canvas.text(760, y + 180, f"{issued.year}年{issued.month}月{issued.day}日", 32, key="registered_on")
    return _sample("business-licence", layout, canvas, truth)


def bank_card(rng: Random) -> Sample:
    canvas = Canvas(rng, 1010, 640, paper=rng.choice(((30, 70, 140), (180, 40, 50), (225, 225, 230), (40, 110, 90))))
    dark = canvas.image.getpixel((1, 1))[0] < 200  # type: ignore[index]
    canvas.value_ink = canvas.label_ink = (245, 245, 245) if dark else (20, 20, 20)
    number = people.card_number(rng)
    cut = [number[i : i + 4] for i in range(0, len(number), 4)]
    layout = rng.choice(("grouped", "plain"))
    truth = {"number": number, "bank": people.bank(rng), "card_type": rng.choice(("借记卡", "信用卡", "储蓄卡"))}
    canvas.text(60, 50, truth["bank"], 46, key="bank")
    canvas.text(760, 60, truth["card_type"], 34, key="card_type")
    canvas.text(80, 320, "  ".join(cut) if layout == "grouped" else number, 52, key="number")
    if rng.random() < 0.7:
        truth["valid_thru"] = f"{rng.randint(1, 12):02d}/{rng.randint(26, 35)}"
        canvas.text(330, 430, rng.choice(("VALID THRU", "MONTH/YEAR", "有效期至")), 24, label=True)
        canvas.text(560, 424, truth["valid_thru"], 36, key="valid_thru")
    return _sample("bank-card", layout, canvas, truth)


@dataclass(frozen=True, slots=True)
class Goods:
    cells: tuple[dict[str, Value], ...]
    printed: tuple[dict[str, str], ...]
    net: Decimal
    tax: Decimal


def _goods(rng: Random, n: int) -> Goods:
    cells, printed = [], []
    net = tax = Decimal(0)
    for name, spec, unit in rng.sample(people.GOODS, n):
        quantity, price = rng.randint(1, 40), money(Decimal(rng.randint(300, 90000)) / 100)
        rate = rng.choice((13, 9, 6, 3, 1))
        amount = money(quantity * price)
        levied = money(amount * rate / 100)
        net, tax = net + amount, tax + levied
        shown = {
            "name": name,
            "spec": spec,
            "unit": unit,
            "quantity": str(quantity),
            "price": f"{price}",
            "amount": f"{amount}",
            "rate": f"{rate}%",
            "tax": f"{levied}",
        }
        printed.append(shown)
        numbers: dict[str, Value] = {
            "quantity": quantity,
            "price": float(price),
            "amount": float(amount),
            "tax": float(levied),
        }
        cells.append({key: value for key, value in (shown | numbers).items() if value != ""})
    return Goods(tuple(cells), tuple(printed), net, tax)


def _item_table(
    canvas: Canvas, goods: Goods, headings: Mapping[str, str], x: int, y: int, width: int, size: int
) -> int:
    """Heading, rows and the row 合计; gives the y under it."""
    shares = {
        "name": 0.27,
        "spec": 0.12,
        "unit": 0.06,
        "quantity": 0.09,
        "price": 0.12,
        "amount": 0.13,
        "rate": 0.09,
        "tax": 0.12,
    }
    edges, at = {}, float(x)
    for key, share in shares.items():
        edges[key] = (at, at + share * width)
        at += share * width
    for key, (left, right) in edges.items():
        canvas.text(
            (left + right - canvas.width_of(headings[key], size, label=True)) / 2, y, headings[key], size, label=True
        )
    y += int(1.8 * size)
    for n, row in enumerate(goods.printed):
        end = float(y)
        for key, (left, right) in edges.items():
            cell_id = f"items.{n}.{key}"
            if key in ("quantity", "price", "amount", "tax"):
                canvas.right(right - 8, y, row[key], size, key=cell_id)
            else:
                end = max(
                    end, canvas.block(left + 6, y, row[key], size, right - left - 12, key=cell_id) if row[key] else end
                )
        y = int(end + 0.3 * size)
    y += size
    canvas.text(edges["name"][0] + 40, y, "合    计", size, label=True)
    canvas.right(edges["amount"][1] - 8, y, f"¥{goods.net}", size)
    canvas.right(edges["tax"][1] - 8, y, f"¥{goods.tax}", size)
    return int(y + 1.8 * size)


def _totals(canvas: Canvas, goods: Goods, x: int, y: int, size: int) -> int:
    total = goods.net + goods.tax
    end = canvas.text(x, y, "价税合计（大写）", size, label=True)
    end = canvas.text(end + size, y, capitals(total), size, key="total_cn")
    end = canvas.text(max(end + 3 * size, x + 28 * size), y, "（小写）", size, label=True)
    canvas.text(end, y, f"¥{total}", size, key="total")
    return y + 2 * size


def _cells(goods: Goods) -> dict[str, Value]:
    return {f"items.{n}.{key}": value for n, row in enumerate(goods.cells) for key, value in row.items()}


def vat_invoice(rng: Random) -> Sample:
    layout = rng.choice(("form", "form", "loose"))
    canvas = Canvas(rng, 1760, 1180, paper=(255, 254, 248))
    goods = _goods(rng, rng.randint(1, 4))
    when = people.day(rng, 2016, 2024)
    place = rng.choice(("北京", "上海", "深圳", "浙江", "四川"))
    kind = rng.choice(("增值税专用发票", "增值税普通发票", "增值税电子普通发票"))
    truth: dict[str, Value] = {
        "title": place + kind,
        "type": kind,
        "code": people.digits(rng, rng.choice((10, 12))),
        "number": people.digits(rng, 8),
        "date": when.isoformat(),
        "check_code": people.digits(rng, 20),
        "machine_no": people.digits(rng, 12),
        "amount_ex_tax": float(goods.net),
        "tax": float(goods.tax),
        "total": float(goods.net + goods.tax),
        "total_cn": capitals(goods.net + goods.tax),
        "payee": people.person(rng),
        "reviewer": people.person(rng),
        "issuer": people.person(rng),
        "remark": rng.choice(("合同编号 HT-2021-008", "订单号 88231", "第三季度")),
        "red_letter": False,
        **_cells(goods),
    }
    size = rng.randint(21, 25)
    title = str(truth["title"])
    canvas.text((1760 - canvas.width_of(title, 46, label=True)) / 2, 40, title, 46, label=True, key="title")
    for y, key, label in (
        (110, "code", "发票代码："),
        (150, "number", "发票号码："),
        (190, "date", "开票日期："),
        (230, "check_code", "校 验 码："),
    ):
        shown = f"{when.year}年{when.month:02d}月{when.day:02d}日" if key == "date" else str(truth[key])
        if key == "check_code":
            shown = " ".join(shown[i : i + 5] for i in range(0, 20, 5))
        canvas.text(canvas.text(1180, y, label, size, label=True), y, shown, size, key=key)
    canvas.text(
        canvas.text(90, 190, "机器编号：", size, label=True), 190, str(truth["machine_no"]), size, key="machine_no"
    )
    y = _party(canvas, rng, "buyer", "购买方", truth, 90, 280, size, full=True)
    headings = {
        "name": rng.choice(("货物或应税劳务、服务名称", "项目名称")),
        "spec": "规格型号",
        "unit": "单位",
        "quantity": "数量",
        "price": "单价",
        "amount": "金额",
        "rate": "税率",
        "tax": "税额",
    }
    top = y + 20
    y = _item_table(canvas, goods, headings, 90, top + 10, 1580, size)
    bottom = y
    y = _totals(canvas, goods, 110, y + 10, size)
    y = _party(canvas, rng, "seller", "销售方", truth, 90, y + 10, size, full=True)
    canvas.text(
        canvas.text(1100, y - 4 * size, "备注：" if layout == "loose" else "备注  ", size, label=True),
        y - 4 * size,
        str(truth["remark"]),
        size,
        key="remark",
    )
    for x, key, label in ((110, "payee", "收款人："), (520, "reviewer", "复核："), (900, "issuer", "开票人：")):
        canvas.text(canvas.text(x, y + 30, label, size, label=True), y + 30, str(truth[key]), size, key=key)
    if layout == "form":
        canvas.frame((80, 270, 1690, y + 15))
        for level in (top, bottom):
            canvas.line((80, level, 1690, level))
    return _sample("vat-invoice", layout, canvas, truth)


def _party(
    canvas: Canvas,
    rng: Random,
    section: str,
    word: str,
    truth: dict[str, Value],
    x: int,
    y: int,
    size: int,
    *,
    full: bool,
) -> int:
    values = {
        "name": ("名    称", people.firm(rng)),
        "tax_id": ("纳税人识别号" if full else "统一社会信用代码/纳税人识别号", people.credit_code(rng)),
    }
    if full:
        values["address_phone"] = ("地 址、电 话", people.region(rng)[1] + people.street(rng) + people.phone(rng))
        values["bank_account"] = ("开户行及账号", f"{people.bank(rng)}城东支行 {people.digits(rng, 16)}")
    for n, character in enumerate(word):
        canvas.text(x, y + n * size * 1.5, character, size, label=True)
    for key, (label, value) in values.items():
        truth[f"{section}.{key}"] = value
        canvas.text(
            canvas.text(x + 2 * size, y, label + "：", size, label=True), y, value, size, key=f"{section}.{key}"
        )
        y += int(1.6 * size)
    return y


def digital_invoice(rng: Random) -> Sample:
    layout = rng.choice(("sides", "sides", "stacked"))
    canvas = Canvas(rng, 1760, 1180)
    goods = _goods(rng, rng.randint(1, 4))
    when = people.day(rng, 2023, 2025)
    kind = rng.choice(("电子发票（增值税专用发票）", "电子发票（普通发票）"))
    truth: dict[str, Value] = {
        "title": kind,
        "number": f"{when:%y}{rng.choice(('11', '31', '44', '33', '51'))}{people.digits(rng, 16)}",
        "date": when.isoformat(),
        "pretax": float(goods.net),
        "tax": float(goods.tax),
        "total": float(goods.net + goods.tax),
        "total_cn": capitals(goods.net + goods.tax),
        "issuer": people.person(rng),
        "remark": rng.choice(("购方开户银行：样例银行", "项目编号 2024-17", "订单 A20391")),
        "red_letter": False,
        **_cells(goods),
    }
    size = rng.randint(21, 25)
    canvas.text((1760 - canvas.width_of(kind, 44, label=True)) / 2, 40, kind, 44, label=True, key="title")
    for y, key, label, shown in (
        (70, "number", "发票号码：", str(truth["number"])),
        (115, "date", "开票日期：", f"{when.year}年{when.month:02d}月{when.day:02d}日"),
    ):
        canvas.text(canvas.text(1250, y, label, size, label=True), y, shown, size, key=key)
    if layout == "sides":
        y = max(
            _party(canvas, rng, "buyer", "购买方", truth, 80, 200, size, full=False),
            _party(canvas, rng, "seller", "销售方", truth, 900, 200, size, full=False),
        )
    else:
        y = _party(canvas, rng, "buyer", "购买方", truth, 80, 180, size, full=False)
        y = _party(canvas, rng, "seller", "销售方", truth, 80, y + 30, size, full=False)
    headings = {
        "name": "项目名称",
        "spec": "规格型号",
        "unit": "单 位",
        "quantity": "数 量",
        "price": "单 价",
        "amount": "金 额",
        "rate": "税率/征收率",
        "tax": "税 额",
    }
    y = _item_table(canvas, goods, headings, 80, y + 50, 1600, size)
    y = _totals(canvas, goods, 110, y + 10, size)
    canvas.text(canvas.text(100, y + 30, "备注：", size, label=True), y + 30, str(truth["remark"]), size, key="remark")
    canvas.text(
        canvas.text(180, y + 120, "开票人：", size, label=True), y + 120, str(truth["issuer"]), size, key="issuer"
    )
    return _sample("digital-invoice", layout, canvas, truth)


def receipt(rng: Random) -> Sample:
    chinese = rng.random() < 0.5
    canvas = Canvas(rng, 720, 1300)
    when = people.day(rng, 2018, 2025)
    hour = f"{rng.randint(8, 22):02d}:{rng.randint(0, 59):02d}"
    names = (
        ("可口可乐", "面包", "牛奶 1L", "苹果", "洗衣液", "抽纸", "矿泉水", "方便面")
        if chinese
        else ("Green Tea", "Toast", "Milk 1L", "Apple Pie", "Soap", "Tissue", "Water", "Noodles")
    )
    lines = [
        (name, rng.randint(1, 5), money(Decimal(rng.randint(100, 4000)) / 100))
        for name in rng.sample(names, rng.randint(2, 5))
    ]
    total = sum((n * price for _, n, price in lines), Decimal(0))
    merchant = (
        people.firm(rng).replace("有限公司", "超市")
        if chinese
        else rng.choice(("SUNRISE MINI MART", "OAK STREET BAKERY", "BLUE RIVER TRADING SDN BHD", "HARBOUR CAFE"))
    )
    address = (
        people.region(rng)[1] + people.street(rng)
        if chinese
        else f"No {rng.randint(1, 99)}, Jalan Sample {rng.randint(1, 20)}, {rng.randint(10000, 99999)} Example Town"
    )
    truth: dict[str, Value] = {
        "merchant.name": merchant,
        "merchant.address": address,
        "date": when.isoformat(),
        "time": hour,
        "total": float(total),
    }
    size, y = 24, 40
    canvas.text((720 - canvas.width_of(merchant, 30)) / 2, y, merchant, 30, key="merchant.name")
    y = int(canvas.block(60, y + 50, ("地址：" if chinese else "") + address, size, 600, key="merchant.address"))
    canvas.text(40, y + 20, f"{'日期' if chinese else 'Date'}: {when:%Y-%m-%d} {hour}", size, key="date")
    y += 70
    heads = ("品名", "数量", "单价", "金额") if chinese else ("Item", "Qty", "Price", "Amount")
    for x, head in zip((40, 330, 450, 590), heads, strict=True):
        canvas.text(x, y, head, size, label=True)
    for n, (name, count, price) in enumerate(lines):
        y += 42
        canvas.text(40, y, name, size, key=f"items.{n}.description")
        for x, value, key in (
            (370, str(count), "quantity"),
            (520, f"{price:.2f}", "unit_price"),
            (680, f"{count * price:.2f}", "amount"),
        ):
            canvas.right(x, y, value, size, key=f"items.{n}.{key}")
        truth |= {
            f"items.{n}.description": name,
            f"items.{n}.quantity": count,
            f"items.{n}.unit_price": float(price),
            f"items.{n}.amount": float(count * price),
        }
    y += 70
    canvas.text(40, y, "合计" if chinese else "TOTAL", 30, label=True)
    canvas.right(680, y, f"{total:.2f}", 30, key="total")
    paid = rng.choice(("微信支付", "支付宝", "现金")) if chinese else rng.choice(("CASH", "VISA"))
    truth["payment"] = paid
    canvas.text(40, y + 60, f"支付方式：{paid}" if chinese else paid, size, key="payment")
    canvas.text(200, y + 160, "谢谢惠顾" if chinese else "THANK YOU", size, label=True)
    return _sample("receipt", "zh" if chinese else "en", canvas, truth)


def contract(rng: Random) -> Sample:
    layout = rng.choice(("articles", "numerals"))
    canvas = Canvas(rng, 1240, 1754)
    amount = Decimal(rng.randint(50, 9000) * 100)
    signed = people.day(rng, 2018, 2024)
    city = rng.choice(("上海市浦东新区", "北京市朝阳区", "广州市天河区"))
    truth: dict[str, Value] = {
        "title": rng.choice(("设备采购合同", "技术服务合同", "货物买卖合同")),
        "id": f"HT-{signed.year}-{rng.randint(100, 999)}",
        "subject": rng.choice(("乙方向甲方提供离心水泵十台及配套安装服务。", "乙方为甲方开发仓储管理系统一套。")),
        "amount": float(amount),
        "amount_cn": capitals(amount),
        "payment_terms": f"合同签订后{rng.randint(3, 15)}日内支付百分之三十，验收合格后支付余款。",
        "performance_period": f"自合同签订之日起{rng.randint(30, 180)}日内完成。",
        "performance_place": city + "甲方指定地点。",
        "breach": "任何一方违约，应按合同金额的百分之五向对方支付违约金。",
        "dispute_resolution": "双方协商解决，协商不成的，向甲方所在地人民法院起诉。",
        "sign_date": signed.isoformat(),
    }
    size = rng.randint(24, 28)
    title = str(truth["title"])
    canvas.text((1240 - canvas.width_of(title, 44)) / 2, 80, title, 44, key="title")
    canvas.text(canvas.text(760, 160, "合同编号：", size, label=True), 160, str(truth["id"]), size, key="id")
    y = 220.0
    for n, role in enumerate(("甲方", "乙方")):
        truth[f"parties.{n}.role"] = role
        rows = (
            ("name", role, people.firm(rng)),
            ("address", "地址", people.region(rng)[1] + people.street(rng)),
            ("representative", "法定代表人", people.person(rng)),
        )
        for key, label, value in rows:
            truth[f"parties.{n}.{key}"] = value
            canvas.text(canvas.text(100, y, label + "：", size, label=True), y, value, size, key=f"parties.{n}.{key}")
            y += 1.7 * size
    headings = (
        ("标的", "subject"),
        ("合同金额", ""),
        ("付款方式", "payment_terms"),
        ("履行期限", "performance_period"),
        ("履行地点", "performance_place"),
        ("违约责任", "breach"),
        ("争议解决", "dispute_resolution"),
    )
    for numeral, (heading, key) in zip("一二三四五六七", headings, strict=True):
        text = str(truth[key]) if key else f"合同总价为人民币{capitals(amount)}（¥{money(amount)}）。"
        number = f"第{numeral}条 " if layout == "articles" else f"{numeral}、"
        y = canvas.block(100, y + 0.6 * size, f"{number}{heading}：{text}", size, 1040, key=key)
    y += 3 * size
    for x, role in ((100, "甲方（盖章）："), (680, "乙方（盖章）：")):
        canvas.text(x, y, role, size, label=True)
    canvas.text(100, y + 3 * size, f"签订日期：{signed.year}年{signed.month}月{signed.day}日", size, key="sign_date")
    return _sample("contract", layout, canvas, truth)


DRAWERS: Mapping[str, Callable[[Random], Sample]] = {
    "id-card-front": id_card_front,
    "id-card-back": id_card_back,
    "business-licence": business_licence,
    "bank-card": bank_card,
    "vat-invoice": vat_invoice,
    "digital-invoice": digital_invoice,
    "receipt": receipt,
    "contract": contract,
}
