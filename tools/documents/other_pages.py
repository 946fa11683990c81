"""The same types set in other ways: a copy on A4, a licence in one column, bills without headings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from tools.documents.pages import Sheet, cells, digital_truth, items_of, page

from wentu.core.results import Value
from wentu.evaluation.documents import people
from wentu.evaluation.documents.people import capitals, money


def id_card_on_a4(rng: Random) -> Sheet:
    born, male = people.day(rng, 1950, 2005), rng.random() < 0.5
    code, place = people.region(rng)
    truth: dict[str, Value] = {
        "name": people.person(rng), "sex": "男" if male else "女", "ethnicity": rng.choice(("汉", "侗", "瑶", "哈萨克")),
        "birth_date": born.isoformat(), "address": place + people.street(rng),
        "id_number": people.id_number(rng, code, born, male=male),
    }  # fmt: skip
    css = (
        "body{width:1100px;height:1500px;position:relative}.c{position:absolute;left:220px;top:300px;width:640px;height:404px;border:1px solid #999;border-radius:18px;background:#eef3f6;padding:38px 40px}"
        ".c p{margin:0 0 15px;font-size:21px}.k{color:#4a6d8c;font-size:17px;margin-right:14px}.a{width:300px}.n{position:absolute;bottom:30px;left:40px;font-size:23px;letter-spacing:2px}"
        ".f{position:absolute;right:40px;top:56px;width:150px;height:190px;background:#cdd4da}"
    )
    body = (
        f"<p style='position:absolute;left:220px;top:230px;font-size:17px'>身份证复印件，仅供测试使用</p><div class=c><p><span class=k>姓名</span>{truth['name']}</p>"
        f"<p><span class=k>性别</span>{truth['sex']}<span class=k style='margin-left:40px'>民族</span>{truth['ethnicity']}</p>"
        f"<p><span class=k>出生</span>{born.year} 年 {born.month} 月 {born.day} 日</p><p class=a><span class=k>住址</span>{truth['address']}</p>"
        f"<div class=n><span class=k>公民身份号码</span>{truth['id_number']}</div><div class=f></div></div>"
    )
    return Sheet("id-card-front", page(rng, css, body), truth, 1100)


def licence_in_one_column(rng: Random) -> Sheet:
    founded, registered = people.day(rng, 1999, 2019), people.day(rng, 2020, 2025)
    truth: dict[str, Value] = {
        "uscc": people.credit_code(rng), "name": people.firm(rng), "type": rng.choice(("个体工商户", "有限责任公司（法人独资）")),
        "legal_person": people.person(rng), "address": people.region(rng)[1] + people.street(rng),
        "capital": rng.choice(("100万元人民币", "人民币贰佰万元整")), "established": founded.isoformat(),
        "scope": "一般项目：食品销售；餐饮服务；会议及展览服务；日用品零售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        "registered_on": registered.isoformat(), "authority": "示例市虚构区市场监督管理局", "is_duplicate": True,
    }  # fmt: skip
    rows = (
        ("名称", truth["name"]), ("类型", truth["type"]), ("住所", truth["address"]), ("法定代表人", truth["legal_person"]),
        ("注册资本", truth["capital"]), ("成立日期", f"{founded.year}年{founded.month}月{founded.day}日"),
        ("营业期限", f"{founded.year}年{founded.month}月{founded.day}日至长期"), ("经营范围", truth["scope"]),
    )  # fmt: skip
    css = (
        "body{width:900px;padding:60px 90px}h1{text-align:center;font-size:60px;letter-spacing:30px;margin:0}h2{text-align:center;font-weight:400;margin:0 0 8px;font-size:22px}"
        ".u{text-align:center;font-size:18px;margin-bottom:30px}.r{display:flex;font-size:20px;margin:16px 0}.k{width:150px;flex:none;letter-spacing:4px}"
    )
    body = (
        f"<h1>营业执照</h1><h2>(副本)</h2><div class=u>统一社会信用代码 {truth['uscc']}</div>"
        + "".join(f"<div class=r><span class=k>{k}</span><span>{v}</span></div>" for k, v in rows)
        + f"<div style='text-align:right;margin-top:50px;font-size:20px'>登记机关<br>{truth['authority']}<br>{registered.year} 年 {registered.month} 月 {registered.day} 日</div>"
    )
    return Sheet("business-licence", page(rng, css, body), truth, 900)


def plain_digital_invoice(rng: Random) -> Sheet:
    items, day = items_of(rng, most=6), people.day(rng, 2023, 2025)
    truth = digital_truth(rng, "电子发票（普通发票）", day, items, ("51", "32", "42"))
    truth["remark"] = "合同号：" + people.digits(rng, 8)
    css = (
        "body{width:1000px;padding:26px 30px}h1{font-size:26px;text-align:center;margin:0 0 14px;font-weight:600}.h{display:flex;justify-content:space-between;font-size:14px;margin-bottom:8px}"
        ".p{display:grid;grid-template-columns:1fr 1fr;border:1px solid #333;font-size:14px}.p div{padding:6px 10px}.p div+div{border-left:1px solid #333}table{border-collapse:collapse;width:100%;font-size:13.5px}"
        "td,th{border:1px solid #333;padding:4px 7px;font-weight:400}.price,.amount,.tax,.quantity{text-align:right}"
    )
    heads = "项目名称 规格型号 单位 数量 单价 金额 税率 税额".split()
    party = "".join(
        f"<div><b>{side}</b><br>名称：{truth[who + '.name']}<br>统一社会信用代码/纳税人识别号：{truth[who + '.tax_id']}</div>"
        for side, who in (("购买方信息", "buyer"), ("销售方信息", "seller"))
    )
    body = (
        f"<h1>电子发票（普通发票）</h1><div class=h><span>发票号码：{truth['number']}</span><span>开票日期：{day.year}年{day:%m}月{day:%d}日</span></div>"
        f"<div class=p>{party}</div><table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{cells(items)}"
        f"<tr><td style='text-align:center'>合计</td><td></td><td></td><td></td><td></td><td class=amount>￥{items.pretax:.2f}</td><td></td><td class=tax>￥{items.tax:.2f}</td></tr>"
        f"<tr><td>价税合计（大写）</td><td colspan=4>{truth['total_cn']}</td><td colspan=3>（小写）￥{items.total:.2f}</td></tr>"
        f"<tr><td>备注</td><td colspan=7>{truth['remark']}</td></tr></table><p style='font-size:14px'>开票人：{truth['issuer']}</p>"
    )
    return Sheet("digital-invoice", page(rng, css, body), truth, 1000)


def card_with_two_names(rng: Random) -> Sheet:
    number, bank = people.card_number(rng), people.bank(rng)
    month, year = rng.randint(1, 12), rng.randint(27, 34)
    truth: dict[str, Value] = {
        "number": number,
        "bank": bank,
        "valid_thru": f"{month:02d}/{year}",
        "card_type": "借记卡",
    }
    css = "body{width:900px;height:566px;padding:40px 50px;background:linear-gradient(120deg,#274b7a,#6b8fb8)!important;color:#fff;position:relative}.n{position:absolute;left:50px;top:300px;font:36px 'Liberation Mono','DejaVu Sans Mono',monospace}"
    body = (
        f"<div style='font-size:32px'>{bank}</div><div style='font-size:15px'>SAMPLE BANK OF TESTS</div><div style='position:absolute;right:50px;bottom:40px;font-size:24px'>银联 UnionPay</div>"
        f"<div style='position:absolute;right:50px;top:40px;font-size:20px'>借记卡 DEBIT CARD</div><div class=n>{number[:6]} {number[6:]}</div>"
        f"<div style='position:absolute;left:360px;top:370px;font-size:13px'>月/年 MONTH/YEAR</div><div style='position:absolute;left:360px;top:390px;font:24px monospace'>{month:02d}/{year}</div>"
    )
    return Sheet("bank-card", page(rng, css, body), truth, 900)


def contract_with_a_table(rng: Random) -> Sheet:
    amount = money(Decimal(rng.randint(1_000_000, 80_000_000)) / 100)
    a, b, day = people.firm(rng), people.firm(rng), people.day(rng, 2020, 2025)
    number = f"{rng.choice(('CG', 'XS', 'FW'))}{day:%Y%m%d}-{rng.randint(1, 99):02d}"
    title = rng.choice(("产品购销合同", "软件开发合同", "运输服务合同"))
    truth: dict[str, Value] = {
        "title": title, "id": number, "parties.0.name": a, "parties.1.name": b, "amount": float(amount), "amount_cn": capitals(amount),
        "sign_date": day.isoformat(),
    }  # fmt: skip
    css = "body{width:980px;padding:60px 80px;font-size:17px;line-height:1.8}h1{text-align:center;font-size:30px;letter-spacing:6px}table{width:100%;border-collapse:collapse;margin:10px 0}td{border:1px solid #555;padding:5px 9px}h3{font-size:18px;margin:14px 0 2px}p{margin:2px 0;text-indent:2em}"
    body = (
        f"<h1>{title}</h1><table><tr><td>合同编号</td><td>{number}</td><td>签订日期</td><td>{day.year}-{day:%m}-{day:%d}</td></tr>"
        f"<tr><td>甲方（需方）</td><td colspan=3>{a}</td></tr><tr><td>乙方（供方）</td><td colspan=3>{b}</td></tr></table>"
        "<h3>一、标的物</h3><p>乙方向甲方提供本合同附件所列产品及相关服务。</p>"
        f"<h3>二、合同价款</h3><p>合同总价（含税）为￥{amount:,.2f}，大写：{truth['amount_cn']}。</p>"
        "<h3>三、付款方式</h3><p>甲方收到货物并验收合格后三十日内以银行转账方式一次性付清。</p><h3>四、违约责任</h3><p>逾期交货的，每日按合同总价的千分之一支付违约金。</p>"
        "<h3>五、争议解决</h3><p>双方因履行本合同发生争议的，提交合同签订地仲裁委员会仲裁。</p><p>（以下无正文）</p>"
    )
    return Sheet("contract", page(rng, css, body), truth, 980)


def till_slip(rng: Random) -> Sheet:
    english = rng.random() < 0.5
    day, at = people.day(rng, 2018, 2025), f"{rng.randint(8, 22):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}"
    goods = (
        ("CHICKEN RICE", "ICED LEMON TEA", "FRIED NOODLES", "ROTI CANAI", "MILO DINOSAUR")
        if english
        else ("宫保鸡丁", "酸辣土豆丝", "米饭", "番茄蛋汤", "可乐")
    )
    rows = [
        (name, rng.randint(1, 4), Decimal(rng.randint(20, 780)) / 10) for name in rng.sample(goods, rng.randint(2, 4))
    ]
    total = sum((price * n for _, n, price in rows), Decimal(0))
    merchant = (
        rng.choice(("RESTORAN SELERA SDN BHD", "THE CORNER CAFE"))
        if english
        else rng.choice(("老地方川菜馆", "好邻居便利店", "阿婆面馆"))
    )
    truth: dict[str, Value] = {"merchant.name": merchant, "date": day.isoformat(), "time": at, "total": float(total)}
    for n, (name, count, price) in enumerate(rows):
        truth |= {f"items.{n}.description": name, f"items.{n}.amount": float(price * count)}
    lines = "".join(
        f"<p style='display:flex;justify-content:space-between'><span>{name}{f' x{count}' if not english else ''}</span><span>{price * count:.2f}</span></p>"
        + (f"<p style='padding-left:24px'>{count} x {price:.2f}</p>" if english else "")
        for name, count, price in rows
    )
    css = "body{width:400px;padding:20px 22px 36px;font-size:17px}h1{font-size:21px;text-align:center;margin:0 0 4px}p{margin:1px 0}hr{border:0;border-top:1px dashed #333;margin:6px 0}"
    when = f"{day:%d-%m-%Y} {at}" if english else f"{day:%Y/%m/%d} {at}"
    words = ("TOTAL", "CASH", "CHANGE") if english else ("应收", "实收", "找零")
    paid = (int(total) // 50 + 1) * 50
    body = (
        f"<h1>{merchant}</h1><p style='text-align:center'>{'Receipt' if english else '结账单'}</p><p>{when}</p><hr>{lines}<hr>"
        + "".join(
            f"<p style='display:flex;justify-content:space-between'><span>{word}</span><span>{value:.2f}</span></p>"
            for word, value in zip(words, (total, Decimal(paid), Decimal(paid) - total), strict=True)
        )
    )
    return Sheet("receipt", page(rng, css, body), truth, 400)


SHEETS: tuple[Callable[[Random], Sheet], ...] = (
    id_card_on_a4, licence_in_one_column, plain_digital_invoice, card_with_two_names, contract_with_a_table, till_slip,
)  # fmt: skip
