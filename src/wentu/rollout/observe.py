"""Keeps what became of each question, and notices when somebody has to ask again."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from wentu.core.text import normalize
from wentu.core.types import Query
from wentu.rollout.assign import masked_unit, unit_of
from wentu.store.exposures import Exposure, Exposures

log = logging.getLogger(__name__)

AGAIN_WITHIN_S = 600.0
# How alike two questions are that count as the same one, as difflib measures it; the questions themselves are kept
# in memory only.
AGAIN_ALIKE = 0.8
_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class _Asked:
    numbers: tuple[int, ...]
    question: str
    pictures: int
    at: float


class Observer:
    """Called once a question, at its end, from any thread. A fault here never harms an answer."""

    def __init__(self, exposures: Exposures) -> None:
        self._exposures = exposures
        self._lock = threading.Lock()
        self._last: OrderedDict[str, _Asked] = OrderedDict()
        self._salt = secrets.token_hex(16)  # while nothing is compared, sessions need not be told apart for long

    def __call__(self, query: Query, exposures: Sequence[Exposure]) -> None:
        """Keeps the exposures of one question: of its version, and of each other canary that it is part of."""
        try:
            unit = unit_of(query)
            masked = masked_unit(self._salt, unit)
            numbers = tuple(self._exposures.add(replace(one, unit=one.unit or masked)) for one in exposures)
            if query.session:
                self._look_for_again(unit, query, numbers)
        except Exception:
            log.exception("an exposure could not be recorded")

    def _look_for_again(self, unit: str, query: Query, numbers: tuple[int, ...]) -> None:
        asked = _Asked(numbers, normalize(query.question).text[:400], len(query.pictures), time.monotonic())
        with self._lock:
            before = self._last.pop(unit, None)
            self._last[unit] = asked
            while len(self._last) > _KEPT:
                self._last.popitem(last=False)
        if before is not None and _same(before, asked):
            self._exposures.asked_again(before.numbers)


def _same(before: _Asked, now: _Asked) -> bool:
    if now.at - before.at > AGAIN_WITHIN_S or now.pictures != before.pictures:
        return False
    return SequenceMatcher(None, before.question, now.question, autojunk=False).ratio() >= AGAIN_ALIKE
