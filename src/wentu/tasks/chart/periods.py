"""Places with an order: years, months, quarters, weekdays, numbers; their positions, and the names that come next."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from wentu.tasks.chart.numbers import parse_number

CYCLES: tuple[tuple[str, ...], ...] = (
    ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"),
    tuple(f"{k}月" for k in range(1, 13)),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"),
    ("Q1", "Q2", "Q3", "Q4"),
    ("第一季度", "第二季度", "第三季度", "第四季度"),
    ("一季度", "二季度", "三季度", "四季度"),
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)  # fmt: skip
_COUNTED = re.compile(r"^(\D*?)(\d+)(\D*)$")


def ordered(labels: Sequence[str]) -> bool:
    """Whether the places follow each other as time or numbers do, so that one can go on."""
    return len(labels) >= 2 and (_even_numbers(labels) is not None or _cycle(labels) is not None or _counted(labels))


def positions(labels: Sequence[str]) -> list[float]:
    """The place of each label: its own number where numbers stand at even distances, else 1, 2, 3 ..."""
    numbers = _even_numbers(labels)
    return numbers if numbers is not None else [float(k) for k in range(1, len(labels) + 1)]


def period_name(labels: Sequence[str], ahead: int) -> str:
    """The name of the place that many periods after the last label; `+3` where names have no order."""
    numbers = _even_numbers(labels)
    if numbers is not None:
        value = numbers[-1] + ahead * (numbers[1] - numbers[0])
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    found = _cycle(labels)
    if found is not None:
        cycle, last = found
        return cycle[(last + ahead) % len(cycle)]
    if _counted(labels) and (match := _COUNTED.match(labels[-1])):
        return f"{match[1]}{int(match[2]) + ahead}{match[3]}"
    return f"+{ahead}"


def ahead_of(labels: Sequence[str], name: str) -> int | None:
    """How many periods after the last label a named place stands; None where it does not follow."""
    for ahead in range(1, 61):
        following = period_name(labels, ahead)
        if _same(following, name) or (_same(re.sub(r"\D", "", following), name) and _even_numbers(labels) is not None):
            return ahead
    found = _cycle(labels)
    number = parse_number(name)
    if found is not None and number is not None and number.is_integer():
        _, last = found
        return int(number) - 1 - last if number - 1 > last and number <= last + 61 else None
    return None


def _same(a: str, b: str) -> bool:
    return a.strip().casefold() == b.strip().casefold()


def _even_numbers(labels: Sequence[str]) -> list[float] | None:
    values = [parse_number(re.sub(r"[年岁周日天]$", "", label.strip())) for label in labels]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(labels) or len(numbers) < 2:
        return None
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return numbers if steps[0] > 0 and max(steps) - min(steps) < 1e-6 * abs(steps[0]) + 1e-9 else None


def _cycle(labels: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """The cycle that the labels run through one by one, and the index of the last."""
    for cycle in CYCLES:
        lower = [name.casefold() for name in cycle]
        try:
            at = [lower.index(label.strip().casefold()) for label in labels]
        except ValueError:
            continue
        if all((b - a) % len(cycle) == 1 for a, b in itertools.pairwise(at)):
            return cycle, at[-1]
    return None


def _counted(labels: Sequence[str]) -> bool:
    matches = [_COUNTED.match(label.strip()) for label in labels]
    found = [(m[1], int(m[2]), m[3]) for m in matches if m]
    return (
        len(found) == len(labels) >= 2
        and len({(a, c) for a, _, c in found}) == 1
        and all(b[1] - a[1] == 1 for a, b in itertools.pairwise(found))
    )
