"""What is to be drawn: random tables with a look, seeded, in Chinese and English."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TYPES = ("bar", "bar_horizontal", "bar_grouped", "bar_stacked", "line", "line", "scatter", "pie", "donut", "area")


@dataclass(frozen=True, slots=True)
class Words:
    """Names in one language. Categories that follow each other in time come first."""

    ordered: tuple[tuple[str, ...], ...]
    unordered: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    titles: tuple[str, ...]
    x_labels: tuple[str, ...]
    y_labels: tuple[str, ...]


_YEARS = tuple(str(year) for year in range(2012, 2025))
_DATES = tuple(f"2024-{month:02d}" for month in range(1, 13))
CHINESE = Words(
    (tuple(f"{k}月" for k in range(1, 13)), _YEARS, ("第一季度", "第二季度", "第三季度", "第四季度"), _DATES),
    (
        ("北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京"),
        ("苹果", "香蕉", "橙子", "葡萄", "西瓜"),
        ("语文", "数学", "英语", "物理", "化学", "生物"),
        ("餐饮", "交通", "住房", "教育", "医疗", "娱乐"),
    ),
    ("产品甲", "产品乙", "门店", "线上", "一班", "二班", "男生", "女生", "华东", "华南", "去年", "今年"),
    ("2024年销售情况", "各城市用电量", "学生成绩分析", "家庭支出构成", "用户数量变化", "产量统计"),
    ("月份", "城市", "年份", "类别", ""),
    ("销售额（万元）", "数量", "人数", "用电量（度）", ""),
)
ENGLISH = Words(
    (("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"), _YEARS, ("Q1", "Q2", "Q3", "Q4"), _DATES),
    (
        ("Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Oslo"),
        ("Apples", "Bananas", "Cherries", "Grapes", "Melons"),
        ("Maths", "Physics", "History", "Biology", "Music"),
        ("Rent", "Food", "Travel", "Health", "School", "Other"),
    ),
    ("North", "South", "East", "West", "Online", "Store", "Boys", "Girls", "Plan A", "Plan B"),
    ("Sales by region", "Power use by city", "Grades of the class", "Household budget", "Visitors per week"),
    ("Month", "City", "Year", "Category", ""),
    ("Revenue (USD)", "Count", "Visitors", "Energy (kWh)", ""),
)
PALETTES = (
    ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22"),
    ("#5470c6", "#91cc75", "#fac858", "#ee6666", "#73c0de", "#3ba272", "#fc8452", "#9a60b4", "#ea7ccc"),
    ("#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f"),
    ("#36a2eb", "#ff6384", "#4bc0c0", "#ff9f40", "#9966ff", "#ffcd56", "#2f7f33", "#a03060", "#606c38"),
    ("#003f5c", "#bc5090", "#ffa600", "#58508d", "#ff6361", "#488f31", "#7a5195", "#b3475e", "#2f7e9d"),
)


@dataclass(frozen=True, slots=True)
class Spec:
    """One chart. `rows` are (name, values, own x or None); `look` holds the drawers' choices by name."""

    type: str
    title: str
    x_label: str
    y_label: str
    x: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...], tuple[float, ...] | None], ...]
    horizontal: bool
    labels: bool
    log: bool
    look: Mapping[str, Any]
    seed: str

    @property
    def colors(self) -> Sequence[str]:
        return PALETTES[self.look["palette"]]

    def truth(self, renderer: str) -> dict[str, Any]:
        """What `wentu eval charts` reads."""
        series = [{"name": name, "values": values, "x": own} for name, values, own in self.rows]
        return {
            "type": self.type,
            "title": self.title,
            "x_label": self.x_label,
            "y_label": self.y_label,
            "x": self.x,
            "series": series,
            "labels": self.labels,
            "renderer": renderer,
        }


def make(seed: str, kind: str) -> Spec:
    """The chart of that seed."""
    rng = random.Random(seed)
    words = rng.choice((CHINESE, ENGLISH))
    scale = rng.choice((8, 60, 95, 400, 1500, 12_000, 250_000))
    timed = kind in ("line", "area") or rng.random() < 0.4
    names = rng.choice(words.ordered if timed and kind not in ("pie", "donut") else words.unordered)
    number = rng.randint(4, min(len(names), 8 if kind in ("pie", "donut") else 12))
    start = rng.randint(0, len(names) - number)
    x = () if kind == "scatter" else names[start : start + number]
    count = {"bar_grouped": rng.randint(2, 3), "bar_stacked": rng.randint(2, 4), "line": rng.randint(1, 3)}.get(kind, 1)
    if kind in ("scatter", "area"):
        count = rng.choice((1, 1, 2))
    log = kind == "line" and rng.random() < 0.1
    rows = [_row(rng, name, kind, number, scale, log) for name in rng.sample(words.names, count)]
    horizontal = kind == "bar_horizontal" or (kind in ("bar_grouped", "bar_stacked") and rng.random() < 0.25)
    labels = kind not in ("scatter", "area") and rng.random() < 0.35
    return Spec(
        kind, rng.choice(words.titles), rng.choice(words.x_labels), rng.choice(words.y_labels), tuple(x), tuple(rows),
        horizontal, labels, log, _look(rng), seed,
    )  # fmt: skip


def _row(
    rng: random.Random, name: str, kind: str, number: int, scale: float, log: bool
) -> tuple[str, tuple[float, ...], tuple[float, ...] | None]:
    if kind == "scatter":
        xs = tuple(_round(rng.uniform(5, 95), 50) for _ in range(rng.randint(8, 22)))
        slope = rng.uniform(0.3, 0.9) * scale / 100
        ys = (max(0.05 * scale, slope * x + rng.gauss(0, 0.1 * scale) + 0.1 * scale) for x in xs)
        return name, tuple(_round(y, scale) for y in ys), xs
    if log:
        return name, tuple(round(10 ** rng.uniform(0.5, 4)) for _ in range(number)), None
    base, slope = rng.uniform(0.3, 0.8) * scale, rng.uniform(-0.04, 0.08) * scale
    noise = rng.choice((0.02, 0.08, 0.2)) * scale
    values = (max(0.05 * scale, base + slope * k + rng.gauss(0, noise)) for k in range(number))
    return name, tuple(_round(value, scale) for value in values), None


def _round(value: float, scale: float) -> float:
    """Three significant digits of the scale."""
    digits = max(0, 2 - math.floor(math.log10(scale)))
    return round(value, digits) if digits else round(value)


def _look(rng: random.Random) -> dict[str, Any]:
    return {
        "palette": rng.randrange(len(PALETTES)),
        "dark": rng.random() < 0.12,
        "width": rng.choice((600, 720, 820, 960)),
        "height": rng.choice((380, 440, 500, 560)),
        "font": rng.choice((11, 12, 13, 15)),
        "grid": rng.choice(("y", "y", "both", "none")),
        "dashed": rng.random() < 0.3,
        "legend": rng.choice(("top", "bottom", "right", "inside", "ends")),
        "swatch": rng.choice(("square", "circle", "line")),
        "marker": rng.choice(("", "circle", "hollow", "square", "diamond")),
        "stroke": rng.choice((1.2, 2, 2.5, 3.5)),
        "gap": rng.choice((0.15, 0.3, 0.5)),
        "touching": rng.random() < 0.6,
        "outline": rng.random() < 0.2,
        "rounded": rng.random() < 0.25,
        "ticks": rng.choice(("plain", "comma", "short")),
        "slanted": rng.choice((0, 0, 0, 45, 90)),
        "panel": rng.random() < 0.15,
        "frame": rng.choice(("left-bottom", "box", "bottom")),
        "title": rng.choice(("middle", "left")),
        "y_label": rng.choice(("turned", "above")),
        "wedge_names": rng.choice(("outside", "leader", "legend")),
        "turn": rng.choice((0, 0, 40, 90)),
        "opacity": rng.choice((1.0, 0.8, 0.55)),
        "zero": rng.random() < 0.6,
        "varied": rng.random() < 0.15,
        "scale": rng.choice((1, 1, 1.5, 2)),
    }
