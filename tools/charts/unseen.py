"""Charts in styles that the reading was not made on: other words, sizes and number forms, values below zero, bars from
the bottom up, dates, names in two languages, labels inside and outside. The same `Spec`, so every drawer draws them."""

from __future__ import annotations

import datetime
import random
from typing import Any

from charts.spec import TYPES, Spec, _round

KINDS = (*TYPES, "line", "bar_grouped")
_MONTHS = tuple(f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13))
ORDERED = (
    tuple(str(year) for year in range(1998, 2026)),
    tuple(f"{year}年" for year in range(2008, 2026)),
    tuple(f"{k}月" for k in range(1, 13)),
    tuple(f"第{k}周" for k in range(1, 13)),
    tuple(f"Week {k}" for k in range(1, 11)),
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    tuple(f"{year}Q{k}" for year in (2021, 2022, 2023) for k in range(1, 5)),
    _MONTHS,
    tuple(f"{day}日" for day in range(1, 29, 3)),
)
UNORDERED = (
    ("江苏", "浙江", "山东", "河南", "四川", "福建", "湖南", "安徽"),
    ("人工智能", "云计算", "大数据", "物联网", "区块链", "网络安全"),
    ("研发部", "市场部", "销售部", "客服中心", "财务部", "人力资源部"),
    ("苹果 Apple", "香蕉 Banana", "葡萄 Grape", "西瓜 Melon", "桃 Peach"),
    ("煤炭", "天然气", "水电", "核电", "风电", "太阳能"),
    ("Spain", "Germany", "Netherlands", "Poland", "Sweden", "Portugal", "Greece"),
    ("Search", "Social media", "Direct", "E-mail", "Referral", "Partner"),
    ("Under 18", "18-24", "25-34", "35-44", "45-54", "55+"),
    ("iOS", "Android", "Windows", "macOS", "Linux"),
)
NAMES = (
    ("目标", "实际", "预测"),
    ("2021年", "2022年", "2023年", "2024年"),
    ("东部", "中部", "西部", "东北"),
    ("A产品", "B产品", "C产品", "D产品", "E产品"),
    ("Budget", "Actual", "Outlook"),
    ("Desktop", "Mobile", "Tablet", "TV"),
    ("Model S", "Model T", "Model X", "Model Y", "Model Z"),
    ("收入 Income", "支出 Expense", "结余 Balance"),
)
TITLES = (
    "各部门预算执行情况",
    "2023年度经营数据",
    "Quarterly results",
    "能源结构 Energy mix",
    "How customers find us",
    "",
)
X_LABELS = ("时间", "地区", "Period", "Group", "", "")
Y_LABELS = {
    "plain": ("产值（亿元）", "Units sold", "人数 / 人", ""),
    "comma": ("金额（元）", "Amount (EUR)", ""),
    "wan": ("访问量", "销售额（元）", ""),
    "percent": ("占比（%）", "Share", "完成率", ""),
    "decimal": ("温度 ℃", "Rate", "长度/cm"),
}
SCALES = {
    "plain": (40, 300, 900),
    "comma": (4_000, 60_000, 900_000),
    "wan": (90_000, 800_000),
    "percent": (40, 90),
    "decimal": (2, 8),
}


def make(seed: str, kind: str) -> Spec:
    """The chart of that seed in an unseen style."""
    rng = random.Random(f"unseen/{seed}")
    # Shares are printed by the drawers: a pie's own values are no percentages.
    form = rng.choice([one for one in SCALES if one != "percent" or kind not in ("pie", "donut")])
    scale = rng.choice(SCALES[form])
    timed = kind in ("line", "area") or rng.random() < 0.35
    pie = kind in ("pie", "donut")
    names = rng.choice(ORDERED if timed and not pie else UNORDERED)
    most = 16 if kind in ("line", "area") else 8
    number = min(len(names), rng.randint(4, most))
    start = rng.randint(0, len(names) - number)
    count = {"bar_grouped": (2, 3), "bar_stacked": (2, 4), "line": (1, 5), "scatter": (1, 2), "area": (1, 2)}
    series = rng.sample(rng.choice([one for one in NAMES if len(one) >= 3]), 3)
    series = [*series, "其他 Other", "合计 Total"][: rng.randint(*count.get(kind, (1, 1)))]
    log = kind == "line" and form in ("plain", "comma") and rng.random() < 0.12
    below = kind in ("bar", "bar_grouped", "line") and not log and rng.random() < 0.15
    rows = tuple(_row(rng, name, kind, number, scale, log, below) for name in series)
    chosen = tuple(names[start : start + number])
    horizontal = kind == "bar_horizontal" or (kind in ("bar_grouped", "bar_stacked") and rng.random() < 0.35)
    return Spec(
        kind, rng.choice(TITLES), rng.choice(X_LABELS), rng.choice(Y_LABELS[form]),
        () if kind == "scatter" else chosen, rows, horizontal,
        kind not in ("scatter", "area") and rng.random() < 0.45 and (kind != "line" or (number < 11 and len(rows) < 3)),
        log, _with_room(_look(rng, form, timed, names is _MONTHS), chosen), seed,
    )  # fmt: skip


def _row(
    rng: random.Random, name: str, kind: str, number: int, scale: float, log: bool, below: bool
) -> tuple[str, tuple[float, ...], tuple[float, ...] | None]:
    if kind == "scatter":
        xs = tuple(round(rng.uniform(2, 48), 1) for _ in range(rng.randint(7, 25)))
        return name, tuple(_round(scale * (0.2 + 0.015 * x + rng.gauss(0, 0.08)), scale) for x in xs), xs
    if log:
        return name, tuple(round(10 ** rng.uniform(1, 5)) for _ in range(number)), None
    level, slope = rng.uniform(0.15, 0.7), rng.uniform(-0.03, 0.06)
    noise = rng.choice((0.02, 0.06, 0.15))
    found = [max(0.04, level + slope * k + rng.gauss(0, noise)) for k in range(number)]
    if below:
        found = [value - 0.35 if abs(value - 0.35) > 0.04 else 0.1 for value in found]
    return name, tuple(_round(scale * value, scale) for value in found), None


def _look(rng: random.Random, form: str, timed: bool, dates: bool) -> dict[str, Any]:
    return {
        "palette": rng.randrange(5),
        "theme": rng.randrange(1000),
        "dark": False,
        "width": rng.choice((430, 520, 640, 800, 1050)),
        "height": rng.choice((300, 360, 450, 600)),
        "font": rng.choice((10, 11, 12, 14)),
        "face": rng.choice(("Noto Sans CJK SC", "Noto Sans CJK SC", "LXGW WenKai", "AR PL UMing CN")),
        "grid": rng.choice(("y", "both", "none", "none")),
        "dashed": rng.random() < 0.4,
        "legend": rng.choice(("top", "bottom", "right", "inside")),
        "marker": rng.choice(("", "circle", "hollow", "square", "diamond")),
        "stroke": rng.choice((1, 1.6, 2.2, 3)),
        "gap": rng.choice((0.1, 0.25, 0.45, 0.6)),
        "outline": rng.random() < 0.25,
        "form": form,
        "ticks": "plain",
        "slanted": rng.choice((0, 0, 30, 45, 60, 90)),
        "frame": rng.choice(("left-bottom", "box", "bottom")),
        "title": rng.choice(("middle", "left")),
        "wedge_names": rng.choice(("outside", "legend")),
        "turn": rng.choice((0, 30, 90, 140)),
        "opacity": rng.choice((1.0, 0.85, 0.7)),
        "zero": rng.random() < 0.5,
        "inside": rng.random() < 0.4,
        "upwards": timed and rng.random() < 0.5,
        "dates": dates,
        "scale": rng.choice((1, 1, 1.25, 2)),
    }


def _with_room(look: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The look with slanted names where level ones would run into each other."""
    letters = sum(len(name.encode("gbk", "ignore")) + 2 for name in names)
    if look["slanted"] == 0 and letters * 0.55 * look["font"] > 0.75 * look["width"]:
        look["slanted"] = 45
    return look


def said(value: float, form: str) -> str:
    """A value as the chart prints it, on ticks and on marks."""
    if form == "wan":
        return "0" if value == 0 else f"{round(value / 10_000, 1 if value >= 100_000 else 2):g}万"
    if form == "percent":
        return f"{value:g}%"
    return f"{value:,.0f}" if form == "comma" else f"{value:g}"


def day(name: str) -> datetime.date:
    """The first of a month that is written as 2021-03."""
    return datetime.date.fromisoformat(f"{name}-01")
