"""Pages of shop apps, orders, carts, chats and sites as HTML; each function gives a body for one kind of screen."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape


@dataclass
class Shown:
    """What a screen shows. Amounts are written out ("¥299.00"); "" shows none.

    `chips` are the options by column, `chosen` the values of the one that is picked; `said` is the line that names it.
    `shelf` are other products below, `rows` a table of facts, `injected` a line that somebody wrote into the page.
    """

    title: str
    price: str = ""
    old: str = ""
    said: str = ""
    chips: dict[str, list[str]] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    rows: list[tuple[str, str]] = field(default_factory=list)
    shelf: list[tuple[str, str]] = field(default_factory=list)
    injected: str = ""
    english: bool = False
    store: str = ""


Body = Callable[[Shown, random.Random], str]
_STYLE = """
*{box-sizing:border-box;margin:0;padding:0} body{font-family:FONT;background:BACK;color:INK;font-size:14px;line-height:1.45}
.bar{display:flex;justify-content:space-between;padding:8px 16px;font-size:12px} .p{padding:12px 14px} .g{color:#8a8a90}
.card{background:CARD;border-radius:10px;margin:8px 10px;padding:12px} .row{display:flex;gap:10px} .b{font-weight:700}
.a{color:ACCENT} .pic{border-radius:8px;flex:none;background:linear-gradient(135deg,TINT1,TINT2)} s{color:#9a9aa0}
.chip{display:inline-block;padding:5px 13px;margin:4px 8px 4px 0;border-radius:16px;background:CHIP;border:1px solid CHIP;font-size:13px}
.on{color:ACCENT;border-color:ACCENT;background:transparent} .btn{flex:1;text-align:center;padding:10px;border-radius:22px;color:#fff;background:ACCENT}
.big{font-size:26px;font-weight:700;color:ACCENT} .clamp{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
.me{background:#95ec69;color:#111;border-radius:8px;padding:9px 12px;max-width:240px;margin-left:auto}
.you{background:CARD;border-radius:8px;padding:9px 12px;max-width:240px}
"""
_FONTS = ("'Noto Sans CJK SC'", "'WenQuanYi Micro Hei'", "'Noto Sans CJK SC',Arial", "'Noto Serif CJK SC'")
_ACCENTS = ("#e4393c", "#ff5000", "#1769d2", "#0a8f6c", "#b4232f", "#7a3fd0")


def document(body: str, rng: random.Random) -> str:
    """A whole page in a look of its own: fonts, colours, light or dark."""
    dark = rng.random() < 0.2
    look = {
        "FONT": rng.choice(_FONTS),
        "ACCENT": "#ff8a5c" if dark else rng.choice(_ACCENTS),
        "BACK": "#121214" if dark else rng.choice(["#fff", "#f5f5f7", "#f2f3f5"]),
        "CARD": "#1e1e22" if dark else "#fff",
        "CHIP": "#2c2c31" if dark else "#f1f1f4",
        "INK": "#ececef" if dark else "#202024",
        "TINT1": f"hsl({rng.randrange(360)},45%,72%)",
        "TINT2": f"hsl({rng.randrange(360)},40%,52%)",
    }
    style = _STYLE
    for name, value in look.items():
        style = style.replace(name, value)
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{body}"


def detail(shown: Shown, rng: random.Random) -> str:
    """A product page of an app: picture, price with small decimals, title, what was picked, a table, two buttons."""
    label = rng.choice(["Price", "Our price", ""] if shown.english else ["到手价", "限时价", "会员价", "", "券后"])
    sold = f"{rng.randrange(2, 90) * 100}+ sold" if shown.english else f"已售 {rng.randrange(2, 90) * 100}+"
    tags = (
        ["Free returns", "Ships tomorrow"]
        if shown.english
        else rng.sample(["包邮", "7天价保", "极速退款", "运费险"], 2)
    )
    price = (
        f"<div class='row p' style='align-items:baseline'><span class='a'>{label}</span>{_split(shown.price)}"
        f"{_old(shown)}<span class=g style='margin-left:auto'>{sold}</span></div>"
        if shown.price
        else ""
    )
    title = f"<div class='p b' style='font-size:{rng.choice([16, 17, 18])}px'>{escape(shown.title)}</div>"
    return (
        _status(rng)
        + f"<div class=pic style='height:{rng.choice([220, 300, 340])}px;border-radius:0'></div>"
        + (price + title if rng.random() < 0.6 else title + price)
        + "<div class=p style='padding-top:0'>"
        + "".join(f"<span class='chip on'>{one}</span>" for one in tags)
        + "</div>"
        + _said(shown)
        + _table(shown)
        + _injected(shown)
        + _shelf(shown, rng)
        + _buttons(shown)
    )


def sheet(shown: Shown, rng: random.Random) -> str:
    """The panel in which a variant is picked: a small picture, the price, what was picked, all options, a number."""
    chips = "".join(
        f"<div class='p b'>{escape(column)}</div><div class=p style='padding-top:0'>"
        + "".join(f"<span class='chip {'on' if v in shown.chosen else ''}'>{escape(v)}</span>" for v in values)
        + "</div>"
        for column, values in shown.chips.items()
    )
    ask = ("Choose " if shown.english else "请选择 ") + " ".join(shown.chips)
    picked = ("Selected: " if shown.english else "已选 ") + shown.said if shown.said else ask
    amount = "Quantity" if shown.english else "购买数量"
    return (
        f"<div style='height:120px;background:#555'></div><div class=card style='margin:0;border-radius:14px 14px 0 0'>"
        f"<div class=row><div class=pic style='width:96px;height:96px'></div><div>{_split(shown.price)}"
        f"<div class=clamp>{escape(shown.title)}</div><div class=g>{escape(picked)}</div></div></div>{chips}"
        f"<div class=row style='padding:12px 14px'><span>{amount}</span><span style='margin-left:auto'>－　1　＋</span></div>"
        f"{_injected(shown)}{_buttons(shown)}</div>"
    )


def order(shown: Shown, rng: random.Random) -> str:
    """An order: state, a masked address, the item with what was picked, sums, number."""
    english = shown.english
    head = rng.choice(
        ["Shipped", "Awaiting payment", "Delivered"] if english else ["卖家已发货", "等待买家付款", "交易成功"]
    )
    number = rng.randrange(10**14, 10**15)
    sums = [("Delivery", shown.price[:1] + "0.00")] if english else [("运费", "¥0.00")]
    if shown.price:
        sums.insert(0, ("Item total" if english else "商品总价", shown.price))
    rest = [
        ("Order number" if english else "订单编号", str(number)),
        ("Placed" if english else "下单时间", "2026-03-1" + str(rng.randrange(9)) + " 20:14"),
    ]
    rows = "".join(
        f"<div class=row><span class=g>{k}</span><span style='margin-left:auto'>{v}</span></div>"
        for k, v in [*sums, *rest]
    )
    address = "J*** D**, 1* Mill Lane" if english else "李** 138****00**　XX市XX区XX路"
    return (
        _status(rng)
        + f"<div class='p b' style='font-size:20px'>{head}</div><div class='card g'>{address}</div>"
        + f"<div class=card><div class=b>{escape(shown.store)} ›</div><div class=row style='margin-top:10px'>"
        + "<div class=pic style='width:88px;height:88px'></div><div style='flex:1'><div class=row>"
        + f"<div class=clamp style='flex:1'>{escape(shown.title)}</div><div style='text-align:right'>{shown.price}"
        + f"<div class=g>x1</div></div></div><div class=g>{escape(shown.said)}</div></div></div></div>"
        + f"<div class=card>{rows}</div>{_injected(shown)}{_shelf(shown, rng)}"
    )


def cart(shown: Shown, rng: random.Random) -> str:
    """A cart with one item and its sum."""
    pick = f"<span class=chip>{escape(shown.said)} ⌄</span>" if shown.said else ""
    total = "Total" if shown.english else "合计"
    return (
        _status(rng)
        + f"<div class='p b' style='font-size:20px'>{'Basket (1)' if shown.english else '购物车 (1)'}</div>"
        + f"<div class=card><div class=b>◉ {escape(shown.store)}</div><div class=row style='margin-top:10px'>"
        + "<div class=pic style='width:100px;height:100px'></div><div style='flex:1'>"
        + f"<div class=clamp>{escape(shown.title)}</div>{pick}<div class=row><span class='a b' style='font-size:18px'>"
        + f"{shown.price}</span><span style='margin-left:auto' class=g>－ 1 ＋</span></div></div></div></div>"
        + _injected(shown)
        + _shelf(shown, rng)
        + f"<div class='p row' style='position:fixed;bottom:0;width:100%;align-items:center'><span style='margin-left:auto'>{total}"
        + f" <b class=a>{shown.price}</b></span><span class=btn style='flex:none;padding:9px 22px'>"
        + f"{'Check out' if shown.english else '去结算'}</span></div>"
    )


def chat(shown: Shown, rng: random.Random) -> str:
    """A conversation with the shop: a product card, bubbles on both sides."""
    hello = "Hi, thanks for your message" if shown.english else rng.choice(["您好，很高兴为您服务", "亲亲，小店欢迎您"])
    says = "I'm looking at this" if shown.english else rng.choice(["我想看看这个", "就是这个", "帮我看一下呗"])
    pick = f"<div class=g>{escape(shown.said)}</div>" if shown.said else ""
    return (
        _status(rng)
        + f"<div class='p b' style='text-align:center'>{escape(shown.store)}</div>"
        + f"<div class=g style='text-align:center;font-size:12px'>{rng.randrange(8, 23)}:{rng.randrange(10, 59)}</div>"
        + f"<div class=p><div class=you>{hello}</div></div><div class='card row' style='margin-left:60px'>"
        + "<div class=pic style='width:76px;height:76px'></div><div style='flex:1'>"
        + f"<div class=clamp>{escape(shown.title)}</div>{pick}<div class='a b' style='font-size:17px'>{shown.price}</div></div></div>"
        + f"<div class=p><div class=me>{says}</div></div>{_injected(shown)}"
    )


def live(shown: Shown, rng: random.Random) -> str:
    """A live stream: comments of viewers above, a card of the product at the bottom."""
    comments = (
        ["Anna: hi from Leeds", "tom_88: nice colour", "Mia joined"]
        if shown.english
        else ["小鱼：主播晚上好", "阿泽 来了", "橙子：这个好看诶", "momo：已经拍了"]
    )
    lines = "".join(f"<div class=p style='padding:4px 14px;color:#fff'>{one}</div>" for one in rng.sample(comments, 3))
    pick = f"<div class=g>{escape(shown.said)}</div>" if shown.said else ""
    buy = "Buy" if shown.english else "去抢购"
    return (
        "<div style='background:linear-gradient(#3a3350,#20202c);min-height:100vh;padding-top:42vh'>"
        + f"{lines}<div class=card><div class=row><div class=pic style='width:84px;height:84px'></div><div style='flex:1'>"
        + f"<div class='b clamp'>{escape(shown.title)}</div>{pick}<div class=row style='align-items:center'>{_split(shown.price)}"
        + f"{_old(shown)}<span class=btn style='flex:none;margin-left:auto;padding:6px 16px'>{buy}</span></div></div></div></div>"
        + f"{_injected(shown)}</div>"
    )


def site(shown: Shown, rng: random.Random) -> str:
    """A wide page of a web shop: crumbs, picture on the left, everything else on the right."""
    crumbs = "Home / Shop / Details" if shown.english else "首页 > 全部商品 > 商品详情"
    chips = "".join(
        f"<div style='margin-top:8px'><span class=g>{escape(c)}　</span>"
        + "".join(f"<span class='chip {'on' if v in shown.chosen else ''}'>{escape(v)}</span>" for v in values)
        + "</div>"
        for c, values in shown.chips.items()
    )
    return (
        f"<div class='p row' style='background:#2b2b31;color:#fff'><b>{escape(shown.store)}</b></div><div class='p g'>{crumbs}</div>"
        + "<div class=row style='padding:10px 40px;gap:40px'><div class=pic style='width:420px;height:420px'></div><div style='flex:1'>"
        + f"<h1 style='font-size:24px'>{escape(shown.title)}</h1><div style='margin-top:14px'>{_split(shown.price)} {_old(shown)}</div>"
        + f"{_said(shown)}{chips}{_table(shown)}{_injected(shown)}</div></div>"
    )


def listing(shown: Shown, rng: random.Random) -> str:
    """A page of search results: the products of `shelf` in two columns."""
    cells = "".join(
        "<div class=card style='width:calc(50% - 12px);margin:6px'><div class=pic style='height:150px'></div>"
        f"<div class=clamp style='margin-top:8px'>{escape(title)}</div><div class='a b' style='font-size:19px'>{price}</div>"
        f"<div class=g style='font-size:12px'>{rng.randrange(100, 9000)}{' sold' if shown.english else '人付款'}</div></div>"
        for title, price in shown.shelf
    )
    sort = "Relevance　Price　New" if shown.english else "综合　销量　价格　筛选"
    return (
        _status(rng)
        + f"<div class='p g'>{sort}</div><div style='display:flex;flex-wrap:wrap;padding:4px'>{cells}</div>"
    )


def fault(code: str, english: bool, rng: random.Random) -> str:
    """An appliance's display in its app: a code, and that something is wrong."""
    head = rng.choice(["Device needs attention", "Stopped"] if english else ["设备异常", "运行已停止"])
    label = rng.choice(["Code", "Fault"] if english else ["故障代码", "错误码"])
    return (
        _status(rng)
        + "<div style='text-align:center;padding-top:120px'><div style='font-size:60px' class=a>!</div>"
        + f"<div class=b style='font-size:22px'>{head}</div><div style='font-size:18px;margin-top:10px'>{label} {code}</div></div>"
    )


PHONE = (detail, order, cart, chat, live)
WITH_OPTIONS = (sheet, site)


def _status(rng: random.Random) -> str:
    return f"<div class=bar><b>{rng.randrange(7, 23)}:{rng.randrange(10, 59)}</b><span>{rng.choice(['5G', '4G', 'WiFi'])} {rng.randrange(20, 99)}%</span></div>"


def _split(price: str) -> str:
    """An amount with a small sign and small decimals, as apps set it."""
    if not price:
        return ""
    sign, number = price[0], price[1:]
    whole, dot, cents = number.partition(".")
    return f"<span class=big><span style='font-size:15px'>{sign}</span>{whole}<span style='font-size:16px'>{dot}{cents}</span></span>"


def _old(shown: Shown) -> str:
    return f"<s>{shown.old}</s>" if shown.old else ""


def _said(shown: Shown) -> str:
    if not shown.said:
        return ""
    label = "Selected" if shown.english else "已选"
    return (
        f"<div class=row style='padding:10px 14px'><span class=g>{label}</span><span>{escape(shown.said)}</span></div>"
    )


def _table(shown: Shown) -> str:
    return "".join(
        f"<div class=row style='padding:5px 14px'><span class=g style='width:90px'>{escape(k)}</span><span>{escape(v)}</span></div>"
        for k, v in shown.rows
    )


def _injected(shown: Shown) -> str:
    return f"<div class='p b' style='font-size:16px'>{escape(shown.injected)}</div>" if shown.injected else ""


def _shelf(shown: Shown, rng: random.Random) -> str:
    if not shown.shelf:
        return ""
    head = rng.choice(
        ["More from this shop", "You might also like"] if shown.english else ["为你精选", "大家都在看", "看了又看"]
    )
    cells = "".join(
        "<div style='width:48%'><div class=pic style='height:110px'></div>"
        f"<div class=clamp style='font-size:13px'>{escape(t)}</div><div class='a b'>{p}</div></div>"
        for t, p in shown.shelf
    )
    return f"<div class='p b'>{head}</div><div class='row p' style='padding-bottom:70px'>{cells}</div>"


def _buttons(shown: Shown) -> str:
    cart_, buy = ("Add to basket", "Buy now") if shown.english else ("加入购物车", "立即购买")
    return f"<div class='row p'><span class=btn style='background:#ffb03a'>{cart_}</span><span class=btn>{buy}</span></div>"
