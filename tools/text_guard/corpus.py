"""The training sentences: read from the files beside this module, with their choices filled in."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SAFE = "safe"
# A line with many choices gives at most so many sentences an epoch, one without any still so many (dressed in turn).
MOST, FEWEST = 24, 5
_CHOICE = re.compile(r"\[([^\[\]]*)\](\??)")
_LIST = re.compile(r"\{(\w+)\}")
_BEFORE = ("请问，", "你好，", "麻烦问下，", "在吗？", "那个，", "急！", "我想问一下，", "老铁们，", "大家好，")
_AFTER = ("，谢谢", "，在线等", "，急", "，求回复", "？", "！", "。", "吧", "呢", "，多谢各位")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: a template with its label. `number` is its place in the whole corpus."""

    label: str
    template: str
    number: int


def lines() -> list[Line]:
    """All lines, harmful ones first."""
    rows = [*_rows(HERE / "unsafe.txt"), *_rows(HERE / "safe.txt")]
    return [Line(label, template, number) for number, (label, template) in enumerate(rows)]


def sentences(line: Line, safe: list[Line], rng: random.Random) -> Iterator[str]:
    """Sentences of a line in several dresses: bare, with a beginning or an end, or beside a harmless sentence."""
    for _ in range(min(max(choices(line.template), FEWEST), MOST)):
        text = fill(line.template, rng)
        dress = rng.random()
        if dress < 0.15:
            text = rng.choice(_BEFORE) + text
        elif dress < 0.3:
            text = text + rng.choice(_AFTER)
        elif dress < 0.5:
            other = fill(rng.choice(safe).template, rng)
            text = f"{other}。{text}" if rng.random() < 0.5 else f"{text}。{other}"
        yield text


def fill(template: str, rng: random.Random) -> str:
    """The template with one of each choice."""

    def pick(match: re.Match[str]) -> str:
        return "" if match[2] and rng.random() < 0.5 else rng.choice(match[1].split("|"))

    named = _LIST.sub(lambda match: rng.choice(word_lists()[match[1]]), template)
    return _CHOICE.sub(pick, named)


def choices(template: str) -> int:
    """How many sentences the template can make."""
    count = 1
    for match in _LIST.finditer(template):
        count *= len(word_lists()[match[1]])
    for match in _CHOICE.finditer(template):
        count *= match[1].count("|") + 1
    return count


@cache
def word_lists() -> Mapping[str, tuple[str, ...]]:
    rows = (line.partition(" = ") for line in (HERE / "words.txt").read_text("utf-8").splitlines() if " = " in line)
    return {name: tuple(words.split("|")) for name, _, words in rows}


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    label = SAFE
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            label = line[3:]
        elif line and not line.startswith("#"):
            yield label, line
