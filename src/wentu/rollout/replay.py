"""Recorded questions asked of two versions, one version after the other: only one has to be in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wentu.core.errors import WentuError
from wentu.core.types import Answer, Query
from wentu.rollout.judge import fields_right, is_right
from wentu.store.recordings import Recording, Recordings, Reply

Ask = Callable[[Query], Answer]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far a replay is: `done` of `total` answers are there, `old` of them from before."""

    done: int
    total: int
    old: int
    version: str


def replay(
    recordings: Sequence[Recording], versions: Sequence[str], kept: Recordings, ask: Ask, source: str = "replay"
) -> Iterator[Replayed]:
    """Asks what has not been asked yet and keeps each answer at once: a replay that was interrupted goes on where it
    was. Closing the iterator stops it. An error of a version is its answer, and a wrong one."""
    replies = kept.replies(versions)
    wanted = [(version, one) for version in versions for one in recordings]
    old = sum((one.id, version) in replies for version, one in wanted)
    done = old
    yield Replayed(done, len(wanted), old, versions[0] if versions else "")
    for version, one in wanted:
        if (one.id, version) in replies:
            continue
        kept.reply(answered(one, version, ask, source))
        done += 1
        yield Replayed(done, len(wanted), old, version)


def answered(recording: Recording, version: str, ask: Ask, source: str) -> Reply:
    """What this version says to it."""
    started = time.perf_counter()
    query = replace(recording.query, model=version, owner=recording.owner, session=None, options={
        name: value for name, value in recording.query.options.items() if name != "record"
    })  # fmt: skip
    try:
        answer = ask(query)
    except WentuError as exc:
        seconds = time.perf_counter() - started
        return Reply(recording.id, version, "", False, seconds, error=exc.code, source=source)
    seconds = time.perf_counter() - started
    right = is_right(answer, recording.expected)
    return Reply(recording.id, version, answer.text, right, seconds, fields_right(answer), source=source)
