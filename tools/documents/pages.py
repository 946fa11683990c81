"""One page of each type as (type, HTML, truth, width in CSS pixels)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from random import Random

from wentu.core.results import Value
from wentu.evaluation.documents import people
from wentu.evaluation.documents.people import capitals, money

FONTS = (
    "'Noto Serif CJK SC'", "'Noto Sans CJK SC'", "'WenQuanYi Micro Hei'", "'WenQuanYi Zen Hei'", "'LXGW WenKai'",
    "'AR PL UMing CN'", "'AR PL UKai CN'",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be drawn: its `truth` by dotted field id, and how wide the browser's window is."""

    type: str
    html: str
    truth: Mapping[str, Value]
    width: int


def page(rng: Random, css: str, body: str, *, size: float = 16) -> str:
    font = rng.choice(FONTS)
    tone = rng.choice(("#ffffff", "#fffdf5", "#f7f9fc", "#fbfbfb"))
    return (
        f"<!doctype html><meta charset=utf-8><style>*{{box-sizing:border-box}}body{{margin:0;background:{tone};"
        f"font:{size}px/1.55 {font},sans-serif;color:#1c1c1c}}{css}</style>{body}"
        "<p style='position:fixed;right:6px;bottom:2px;margin:0;font-size:9px;color:#c9c9c9'>样例 非真实证件</p>"
    )


def _e(value: object) -> str:
    return escape(str(value))


def id_card_front(rng: Random) -> Sheet:
    born, male = people.day(rng, 1955, 2007), rng.random() < 0.5
    code, place = people.region(rng)
    truth: dict[str, Value] = {
        "name": people.person(rng), "sex": "男" if male else "女",
        "ethnicity": rng.choice(("汉", "苗", "藏", "维吾尔", "朝鲜", "彝")), "birth_date": born.isoformat(),
        "address": place + people.street(rng), "id_number": people.id_number(rng, code, born, male=male),
    }  # fmt: skip
    css = (
        "body{width:860px;height:540px;padding:54px 60px;position:relative}.k{color:#3d6b9e;font-size:22px;display:inline-block;width:74px}"
        ".v{font-size:27px}.r{margin-bottom:24px}.a{display:inline-block;width:400px;vertical-align:top;font-size:25px;line-height:1.45}"
        ".n{position:absolute;bottom:46px;left:60px}.n .k{width:170px}.n .v{font-size:31px;letter-spacing:3px}"
        ".f{position:absolute;right:60px;top:70px;width:200px;height:250px;border-radius:90px 90px 20px 20px;background:#d5d9df}"
    )
    body = (
        f"<div class=r><span class=k>姓&ensp;名</span><span class=v>{truth['name']}</span></div>"
        f"<div class=r><span class=k>性&ensp;别</span><span class=v>{truth['sex']}</span>&emsp;&emsp;"
        f"<span class=k>民&ensp;族</span><span class=v>{truth['ethnicity']}</span></div>"
        f"<div class=r><span class=k>出&ensp;生</span><span class=v>{born.year}<span class=k style='width:36px'>年</span>{born.month}"
        f"<span class=k style='width:36px'>月</span>{born.day}<span class=k style='width:36px'>日</span></span></div>"
        f"<div class=r><span class=k>住&ensp;址</span><span class=a>{truth['address']}</span></div>"
        f"<div class=n><span class=k>公民身份号码</span><span class=v>{truth['id_number']}</span></div><div class=f></div>"
    )
    return Sheet("id-card-front", page(rng, css, body), truth, 860)


def id_card_back(rng: Random) -> Sheet:
    start = people.day(rng, 2009, 2024).replace(day=rng.randint(1, 28))
    years = rng.choice((5, 10, 20, 0))
    end = start.replace(year=start.year + years) if years else None
    truth: dict[str, Value] = {
        "authority": rng.choice(("虚构市公安局高新分局", "样例县公安局", "示例市公安局")),
        "valid_from": start.isoformat(), "valid_to": end.isoformat() if end else "长期",
    }  # fmt: skip
    css = "body{width:860px;height:540px;padding:60px}h1{text-align:center;margin:0;font-size:40px;letter-spacing:8px}h2{text-align:center;font-size:54px;letter-spacing:16px;margin:10px 0 90px}.r{margin:22px 0 0 180px;font-size:27px}.k{color:#555;margin-right:22px}"
    until = f"{end:%Y.%m.%d}" if end else "长期"
    body = (
        "<h1>中华人民共和国</h1><h2>居民身份证</h2>"
        f"<div class=r><span class=k>签发机关</span>{truth['authority']}</div>"
        f"<div class=r><span class=k>有效期限</span>{start:%Y.%m.%d}-{until}</div>"
    )
    return Sheet("id-card-back", page(rng, css, body), truth, 860)


@dataclass(frozen=True, slots=True)
class Items:
    rows: list[dict[str, Value]]
    pretax: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.pretax + self.tax


def items_of(rng: Random, *, most: int = 4) -> Items:
    rows: list[dict[str, Value]] = []
    pretax = tax = Decimal(0)
    for name, spec, unit in rng.sample(people.GOODS, rng.randint(1, most)):
        quantity, price = rng.randint(1, 40), money(Decimal(rng.randint(500, 300_000)) / 100)
        rate = rng.choice((13, 9, 6, 3))
        amount = money(price * quantity)
        taxed = money(amount * rate / 100)
        pretax, tax = pretax + amount, tax + taxed
        row: dict[str, Value] = {
            "name": name, "unit": unit, "quantity": float(quantity), "price": float(price), "amount": float(amount),
            "rate": f"{rate}%", "tax": float(taxed),
        }  # fmt: skip
        rows.append(row | ({"spec": spec} if spec else {}))
    return Items(rows, pretax, tax)


def flat(items: Items) -> dict[str, Value]:
    return {f"items.{n}.{key}": value for n, row in enumerate(items.rows) for key, value in row.items()}


_COLUMNS = ("name", "spec", "unit", "quantity", "price", "amount", "rate", "tax")


def cells(items: Items) -> str:
    def shown(key: str, row: Mapping[str, Value]) -> str:
        value = row.get(key, "")
        if key == "quantity":
            return f"{value:g}"
        return f"{value:.2f}" if isinstance(value, float) else _e(value)

    return "".join(
        "<tr class=i>" + "".join(f"<td class={key}>{shown(key, row)}</td>" for key in _COLUMNS) + "</tr>"
        for row in items.rows
    )


def parties(rng: Random) -> dict[str, Value]:
    return {
        f"{who}.{key}": make(rng)
        for who in ("buyer", "seller")
        for key, make in (("name", people.firm), ("tax_id", people.credit_code))
    }


def digital_truth(
    rng: Random, title: str, day: datetime.date, items: Items, provinces: Sequence[str]
) -> dict[str, Value]:
    """The fields that every digital invoice has; `provinces` are what its number may say of its place."""
    return {
        "title": title, "number": f"{day:%y}" + rng.choice(provinces) + people.digits(rng, 16),
        "date": day.isoformat(), **parties(rng), **flat(items), "pretax": float(items.pretax), "tax": float(items.tax),
        "total": float(items.total), "total_cn": capitals(items.total), "issuer": people.person(rng),
    }  # fmt: skip


def digital_invoice(rng: Random) -> Sheet:
    items, day = items_of(rng), people.day(rng, 2023, 2025)
    kind = rng.choice(("电子发票（普通发票）", "电子发票（增值税专用发票）"))
    truth = digital_truth(rng, kind, day, items, ("44", "31", "33", "11"))
    css = (
        "body{width:1120px;padding:28px 34px 40px}h1{color:#8a3a1f;text-align:center;font-size:30px;margin:0 0 6px;border-bottom:3px double #8a3a1f;padding-bottom:6px}"
        ".h{text-align:right;font-size:15px;line-height:1.9}.k{color:#8a3a1f}table{border-collapse:collapse;width:100%;border:1px solid #8a3a1f;font-size:15px}"
        "td{padding:3px 8px;vertical-align:top}.p td{border:1px solid #8a3a1f;line-height:2.1}.s{width:26px;text-align:center}"
        "th{color:#8a3a1f;font-weight:400;padding:4px}.price,.amount,.tax,.quantity{text-align:right}.b td,.t td{border-top:1px solid #8a3a1f}"
    )
    heads = "项目名称 规格型号 单位 数量 单价 金额 税率/征收率 税额".split()
    party = "".join(
        f"<td class='s k'>{side}</td><td style='width:46%'><span class=k>名称：</span>{truth[who + '.name']}<br>"
        f"<span class=k>统一社会信用代码/纳税人识别号：</span>{truth[who + '.tax_id']}</td>"
        for side, who in (("购买方信息", "buyer"), ("销售方信息", "seller"))
    )
    body = (
        f"<h1>{kind}</h1><div class=h><span class=k>发票号码：</span>{truth['number']}<br><span class=k>开票日期：</span>{day.year}年{day:%m}月{day:%d}日</div>"
        f"<table class=p><tr>{party}</tr></table><table style='border-top:0'><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{cells(items)}"
        f"<tr class=b><td class=k colspan=5 style='text-align:center'>合&emsp;计</td><td class=amount>¥{items.pretax:.2f}</td><td></td><td class=tax>¥{items.tax:.2f}</td></tr>"
        f"<tr class=t><td class=k colspan=2>价税合计（大写）</td><td colspan=3>ⓧ{truth['total_cn']}</td><td colspan=3><span class=k>（小写）</span>¥{items.total:.2f}</td></tr></table>"
        f"<p style='margin:14px 0 0'><span class=k>开票人：</span>{truth['issuer']}</p>"
    )
    return Sheet("digital-invoice", page(rng, css, body), truth, 1120)


def vat_invoice(rng: Random) -> Sheet:
    items, day = items_of(rng), people.day(rng, 2017, 2023)
    kind = rng.choice(("增值税普通发票", "增值税专用发票", "增值税电子普通发票"))
    title = rng.choice(("广东", "上海", "浙江", "北京")) + kind
    truth: dict[str, Value] = {
        "title": title, "code": people.digits(rng, rng.choice((10, 12))), "number": people.digits(rng, 8),
        "date": day.isoformat(), **parties(rng), **flat(items), "amount_ex_tax": float(items.pretax),
        "tax": float(items.tax), "total": float(items.total), "total_cn": capitals(items.total),
        "payee": people.person(rng), "reviewer": people.person(rng), "issuer": people.person(rng),
    }  # fmt: skip
    check = people.digits(rng, 20)
    truth["check_code"] = check
    for who in ("buyer", "seller"):
        truth[f"{who}.address_phone"] = f"{people.region(rng)[1]}{people.street(rng)} {people.phone(rng)}"
        truth[f"{who}.bank_account"] = f"{people.bank(rng)} {people.digits(rng, 17)}"
    css = (
        "body{width:1240px;padding:24px 40px 30px}h1{color:#7a4b18;text-align:center;font-size:32px;margin:0;text-decoration:underline double}"
        ".h{display:flex;justify-content:space-between;font-size:16px;margin:4px 0}.k{color:#7a4b18}table{border-collapse:collapse;width:100%;border:1.5px solid #7a4b18;font-size:15px;margin-top:-1px}"
        "td,th{padding:2px 7px}.p td{border:1px solid #7a4b18}th{color:#7a4b18;font-weight:400;border-left:1px solid #7a4b18;border-right:1px solid #7a4b18}.i td{border-left:1px solid #7a4b18;border-right:1px solid #7a4b18}"
        ".price,.amount,.tax,.quantity{text-align:right}.b td,.t td{border:1px solid #7a4b18}.f{display:flex;justify-content:space-between;margin-top:8px}"
    )
    grouped = " ".join(check[n : n + 5] for n in range(0, 20, 5))

    def party(who: str, side: str) -> str:
        rows = (
            ("名&emsp;&emsp;&emsp;称：", truth[f"{who}.name"]), ("纳税人识别号：", truth[f"{who}.tax_id"]),
            ("地 址、电 话：", truth[f"{who}.address_phone"]), ("开户行及账号：", truth[f"{who}.bank_account"]),
        )  # fmt: skip
        lines = "<br>".join(f"<span class=k>{label}</span>{value}" for label, value in rows)
        cipher = "".join(rng.choice("0123456789+-*/<>") for _ in range(84)) if who == "buyer" else ""
        side_text = _e(" ".join(cipher[n : n + 21] for n in range(0, 84, 21))) if cipher else ""
        note = f"<td class=k style='width:26px'>{'密码区' if cipher else '备注'}</td><td style='width:330px;word-break:break-all'>{side_text}</td>"
        return f"<table class=p><tr><td class=k style='width:26px'>{side}</td><td style='line-height:1.75'>{lines}</td>{note}</tr></table>"

    heads = "货物或应税劳务、服务名称 规格型号 单位 数量 单价 金额 税率 税额".split()
    body = (
        f"<h1>{title}</h1><div class=h><span><span class=k>发票代码：</span>{truth['code']}</span><span><span class=k>发票号码：</span>{truth['number']}</span></div>"
        f"<div class=h><span><span class=k>开票日期：</span>{day.year}年{day:%m}月{day:%d}日</span><span><span class=k>校 验 码：</span>{grouped}</span></div>"
        f"{party('buyer', '购买方')}<table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{cells(items)}"
        f"<tr class=b><td class=k style='text-align:center'>合&emsp;&emsp;计</td><td></td><td></td><td></td><td></td><td class=amount>￥{items.pretax:.2f}</td><td></td><td class=tax>￥{items.tax:.2f}</td></tr>"
        f"<tr class=t><td class=k style='text-align:center'>价税合计（大写）</td><td colspan=4>⊗{truth['total_cn']}</td><td colspan=3><span class=k>（小写）</span>￥{items.total:.2f}</td></tr></table>"
        f"{party('seller', '销售方')}<div class=f><span><span class=k>收款人：</span>{truth['payee']}</span><span><span class=k>复核：</span>{truth['reviewer']}</span>"
        f"<span><span class=k>开票人：</span>{truth['issuer']}</span><span class=k>销售方：（章）</span></div>"
    )
    return Sheet("vat-invoice", page(rng, css, body), truth, 1240)


def business_licence(rng: Random) -> Sheet:
    founded = people.day(rng, 1998, 2020)
    registered = people.day(rng, 2021, 2025)
    copy = rng.random() < 0.5
    scope = (
        "；".join(
            rng.sample(
                (
                    "软件开发",
                    "信息技术咨询服务",
                    "计算机软硬件批发",
                    "广告设计、代理",
                    "会议及展览服务",
                    "货物进出口",
                    "日用百货销售",
                    "机械设备租赁",
                ),
                5,
            )
        )
        + "。"
    )
    truth: dict[str, Value] = {
        "uscc": people.credit_code(rng), "name": people.firm(rng), "type": "有限责任公司(自然人投资或控股)",
        "legal_person": people.person(rng), "capital": rng.choice(("伍佰万元整", "壹仟万元整", "叁拾万元整")),
        "address": people.region(rng)[1] + people.street(rng), "scope": scope, "established": founded.isoformat(),
        "registered_on": registered.isoformat(), "authority": rng.choice(("样例市市场监督管理局", "虚构区市场监督管理局")),
        "is_duplicate": copy,
    }  # fmt: skip
    css = (
        "body{width:1180px;height:830px;padding:50px 70px;border:10px solid #d8c48f}h1{text-align:center;font-size:52px;letter-spacing:24px;margin:8px 0 0}"
        "h2{text-align:center;font-weight:400;font-size:20px;margin:0 0 12px}.u{font-size:17px;position:absolute;left:80px;top:150px}"
        ".g{display:grid;grid-template-columns:120px 1fr 110px 300px;row-gap:18px;column-gap:14px;margin-top:26px;font-size:18px}.k{color:#6b5a2b;text-align-last:justify}"
        ".b{display:flex;justify-content:flex-end;gap:60px;margin-top:40px;font-size:18px}"
    )
    chinese = lambda day: f"{day.year}年{day:%m}月{day:%d}日"  # noqa: E731
    left_right = (
        ("名称", truth["name"], "注册资本", truth["capital"]), ("类型", truth["type"], "成立日期", chinese(founded)),
        ("法定代表人", truth["legal_person"], "住所", truth["address"]),
    )  # fmt: skip
    grid = "".join(
        f"<span class=k>{a}</span><span>{b}</span><span class=k>{c}</span><span>{d}</span>" for a, b, c, d in left_right
    )
    body = (
        f"<h1>营业执照</h1><h2>{'（副 本）' if copy else '&nbsp;'}</h2><div class=u>统一社会信用代码<br>{truth['uscc']}</div>"
        f"<div class=g>{grid}<span class=k>经营范围</span><span style='grid-column:2/5'>{scope}</span></div>"
        f"<div class=b><span>登记机关&emsp;{truth['authority']}</span><span>{chinese(registered)}</span></div>"
    )
    return Sheet("business-licence", page(rng, css, body), truth, 1180)


def bank_card(rng: Random) -> Sheet:
    number, bank = people.card_number(rng), people.bank(rng)
    month, year = rng.randint(1, 12), rng.randint(27, 35)
    kind = rng.choice(("借记卡", "信用卡"))
    truth: dict[str, Value] = {"number": number, "bank": bank, "valid_thru": f"{month:02d}/{year}", "card_type": kind}
    ink = rng.choice(("#fff", "#f4e6b8", "#111"))
    back = rng.choice(("#1f3f77", "#7a1f2b", "#2b5a45")) if ink != "#111" else "#e3e6ea"
    css = f"body{{width:860px;height:540px;padding:44px 54px;background:{back}!important;color:{ink};position:relative}}.n{{position:absolute;top:290px;font:34px 'DejaVu Sans Mono',monospace;letter-spacing:2px}}.v{{position:absolute;top:370px;left:330px;font:22px 'DejaVu Sans Mono',monospace}}.t{{position:absolute;right:54px;top:44px;font-size:24px}}"
    spaced = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
    body = f"<div style='font-size:36px'>{bank}</div><div class=t>{kind}</div><div class=n>{spaced}</div><div class=v><span style='font-size:13px'>VALID THRU </span>{month:02d}/{year}</div>"
    return Sheet("bank-card", page(rng, css, body), truth, 860)


def contract(rng: Random) -> Sheet:
    amount = Decimal(rng.randint(10_000, 900_000))
    a, b, day = people.firm(rng), people.firm(rng), people.day(rng, 2021, 2025)
    number = f"HT-{day:%Y}-{rng.randint(100, 9999):04d}"
    title = rng.choice(("设备采购合同", "技术服务合同", "房屋租赁合同"))
    truth: dict[str, Value] = {
        "title": title, "id": number, "parties.0.name": a, "parties.1.name": b, "amount": float(amount),
        "amount_cn": capitals(amount), "sign_date": day.isoformat(),
    }  # fmt: skip
    css = "body{width:1000px;padding:70px 90px;font-size:18px;line-height:1.9}h1{text-align:center;font-size:32px}p{margin:6px 0}b{font-weight:700}.s{display:grid;grid-template-columns:1fr 1fr;margin-top:40px}"
    body = (
        f"<h1>{title}</h1><p style='text-align:right'>合同编号：{number}</p><p><b>甲方：</b>{a}</p><p>地址：{people.region(rng)[1]}{people.street(rng)}</p><p><b>乙方：</b>{b}</p>"
        f"<p>地址：{people.region(rng)[1]}{people.street(rng)}</p><p>根据《中华人民共和国民法典》及有关规定，双方经协商一致，订立本合同。</p>"
        "<p><b>第一条 合同标的</b> 乙方按本合同约定向甲方交付货物或提供服务，具体内容见附件。</p>"
        f"<p><b>第二条 合同金额</b> 本合同总金额为人民币{amount:,.2f}元（大写：{truth['amount_cn']}）。</p>"
        "<p><b>第三条 付款方式</b> 合同签订后七个工作日内支付百分之三十，验收合格后支付其余款项。</p>"
        "<p><b>第四条 违约责任</b> 任何一方违约，应向守约方支付合同总金额百分之五的违约金。</p>"
        "<p><b>第五条 争议解决</b> 因本合同发生的争议，双方协商解决；协商不成的，提交甲方所在地人民法院诉讼解决。</p>"
        f"<div class=s><div>甲方（盖章）：<br>法定代表人：<br>签订日期：{day.year}年{day.month}月{day.day}日</div><div>乙方（盖章）：<br>法定代表人：<br>签订日期：{day.year}年{day.month}月{day.day}日</div></div>"
    )
    return Sheet("contract", page(rng, css, body), truth, 1000)


def receipt(rng: Random) -> Sheet:
    english = rng.random() < 0.4
    day, at = people.day(rng, 2019, 2025), f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}"
    goods = (
        ("Coffee Latte", "Butter Croissant", "Mineral Water", "Chicken Salad", "Notebook A5", "LED Bulb 9W") if english
        else ("纯牛奶250ml", "手抓饼原味", "矿泉水550ml", "苏打饼干", "抽纸三层", "五常大米5kg")
    )  # fmt: skip
    rows = [
        (name, rng.randint(1, 5), Decimal(rng.randint(150, 9_900)) / 100)
        for name in rng.sample(goods, rng.randint(2, 5))
    ]
    total = sum((price * n for _, n, price in rows), Decimal(0))
    merchant = (
        rng.choice(("HARBOUR LANE BOOKS", "GREEN VALLEY MART SDN BHD"))
        if english
        else people.firm(rng)[:8] + rng.choice(("超市", "便利店", "餐厅"))
    )
    payment = rng.choice(("CASH", "VISA")) if english else rng.choice(("微信", "支付宝", "现金"))
    truth: dict[str, Value] = {
        "merchant.name": merchant,
        "date": day.isoformat(),
        "time": at,
        "total": float(total),
        "payment": payment,
    }
    for n, (name, count, price) in enumerate(rows):
        truth |= {
            f"items.{n}.description": name,
            f"items.{n}.quantity": float(count),
            f"items.{n}.unit_price": float(price),
            f"items.{n}.amount": float(price * count),
        }
    css = "body{width:440px;padding:22px 24px 40px;font-size:16px}h1{font-size:22px;text-align:center;margin:0}p{margin:2px 0}table{width:100%;border-collapse:collapse}td,th{padding:1px 0;font-weight:400;text-align:right}td:first-child,th:first-child{text-align:left}hr{border:0;border-top:1px dashed #555}"
    heads = ("Item", "Qty", "Price", "Amount") if english else ("商品", "数量", "单价", "金额")
    lines = "".join(
        f"<tr><td>{name}</td><td>{count}</td><td>{price:.2f}</td><td>{price * count:.2f}</td></tr>"
        for name, count, price in rows
    )
    date = f"{day:%d/%m/%Y}" if english else f"{day:%Y-%m-%d}"
    words = ("Date", "TOTAL", "Paid by") if english else ("日期", "合计", "支付方式")
    body = (
        f"<h1>{merchant}</h1><p>{words[0]}: {date} {at}</p><hr><table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{lines}</table><hr>"
        f"<table><tr><td style='font-size:20px'>{words[1]}</td><td style='font-size:20px'>{total:.2f}</td></tr><tr><td>{words[2]}</td><td>{payment}</td></tr></table>"
        f"<p style='text-align:center;margin-top:14px'>{'Thank you' if english else '谢谢惠顾'}</p>"
    )
    return Sheet("receipt", page(rng, css, body), truth, 440)


SHEETS: tuple[Callable[[Random], Sheet], ...] = (
    id_card_front, id_card_back, vat_invoice, digital_invoice, business_licence, bank_card, contract, receipt,
)  # fmt: skip
