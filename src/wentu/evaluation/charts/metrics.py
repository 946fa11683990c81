"""The usual measures of chart reading, written from their definitions (DePlot: arXiv 2212.10505; ChartQA: 2203.10244).

Where the usual script is lax this one is not: 0 against 0 is right and against anything else wrong, a wrong sign is as
far off as it is, entries with equal keys are paired by value, and a transposed table is tried whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from wentu.core.results import Chart
from wentu.evaluation.charts.cases import PIES

RELAXED = 0.05
# RMS: keys further apart than tau have nothing in common, numbers further apart than theta neither (DePlot, 4.2).
_TAU, _THETA = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a table under its row (the series) and its column (the place)."""

    row: str
    column: str
    value: float


def plain(text: str) -> str:
    """A name as it is compared: without width, space and case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def entries(chart: Chart, *, shares: bool = False) -> list[Entry]:
    """The table's numbers; a pie's as percent of their sum where `shares`. A scatter chart's points give two each."""
    found = []
    for series in chart.series:
        values = list(series.values)
        if shares and (total := sum(v for v in values if v is not None)):
            values = [None if v is None else 100 * v / total for v in values]
        if series.x:
            for x, value in zip(series.x, values, strict=False):
                found += [Entry(series.name, "x", x)] + ([] if value is None else [Entry(series.name, "y", value)])
            continue
        found += [Entry(series.name, x, v) for x, v in zip(chart.x, values, strict=False) if v is not None]
    return found


def comparable(found: Chart, truth: Chart) -> tuple[list[Entry], list[Entry]]:
    """Both tables' entries in one unit: a pie that was read in percent is compared in percent. One series needs no
    name."""
    shares = truth.type in PIES and found.unit == "%"
    read, true = entries(found), entries(truth, shares=shares)
    if len(truth.series) == 1 and len(found.series) == 1:
        read = [Entry("", one.column, one.value) for one in read]
        true = [Entry("", one.column, one.value) for one in true]
    return read, true


def off(read: float, true: float) -> float:
    """The relative distance, at most 1; 0 against 0 is 0."""
    if true == 0:
        return 0.0 if read == 0 else 1.0
    return min(1.0, abs(read - true) / abs(true))


def relaxed(read: str | float, true: str | float) -> bool:
    """Within 5 %; text exact, and whole numbers that are years exact."""
    if isinstance(read, str) or isinstance(true, str):
        return plain(str(read)) == plain(str(true))
    if float(true).is_integer() and 1900 <= true <= 2100:
        return read == true
    return off(read, true) <= RELAXED


def relaxed_accuracy(found: Chart, truth: Chart) -> float:
    """The share of the true cells whose value is found within 5 % under exactly their names. A scatter chart's point
    counts where one of its series stands within 2 % of the x range and 5 % of the value."""
    if truth.type == "scatter":
        return _points_found(found, truth)
    read, true = comparable(found, truth)
    if not true:
        return 0.0
    table = {(plain(one.row), plain(one.column)): one.value for one in read}
    hits = 0
    for one in true:
        value = table.get((plain(one.row), plain(one.column)))
        hits += value is not None and off(value, one.value) <= RELAXED
    return hits / len(true)


def _points_found(found: Chart, truth: Chart) -> float:
    several = len(truth.series) > 1
    hits = total = 0
    for series in truth.series:
        reach = 0.02 * (max(series.x) - min(series.x))
        own = [one for one in found.series if not several or plain(one.name) == plain(series.name)]
        points = [(x, y) for one in own for x, y in zip(one.x, one.values, strict=False) if y is not None]
        for x, y in zip(series.x, series.values, strict=True):
            total += 1
            assert y is not None
            near = [k for k, (a, b) in enumerate(points) if abs(a - x) <= reach and off(b, y) <= RELAXED]
            if near:
                hits += 1
                points.pop(near[0])
    return hits / max(1, total)


def rnss(read: Sequence[float], true: Sequence[float]) -> float:
    """Relative number set similarity: 1 - sum(D) / max(N, M) over the best matching of the numbers alone."""
    if not read or not true:
        return float(not read and not true)
    cost = np.array([[off(p, t) for t in true] for p in read])
    pairs = assignment(cost)
    # An unmatched number costs 1, like one that is wholly wrong.
    unmatched = max(len(read), len(true)) - len(pairs)
    return 1.0 - (sum(float(cost[i, j]) for i, j in pairs) + unmatched) / max(len(read), len(true))


def rms_f1(found: Chart, truth: Chart) -> float:
    """Relative mapping similarity: the better F1 of the table and of its transpose."""
    read, true = comparable(found, truth)
    turned = [Entry(one.column, one.row, one.value) for one in read]
    return max(_rms(read, true), _rms(turned, true))


def _rms(read: Sequence[Entry], true: Sequence[Entry]) -> float:
    if not read or not true:
        return float(not read and not true)
    apart = np.array([[_key_distance(p, t) for t in true] for p in read])
    far = np.array([[_value_distance(p, t) for t in true] for p in read])
    # Keys decide; of entries with equal keys (a scatter chart's points) those with the nearest values are paired.
    pairs = assignment(apart + 1e-3 * np.array([[off(p.value, t.value) for t in true] for p in read]))
    score = sum(float((1 - apart[i, j]) * (1 - far[i, j])) for i, j in pairs)
    precision, recall = score / len(read), score / len(true)
    return 2 * precision * recall / (precision + recall) if score else 0.0


def _key_distance(a: Entry, b: Entry) -> float:
    distance = Levenshtein.normalized_distance(f"{plain(a.row)} {plain(a.column)}", f"{plain(b.row)} {plain(b.column)}")
    return distance if distance <= _TAU else 1.0


def _value_distance(a: Entry, b: Entry) -> float:
    distance = off(a.value, b.value)
    return distance if distance <= _THETA else 1.0


def assignment(cost: np.ndarray) -> list[tuple[int, int]]:
    """The pairs (row, column) of least total cost, min(rows, columns) of them (the Hungarian method with potentials,
    Kuhn 1955; shortest augmenting paths, O(n^2 m))."""
    if cost.shape[0] > cost.shape[1]:
        return [(i, j) for j, i in assignment(cost.T)]
    rows, columns = cost.shape
    of_row, of_column = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, np.int64)  # the row (from 1) that holds each column; 0 is free
    for row in range(1, rows + 1):
        owner[0] = row
        at, least = 0, np.full(columns + 1, np.inf)
        came, done = np.zeros(columns + 1, np.int64), np.zeros(columns + 1, np.bool_)
        while owner[at]:
            done[at] = True
            open_ = np.flatnonzero(~done)
            reduced = cost[owner[at] - 1, open_ - 1] - of_row[owner[at]] - of_column[open_]
            better = reduced < least[open_]
            least[open_[better]], came[open_[better]] = reduced[better], at
            nearest = int(open_[least[open_].argmin()])
            step = least[nearest]
            of_row[owner[done]] += step
            of_column[done] -= step
            least[~done] -= step
            at = nearest
        while at:
            owner[at], at = owner[came[at]], int(came[at])
    return [(int(owner[j]) - 1, j - 1) for j in range(1, columns + 1) if owner[j]]
