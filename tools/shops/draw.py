"""Layouts of shop pages, order pages, chats and desktop sites, and what a camera does to a screen."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc"
_INK, _GREY, _LINE = (30, 30, 34), (140, 140, 146), (228, 228, 232)
ACCENTS = [(226, 58, 48), (255, 80, 0), (16, 110, 190), (180, 30, 90), (30, 30, 30)]


@dataclass
class Shown:
    """What a picture shows. `price` "" draws none; `chips` are rows of options; `injected` a line of somebody's."""

    title: str
    price: str = ""
    old_price: str = ""
    chosen: str = ""
    chips: list[list[str]] = field(default_factory=list)
    injected: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)
    english: bool = False
    say: str = ""


def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS.format("Bold" if bold else "Regular"), round(size), index=2)


class Sheet:
    def __init__(self, width: int, height: int, color: tuple[int, int, int] = (255, 255, 255)) -> None:
        self.image = Image.new("RGB", (width, height), color)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size: float, color: tuple[int, int, int] = _INK, *, bold: bool = False
    ) -> float:
        face = font(size, bold)
        self.draw.text((x, y), text, fill=color, font=face)
        return face.getlength(text)

    def wrapped(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        width: float,
        *,
        bold: bool = False,
        color: tuple[int, int, int] = _INK,
    ) -> float:
        """Draws lines no wider than `width`; gives the y below them."""
        face, line = font(size, bold), ""
        for word in _pieces(text):
            if face.getlength(line + word) > width and line:
                self.text(x, y, line.rstrip(), size, color, bold=bold)
                y, line = y + size * 1.4, ""
            line += word
        self.text(x, y, line.rstrip(), size, color, bold=bold)
        return y + size * 1.4

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: tuple[int, int, int] | None = None,
        outline: tuple[int, int, int] | None = None,
        radius: int = 8,
    ) -> None:
        self.draw.rounded_rectangle((x0, y0, x1, y1), radius, fill=fill, outline=outline, width=2)


def phone_page(shown: Shown, rng: random.Random) -> Image.Image:
    """Picture above, a large price, the title below, options."""
    s, accent = Sheet(750, 1500), rng.choice(ACCENTS)
    s.box(0, 0, 750, 620, tuple(rng.randrange(200, 245) for _ in range(3)), radius=0)
    s.box(220, 120, 530, 520, tuple(rng.randrange(60, 190) for _ in range(3)), radius=40)
    y = 650.0
    if shown.price:
        wide = s.text(30, y, shown.price, 54, accent, bold=True)
        if shown.old_price:
            w = s.text(50 + wide, y + 26, shown.old_price, 26, _GREY)
            s.draw.line((50 + wide, y + 42, 50 + wide + w, y + 42), fill=_GREY, width=2)
        y += 90
        s.text(30, y, "Free returns" if shown.english else "满300减20  |  淘金币抵3%", 24, accent)
        y += 50
    y = s.wrapped(30, y, shown.title, 34, 680, bold=True) + 16
    s.text(30, y, "4.8 ★  1,204 ratings" if shown.english else "月销 2000+   好评率 99%   发货 杭州", 24, _GREY)
    y = _chips(s, 30, y + 60, shown, accent)
    y = _injected(s, 30, y + 20, shown)
    _shelf(s, y + 30, shown)
    return s.image


def title_first(shown: Shown, rng: random.Random) -> Image.Image:
    """The title above, then the price with a label, then a table."""
    s, accent = Sheet(720, 1280, (250, 250, 250)), rng.choice(ACCENTS)
    s.text(24, 20, "9:41", 26, bold=True)
    s.text(280, 70, "Product details" if shown.english else "商品详情", 30)
    s.box(24, 130, 696, 470, tuple(rng.randrange(170, 230) for _ in range(3)))
    y = s.wrapped(24, 500, shown.title, 36, 670) + 10
    if shown.price:
        label = rng.choice(["Price ", "Now "] if shown.english else ["价格 ", "活动价 ", "到手价 "])
        wide = s.text(24, y + 10, label, 26, _GREY)
        s.text(30 + wide, y - 6, shown.price, 46, accent, bold=True)
        y += 70
    if shown.chosen:
        s.text(24, y + 6, ("Selected: " if shown.english else "已选：") + shown.chosen, 28)
        y += 56
    y = _chips(s, 24, y + 10, shown, accent)
    rows = (
        [("Delivery", "Free, 2-3 days"), ("Returns", "30 days")]
        if shown.english
        else [("运费", "包邮"), ("保障", "7天无理由 · 运费险")]
    )
    for name, value in rows:
        s.text(24, y + 14, name, 26, _GREY)
        s.text(170, y + 14, value, 26)
        y += 52
    y = _injected(s, 24, y + 20, shown)
    s.box(0, 1180, 720, 1280, (255, 255, 255), radius=0)
    s.box(260, 1196, 470, 1262, (255, 180, 60), radius=30)
    s.text(300, 1212, "Add to bag" if shown.english else "加入购物车", 26, (255, 255, 255))
    s.box(490, 1196, 700, 1262, accent, radius=30)
    s.text(540, 1212, "Buy now" if shown.english else "立即购买", 26, (255, 255, 255))
    return s.image


def order_page(shown: Shown, rng: random.Random) -> Image.Image:
    """An order: shop, item with its options and price, totals, order number."""
    s = Sheet(750, 1000, (244, 244, 246))
    s.text(30, 40, "Order details" if shown.english else "待付款", 40, bold=True)
    s.box(20, 130, 730, 560, (255, 255, 255))
    s.text(50, 160, "Official store" if shown.english else "官方旗舰店 >", 28, bold=True)
    s.box(50, 230, 230, 410, tuple(rng.randrange(120, 220) for _ in range(3)))
    y = s.wrapped(260, 230, shown.title, 30, 440)
    if shown.chosen:
        y = s.wrapped(260, y + 6, shown.chosen, 25, 440, color=_GREY)
    if shown.price:
        s.text(260, y + 14, shown.price, 34, bold=True)
    s.text(660, y + 18, "x1", 26, _GREY)
    s.box(20, 590, 730, 760, (255, 255, 255))
    s.text(50, 620, "Shipping" if shown.english else "运费", 26, _GREY)
    s.text(600, 620, "$0.00" if shown.english else "¥0.00", 26)
    s.text(
        50,
        690,
        f"Order no. {rng.randrange(10**11, 10**12)}" if shown.english else f"订单编号：{rng.randrange(10**15, 10**16)}",
        26,
        _GREY,
    )
    _injected(s, 40, 800, shown)
    return s.image


def chat(shown: Shown, rng: random.Random) -> Image.Image:
    """A crop of a chat: a product card that was sent, and a bubble."""
    s = Sheet(720, 760, (237, 237, 240))
    s.text(300, 16, f"{rng.randrange(8, 20)}:{rng.randrange(10, 60)}", 22, _GREY)
    s.box(120, 60, 600, 330, (255, 255, 255))
    s.box(140, 80, 290, 230, tuple(rng.randrange(120, 220) for _ in range(3)))
    y = s.wrapped(310, 84, shown.title, 27, 270)
    if shown.price:
        s.text(310, y + 8, shown.price, 34, rng.choice(ACCENTS), bold=True)
    s.box(620, 60, 690, 130, (150, 190, 230), radius=35)
    say = shown.say or ("is this one still available?" if shown.english else "你好，想咨询一下这个")
    s.box(180, 370, 600, 440, (149, 236, 105))
    s.text(200, 386, say, 28)
    s.box(30, 480, 100, 550, (230, 160, 150), radius=35)
    s.box(120, 480, 520, 550, (255, 255, 255))
    s.text(140, 496, "Hello, one moment please" if shown.english else "亲，在的，请稍等", 28)
    _injected(s, 40, 600, shown)
    return s.image


def desktop(shown: Shown, rng: random.Random) -> Image.Image:
    """A wide page: picture on the left, everything else on the right, a row of other products below."""
    s, accent = Sheet(1280, 860), rng.choice(ACCENTS)
    s.box(0, 0, 1280, 64, (245, 245, 245), radius=0)
    s.text(40, 16, "MyShop" if shown.english else "优选商城", 30, accent, bold=True)
    s.text(420, 20, "Search products" if shown.english else "搜索商品", 24, _GREY)
    s.box(40, 100, 540, 600, tuple(rng.randrange(180, 235) for _ in range(3)))
    y = s.wrapped(590, 110, shown.title, 32, 640, bold=True) + 20
    if shown.price:
        s.box(590, y, 1240, y + 110, (252, 244, 240))
        wide = s.text(610, y + 42, "Price" if shown.english else "售价", 22, _GREY)
        wide += s.text(630 + wide, y + 22, shown.price, 48, accent, bold=True)
        if shown.old_price:
            s.text(670 + wide, y + 44, ("List price " if shown.english else "原价 ") + shown.old_price, 22, _GREY)
        y += 130
    if shown.chosen:
        s.text(590, y, ("Selected: " if shown.english else "已选 ") + shown.chosen, 24)
        y += 50
    y = _chips(s, 590, y, shown, accent)
    _injected(s, 590, y + 10, shown)
    _shelf(s, 640, shown)
    return s.image


LAYOUTS = [phone_page, title_first, order_page, chat, desktop]


def error_page(code: str, english: bool) -> Image.Image:
    s = Sheet(720, 900, (250, 250, 252))
    s.box(310, 180, 410, 280, (230, 90, 80), radius=50)
    s.text(343, 184, "!", 76, (255, 255, 255), bold=True)
    s.text(220, 340, "Something went wrong" if english else "操作失败，请稍后再试", 30, bold=True)
    s.text(230, 410, f"Error code: {code}" if english else f"错误代码：{code}", 28, _GREY)
    return s.image


def photographed(image: Image.Image, rng: random.Random) -> Image.Image:
    """A photo of a screen: turned, in perspective, with moire, noise, uneven light and JPEG's marks."""
    w, h = image.size
    pad = round(0.08 * w)
    framed = Image.new("RGB", (w + 2 * pad, h + 2 * pad), (40, 38, 36))
    framed.paste(image, (pad, pad))
    W, H = framed.size
    shift = lambda: rng.uniform(-0.025, 0.025)  # noqa: E731
    corners = [
        (W * shift(), H * shift()),
        (W * (1 + shift()), H * shift()),
        (W * (1 + shift()), H * (1 + shift())),
        (W * shift(), H * (1 + shift())),
    ]
    framed = framed.transform(
        (W, H),
        Image.Transform.PERSPECTIVE,
        _perspective(corners, W, H),
        Image.Resampling.BICUBIC,
        fillcolor=(40, 38, 36),
    )
    framed = framed.rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, expand=True, fillcolor=(40, 38, 36))
    a = np.asarray(framed, np.float32)
    yy, xx = np.mgrid[0 : a.shape[0], 0 : a.shape[1]]
    a *= (1 + 0.05 * np.sin((xx + 0.3 * yy) / rng.uniform(1.5, 3.0)))[..., None]
    a *= (0.8 + 0.3 * xx / a.shape[1] * rng.uniform(0.5, 1))[..., None]
    a += np.random.default_rng(rng.randrange(10**6)).normal(0, 5, a.shape)
    out = Image.fromarray(a.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.0)))
    return _jpeg(out, rng.randrange(55, 85))


def ruined(image: Image.Image, rng: random.Random) -> Image.Image:
    """A picture that nobody can read."""
    how = rng.choice(["blur", "dark", "tiny", "blank"])
    if how == "blur":
        return _jpeg(image.filter(ImageFilter.GaussianBlur(rng.uniform(11, 16))), 60)
    if how == "dark":
        a = np.asarray(image, np.float32) * 0.012 + np.random.default_rng(rng.randrange(99)).normal(
            6, 5, (image.height, image.width, 3)
        )
        return Image.fromarray(a.clip(0, 255).astype(np.uint8))
    if how == "tiny":
        small = image.resize((image.width // 14, image.height // 14), Image.Resampling.BOX)
        return small.resize((small.width * 4, small.height * 4), Image.Resampling.BICUBIC)
    return Image.new("RGB", image.size, tuple(rng.randrange(90, 220) for _ in range(3)))  # type: ignore[arg-type]


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _chips(s: Sheet, x: float, y: float, shown: Shown, accent: tuple[int, int, int]) -> float:
    for row in shown.chips:
        left = x
        for chip in row:
            wide = font(26).getlength(chip) + 36
            on = chip in shown.chosen
            s.box(left, y, left + wide, y + 52, (255, 240, 236) if on else (243, 243, 245), accent if on else None)
            s.text(left + 18, y + 8, chip, 26, accent if on else _INK)
            left += wide + 20
        y += 72
    return y


def _injected(s: Sheet, x: float, y: float, shown: Shown) -> float:
    return s.wrapped(x, y, shown.injected, 30, s.image.width - x - 40, bold=True) if shown.injected else y


def _shelf(s: Sheet, y: float, shown: Shown) -> None:
    if not shown.others or y > s.image.height - 200:
        return
    s.text(30, y, "You may also like" if shown.english else "猜你喜欢", 28, bold=True)
    for number, (title, price) in enumerate(shown.others[:2]):
        x = 30 + number * (s.image.width // 2)
        s.wrapped(x, y + 60, title, 24, s.image.width / 2 - 60)
        s.text(x, y + 150, price, 32, ACCENTS[0], bold=True)


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces, between Chinese characters."""
    out, word = [], ""
    for character in text:
        if "一" <= character <= "鿿":
            out += [word, character] if word else [character]
            word = ""
        else:
            word += character
            if character == " ":
                out.append(word)
                word = ""
    return [*out, word] if word else out


def _perspective(corners: list[tuple[float, float]], w: int, h: int) -> list[float]:
    rows, right = [], []
    for (x, y), (u, v) in zip([(0, 0), (w, 0), (w, h), (0, h)], corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return list(np.linalg.solve(np.array(rows, float), np.array(right, float)))


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")
