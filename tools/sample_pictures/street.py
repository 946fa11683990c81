"""A street at dusk, seen as a phone would: perspective, shade, grain and a little blur."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sample_pictures.canvas import SCALE, Canvas, Point

_WIDTH, _HEIGHT = 1440, 1080


def draw() -> Image.Image:
    c = Canvas(_WIDTH, _HEIGHT)
    _sky(c)
    _far_houses(c)
    _ground(c)
    _lay(c, _row_of_shops(), [(0, -60), (900, 330), (900, 690), (0, 930)])
    _lay(c, _brick_wall(), [(1130, 420), (1440, 210), (1440, 840), (1130, 672)])
    _lamp(c)
    _bicycle(c, 620, 842)
    return _as_photographed(c.finished())


def _sky(c: Canvas) -> None:
    c.gradient(0, 0, _WIDTH, 420, "#36507c", "#e6a877")
    c.gradient(0, 420, _WIDTH, 640, "#e6a877", "#f2d0a4")


def _far_houses(c: Canvas) -> None:
    dice = random.Random(3)
    x = 860.0
    while x < 1180:
        width, top = dice.randint(34, 70), dice.randint(430, 560)
        c.box(x, top, x + width, 690, dice.choice(["#7d6f80", "#8a7784", "#6d6478"]))
        for row in range(top + 14, 670, 26):
            for column in range(round(x) + 8, round(x + width) - 10, 18):
                lit = dice.random() < 0.4
                c.box(column, row, column + 8, row + 12, "#f5d58a" if lit else "#5c5468")
        x += width + 4


def _ground(c: Canvas) -> None:
    c.gradient(0, 660, _WIDTH, _HEIGHT, "#6c655f", "#3d3a3a")
    c.polygon([(0, 930), (900, 688), (980, 688), (330, 1080), (0, 1080)], "#8d857b")
    for i in range(9):
        t = (i / 9) ** 1.7
        c.line([(900 - 900 * t, 688 + 242 * t), (980 - 650 * t, 688 + 392 * t)], "#7b736a", 2 + 2 * t)
    c.polygon([(1130, 668), (1072, 688), (1330, 1080), (1440, 1080), (1440, 836)], "#857c72")
    for i in range(5):
        t = 0.12 + i * 0.19
        x, y = 1040 - 60 * t, 690 + 390 * t
        c.polygon([(x, y), (x + 6 + 16 * t, y), (x + 4 + 14 * t, y + 40 * t), (x - 10 * t, y + 40 * t)], "#c9c2b4")


def _row_of_shops() -> Image.Image:
    """The left side of the street seen straight on; `_lay` puts it into perspective."""
    c = Canvas(1500, 900, "#a58c78")
    dice = random.Random(11)
    for y in range(0, 300, 22):
        for x in range(-40 * (y // 22 % 2), 1500, 80):
            shade = dice.randint(-8, 8)
            c.box(x + 1, y + 1, x + 78, y + 20, (160 + shade, 132 + shade, 112 + shade))
    for x in (90, 330, 620, 860, 1120, 1330):
        lit = x in (330, 1120)
        c.box(x, 60, x + 130, 240, "#5d4a3d", radius=4)
        c.gradient(x + 8, 68, x + 122, 232, "#ffe3a1" if lit else "#56657a", "#f5b95f" if lit else "#2f3b4c")
        c.line([(x + 65, 68), (x + 65, 232)], "#5d4a3d", 5)
    _shop(c, 30, "小满茶铺", "XIAOMAN TEA", "#2f5d46", "#f7e7b2")
    _shop(c, 530, "半日书店", "旧书 · 文具", "#7a3328", "#ffe9c9")
    _shop(c, 1030, "老街面馆", "手工拉面", "#324a72", "#ffffff")
    for x in (150, 360):
        c.box(x, 800, x + 12, 884, "#3a2d25")
    c.box(112, 704, 412, 832, "#30281f", radius=8)
    c.text((140, 760), "今日特价", 34, "#f6f1e4", face="bold")
    c.text((140, 806), "茉莉奶绿 12 元", 34, "#ffe08a", face="bold")
    return c.image


def _shop(c: Canvas, x: float, name: str, small: str, board: str, ink: str) -> None:
    c.box(x, 320, x + 440, 880, "#4b3b31")
    c.gradient(x + 16, 470, x + 424, 868, "#ffd58c", "#c98442")
    for post in (x + 16, x + 220, x + 416):
        c.box(post, 470, post + 10, 868, "#3a2d25")
    for i in range(3):
        c.box(x + 244, 560 + i * 90, x + 408, 566 + i * 90, "#8a5a2e")
        for j in range(5):
            c.box(
                x + 250 + j * 32,
                520 + i * 90,
                x + 272 + j * 32,
                560 + i * 90,
                ("#b5482f", "#3f6c59", "#d9b25f")[(i + j) % 3],
            )
    c.gradient(x - 14, 300, x + 454, 440, board, board)
    c.box(x - 6, 308, x + 446, 432, outline=ink, width=3)
    c.text((x + 220, 386), name, 74, ink, face="serif-bold", anchor="ms")
    c.text((x + 220, 422), small, 26, ink, anchor="ms")
    for i in range(11):
        left = x - 14 + i * 42.6
        c.polygon([(left, 440), (left + 42.6, 440), (left + 46, 492), (left - 4, 492)], board if i % 2 else "#efe6d4")


def _brick_wall() -> Image.Image:
    c = Canvas(700, 900, "#6f5a50")
    dice = random.Random(5)
    for y in range(0, 900, 26):
        for x in range(-36 * (y // 26 % 2), 700, 72):
            shade = dice.randint(-10, 10)
            c.box(x + 2, y + 2, x + 70, y + 24, (118 + shade, 86 + shade, 74 + shade))
    c.box(150, 300, 560, 520, "#1f4e8c", radius=16)
    c.box(160, 310, 550, 510, outline="white", width=5, radius=12)
    c.text((355, 400), "银杏路", 84, "white", face="bold", anchor="ms")
    c.text((355, 470), "YINXING RD.", 42, "white", anchor="ms")
    return c.image


def _lay(c: Canvas, flat: Image.Image, corners: list[Point]) -> None:
    """Puts a flat picture into the quadrilateral given clockwise from top left."""
    target = [(x * SCALE, y * SCALE) for x, y in corners]
    w, h = flat.size
    rows, values = [], []
    for (x, y), (u, v) in zip(target, ((0, 0), (w, 0), (w, h), (0, h)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    coefficients = np.linalg.solve(np.array(rows, float), np.array(values, float))
    warped = flat.transform(c.image.size, Image.Transform.PERSPECTIVE, list(coefficients), Image.Resampling.BICUBIC)
    mask = Image.new("L", c.image.size, 0)
    ImageDraw.Draw(mask).polygon(target, fill=255)
    c.image.paste(warped, mask=mask)


def _lamp(c: Canvas) -> None:
    c.box(1118, 300, 1128, 744, "#23262b", radius=4)
    c.line([(1123, 312), (1070, 296)], "#23262b", 8)
    glow = Image.new("RGB", c.image.size, "black")
    ImageDraw.Draw(glow).ellipse([v * SCALE for v in (970, 220, 1150, 400)], fill="#7a5c26")
    c.image.paste(ImageChops.add(c.image, glow.filter(ImageFilter.GaussianBlur(40 * SCALE))))
    c.ellipse(1042, 286, 1084, 314, "#fff0c2")


def _bicycle(c: Canvas, x: float, y: float) -> None:
    dark = "#1e2226"
    for wheel in (x, x + 150):
        c.ellipse(wheel - 52, y - 52, wheel + 52, y + 52, outline=dark, width=6)
        for dx, dy in ((50, 0), (25, 43), (-25, 43)):
            c.line([(wheel - dx, y - dy), (wheel + dx, y + dy)], "#4a4f55", 1)
    frame = [(x, y), (x + 44, y - 78), (x + 126, y - 84), (x + 66, y), (x, y)]
    c.line(frame, "#b3472f", 7)
    c.line([(x + 66, y), (x + 44, y - 78), (x + 38, y - 98)], "#b3472f", 7)
    c.line([(x + 150, y), (x + 122, y - 104), (x + 144, y - 112)], dark, 6)
    c.box(x + 16, y - 106, x + 60, y - 97, dark, radius=4)


def _as_photographed(image: Image.Image) -> Image.Image:
    """Light falls off to the corners, the lens is a little soft, the sensor is a little noisy."""
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    y, x = np.mgrid[-1 : 1 : _HEIGHT * 1j, -1 : 1 : _WIDTH * 1j]
    shade = 1.04 - 0.30 * (x**2 + y**2) / 2
    noise = np.random.default_rng(20).normal(0, 4.0, (_HEIGHT, _WIDTH, 1))
    lit = (pixels * np.array([1.03, 1.0, 0.95]) + noise) * shade[..., None]
    return Image.fromarray(lit.clip(0, 255).astype(np.uint8))
