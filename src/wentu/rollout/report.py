"""Two versions on the same recorded questions: tables by scenario and by field, with intervals and exact tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wentu.rollout.statistics import (
    Interval,
    Tally,
    bca,
    discordant,
    holm,
    mcnemar,
    preference,
    sign_test,
    wilson,
)
from wentu.store.recordings import Recording, Reply, Vote

Verdict = Literal["better", "worse", "no difference found"]
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with both answers; `unit` is its session."""

    recording: str
    unit: str
    scenario: str
    stable: Reply
    candidate: Reply


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: `n` pairs of `sessions` sessions. `difference` is candidate less stable, by BCa over
    sessions; `p` of the exact McNemar test, `p_holm` the same for all lines of the table together."""

    name: str
    n: int
    sessions: int
    stable: Interval
    candidate: Interval
    difference: Interval
    gained: int
    lost: int
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Report:
    """The comparison. `missing` are recorded questions that not both versions were asked; `errors` those that ended
    with one, by version. Votes are blind ones; `vote_share` of the decided votes are for the candidate."""

    stable: str
    candidate: str
    overall: Row
    scenarios: tuple[Row, ...]
    fields: tuple[Row, ...]
    verdict: Verdict
    missing: int
    errors: Mapping[str, int]
    seconds: Mapping[str, float]
    votes: Tally
    vote_share: Interval
    vote_p: float


def pairs_of(
    recordings: Iterable[Recording], replies: Mapping[tuple[str, str], Reply], stable: str, candidate: str
) -> list[Pair]:
    """The questions that both versions have answered."""
    found = []
    for one in recordings:
        ours, theirs = replies.get((one.id, stable)), replies.get((one.id, candidate))
        if ours is not None and theirs is not None:
            found.append(Pair(one.id, one.unit, one.scenario, ours, theirs))
    return found


def report(stable: str, candidate: str, pairs: Sequence[Pair], votes: Iterable[Vote], missing: int = 0) -> Report:
    """All tables. Without a pair every interval is as wide as it can be."""
    by_scenario: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_scenario[pair.scenario].append(pair)
    overall = _row("all", [(pair.unit, pair.stable.right, pair.candidate.right) for pair in pairs])
    scenarios = [
        _row(name, [(pair.unit, pair.stable.right, pair.candidate.right) for pair in group])
        for name, group in sorted(by_scenario.items())
    ]
    tally = tally_of(votes, stable, candidate)
    return Report(
        stable,
        candidate,
        overall,
        _adjusted(scenarios),
        _adjusted(_field_rows(pairs)),
        _verdict(overall),
        missing,
        {
            stable: sum(bool(pair.stable.error) for pair in pairs),
            candidate: sum(bool(pair.candidate.error) for pair in pairs),
        },
        {stable: _mean(pair.stable.seconds for pair in pairs), candidate: _mean(p.candidate.seconds for p in pairs)},
        tally,
        preference(tally),
        sign_test(tally),
    )


def tally_of(votes: Iterable[Vote], stable: str, candidate: str) -> Tally:
    winners = [vote.winner for vote in votes if {vote.one, vote.other} == {stable, candidate}]
    return Tally(winners.count(candidate), winners.count(stable), winners.count(""))


def _field_rows(pairs: Sequence[Pair]) -> list[Row]:
    """A field counts where both versions read it."""
    values: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
    for pair in pairs:
        for name in pair.stable.fields.keys() & pair.candidate.fields.keys():
            values[name].append((pair.unit, pair.stable.fields[name], pair.candidate.fields[name]))
    return [_row(name, found) for name, found in sorted(values.items())]


def _row(name: str, found: Sequence[tuple[str, bool, bool]]) -> Row:
    units = [unit for unit, _, _ in found]
    counts = discordant((ours, theirs) for _, ours, theirs in found)
    p = mcnemar(counts)
    return Row(
        name,
        len(found),
        len(set(units)),
        wilson(sum(ours for _, ours, _ in found), len(found)),
        wilson(sum(theirs for _, _, theirs in found), len(found)),
        bca([float(theirs) - float(ours) for _, ours, theirs in found], units),
        counts.gained,
        counts.lost,
        p,
        p,
    )


def _adjusted(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(replace(row, p_holm=p) for row, p in zip(rows, holm([row.p for row in rows]), strict=True))


def _verdict(row: Row) -> Verdict:
    """Both have to say so: the test, which knows pairs but no sessions, and the interval, which knows sessions."""
    if row.p >= ALPHA or not (row.difference.above_zero or row.difference.below_zero):
        return "no difference found"
    return "better" if row.difference.above_zero else "worse"


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0
