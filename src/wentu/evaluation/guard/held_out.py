"""Sentences that no classifier of ours learnt from and no threshold was chosen on: what figures may be told of."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def harmful_sentences() -> tuple[tuple[str, str], ...]:
    """(category, sentence), 25 a category; requests and advertisements, without instructions."""
    return _read("held_out_harmful.txt")


@cache
def harmless_sentences() -> tuple[tuple[str, str], ...]:
    """(subject, sentence), 30 a subject; most of them use words of the harmful ones in a harmless way."""
    return _read("held_out_benign.txt")


def _read(name: str) -> tuple[tuple[str, str], ...]:
    found, heading = [], ""
    for line in resources.files("wentu.evaluation.guard").joinpath(name).read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line and not line.startswith("#"):
            found.append((heading, line))
    return tuple(found)
