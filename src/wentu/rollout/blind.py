"""Pairs of answers for people to judge, without a word of which version said which."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wentu.core.errors import NotFound
from wentu.rollout.report import Pair, pairs_of
from wentu.store.recordings import Recording, Reply, Vote

Choice = Literal["left", "right", "tie"]


@dataclass(frozen=True, slots=True)
class BlindPair:
    """Two answers to one recorded question; `left_open` more wait for this voter after it."""

    recording: Recording
    left: str
    right: str
    left_open: int


def next_pair(
    recordings: Sequence[Recording],
    replies: Mapping[tuple[str, str], Reply],
    votes: Iterable[Vote],
    versions: tuple[str, str],
    voter: str,
    key: str,
) -> BlindPair | None:
    """A pair that this voter has not judged, in an order of the voter's own; None when there is none left.

    Pairs that say the same are left out. Which side is which depends on `key`, the voter and the question.
    """
    done = {vote.recording for vote in votes if vote.voter == voter and {vote.one, vote.other} == set(versions)}
    open_ = [pair for pair in _different(recordings, replies, versions) if pair.recording not in done]
    if not open_:
        return None
    pair = min(open_, key=lambda one: _draw(key, voter, one.recording))
    texts = (pair.stable.text, pair.candidate.text)
    left, right = reversed(texts) if _swapped(key, voter, pair.recording) else texts
    recording = next(one for one in recordings if one.id == pair.recording)
    return BlindPair(recording, left, right, len(open_) - 1)


def vote_of(
    recording: str,
    choice: Choice,
    versions: tuple[str, str],
    voter: str,
    key: str,
    replies: Mapping[tuple[str, str], Reply],
) -> Vote:
    """The vote behind a choice of sides. Raises NotFound for a question that both have not answered."""
    stable, candidate = versions
    if (recording, stable) not in replies or (recording, candidate) not in replies:
        raise NotFound("there is no such pair of answers")
    left, right = (candidate, stable) if _swapped(key, voter, recording) else (stable, candidate)
    return Vote(recording, stable, candidate, voter, {"left": left, "right": right, "tie": ""}[choice])


def _different(
    recordings: Sequence[Recording], replies: Mapping[tuple[str, str], Reply], versions: tuple[str, str]
) -> list[Pair]:
    return [
        pair
        for pair in pairs_of(recordings, replies, *versions)
        if pair.stable.text.strip() != pair.candidate.text.strip()
    ]


def _swapped(key: str, voter: str, recording: str) -> bool:
    return _draw(key, voter, recording + "\0side")[0] % 2 == 1


def _draw(key: str, voter: str, recording: str) -> bytes:
    return hmac.new(key.encode(), f"{voter}\0{recording}".encode(), hashlib.sha256).digest()
