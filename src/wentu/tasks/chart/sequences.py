"""Names that follow each other (years, months, quarters, dates): those that are missing or misread, from the others."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from wentu.tasks.chart.periods import CYCLES

_COUNTED = re.compile(r"^(\D*?)(\d{1,4})(\D*)$")
_MONTH = re.compile(r"^((?:19|20)\d\d)\s*([-/.年])\s*(\d{1,2})(月?)$")
# A rule holds when this share of the names, and at least so many of them, follow it.
_SHARE, _LEAST = 0.6, 3
# A name of which a third of the letters is right may be the wanted one, misread.
_NEAR = 0.67


@dataclass(frozen=True, slots=True)
class Rule:
    """Names as whole numbers: the one at place `k` is that of `start + step * k`. `follows` are the names that count
    in that way, whether they are at their place or not."""

    start: int
    step: int
    name: Callable[[int], str]
    follows: frozenset[str]

    def at(self, place: int) -> str:
        """The name at a place."""
        return self.name(self.start + self.step * place)

    def between(self, place: int) -> str:
        """The name at a place counted in single steps from the first."""
        return self.name(self.start + place)


def rule_of(names: Sequence[str], places: Sequence[int]) -> Rule | None:
    """The rule that most of the names at these places follow; None where they follow none."""
    for numbers, name, length in _readings(names):
        known = [(place, number) for place, number in zip(places, numbers, strict=True) if number is not None]
        best = max(
            (_line(a, b, known, length) for a, b in combinations(known, 2)), key=lambda found: found[0], default=None
        )
        if best is not None and best[0] >= max(_LEAST, _SHARE * len(names)):
            return Rule(best[1], best[2], name, _in_order(names, numbers, length))
    return None


def _in_order(names: Sequence[str], numbers: Sequence[int | None], length: int) -> frozenset[str]:
    """The names whose number stands between its neighbours' (`69月` after `5月` and before `7月` is a misread one)."""
    known = [(text, number) for text, number in zip(names, numbers, strict=True) if number is not None]

    def stands(k: int) -> bool:
        before, after = known[max(0, k - 1)][1], known[min(len(known) - 1, k + 1)][1]
        return length > 0 or k in (0, len(known) - 1) or before >= after or before < known[k][1] < after

    return frozenset(text for k, (text, _) in enumerate(known) if stands(k))


def _line(
    a: tuple[int, int], b: tuple[int, int], known: Sequence[tuple[int, int]], length: int
) -> tuple[int, int, int]:
    """How many of the known numbers lie on the line through two of them, its start and its step."""
    rise = (b[1] - a[1]) % length if length else b[1] - a[1]
    run = b[0] - a[0]
    if run <= 0 or rise <= 0 or rise % run:
        return 0, 0, 0
    step = rise // run
    start = a[1] - step * a[0]
    off = [number - start - step * place for place, number in known]
    return sum((one % length if length else one) == 0 for one in off), start, step


def _readings(names: Sequence[str]) -> Iterator[tuple[list[int | None], Callable[[int], str], int]]:
    """The names as numbers in each way of counting, with the way back and the cycle's length (0 for none)."""
    plain = [unicodedata.normalize("NFKC", name).strip() for name in names]
    yield from _dates(plain)
    yield from _counted(plain)
    for cycle in CYCLES:
        lower = [name.casefold() for name in cycle]
        numbers = [lower.index(name.casefold()) if name.casefold() in lower else None for name in plain]
        yield numbers, partial(_in_cycle, cycle), len(cycle)


def _in_cycle(cycle: Sequence[str], number: int) -> str:
    return cycle[number % len(cycle)]


def _dates(names: Sequence[str]) -> Iterator[tuple[list[int | None], Callable[[int], str], int]]:
    matches = [_MONTH.match(name) for name in names]
    found = [match for match in matches if match]
    if not found:
        return
    between, tail = found[0][2], found[0][4]
    padded = any(match[3].startswith("0") for match in found)
    numbers = [12 * int(m[1]) + int(m[3]) - 1 if m and 1 <= int(m[3]) <= 12 else None for m in matches]

    def name(number: int) -> str:
        month = number % 12 + 1
        return f"{number // 12}{between}{month:02d}{tail}" if padded else f"{number // 12}{between}{month}{tail}"

    yield numbers, name, 0


def _counted(names: Sequence[str]) -> Iterator[tuple[list[int | None], Callable[[int], str], int]]:
    matches = [_COUNTED.match(name) for name in names]
    around = Counter((m[1], m[3]) for m in matches if m)
    if not around:
        return
    (before, after), _ = around.most_common(1)[0]
    numbers = [int(m[2]) if m and (m[1], m[3]) == (before, after) else None for m in matches]
    yield numbers, lambda number: f"{before}{number}{after}", 0


def repaired(names: Sequence[str], places: Sequence[int] | None = None) -> tuple[str, ...]:
    """The names at their places (0, 1, 2 ... where none are given), from the first to the last of them.

    A name that is missing, or that is a number or month but for a letter, follows the rule of the others.
    """
    at = list(range(len(names))) if places is None else list(places)
    given = dict(zip(at, names, strict=True))
    rule = rule_of([name for name in names if name], [place for place, name in given.items() if name])
    every = range(min(at), max(at) + 1) if at else ()
    if rule is None:
        return tuple(given.get(place, "") for place in every)
    return tuple(_mended(given.get(place, ""), rule.at(place), rule) for place in every)


def _mended(name: str, wanted: str, rule: Rule) -> str:
    if not name:
        return wanted
    near = Levenshtein.normalized_distance(name.casefold(), wanted.casefold()) <= _NEAR
    near = near or len(name) == 1 or name in wanted
    return wanted if name not in rule.follows and near else name
