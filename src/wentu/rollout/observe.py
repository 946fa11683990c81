"""Keeps what became of each question, and notices when somebody has to ask again."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from wentu.core.text import normalize
from wentu.core.types import Query
from wentu.rollout.assign import masked_unit, unit_of
from wentu.store.aliases import Aliases
from wentu.store.exposures import Exposure, Exposures

log = logging.getLogger(__name__)

AGAIN_WITHIN_S = 600.0
# How alike two questions are that count as the same one, as difflib measures it; the questions themselves are kept
# in memory only.
AGAIN_ALIKE = 0.8
_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class _Asked:
    number: int
    question: str
    pictures: int
    at: float


class Observer:
    """Called once a question, at its end, from any thread. A fault here never harms an answer."""

    def __init__(self, exposures: Exposures, aliases: Callable[[], Aliases]) -> None:
        self._exposures = exposures
        self._aliases = aliases
        self._lock = threading.Lock()
        self._last: OrderedDict[str, _Asked] = OrderedDict()
        self._salt = secrets.token_hex(16)  # while nothing is compared, sessions need not be told apart for long

    def __call__(self, query: Query, exposure: Exposure) -> None:
        try:
            unit = unit_of(query)
            salt = self._aliases().salt or self._salt
            number = self._exposures.add(replace(exposure, unit=masked_unit(salt, unit)))
            if query.session:
                self._look_for_again(unit, query, number)
        except Exception:
            log.exception("an exposure could not be recorded")

    def _look_for_again(self, unit: str, query: Query, number: int) -> None:
        asked = _Asked(number, normalize(query.question).text[:400], len(query.pictures), time.monotonic())
        with self._lock:
            before = self._last.pop(unit, None)
            self._last[unit] = asked
            while len(self._last) > _KEPT:
                self._last.popitem(last=False)
        if before is not None and _same(before, asked):
            self._exposures.asked_again(before.number)


def _same(before: _Asked, now: _Asked) -> bool:
    if now.at - before.at > AGAIN_WITHIN_S or now.pictures != before.pictures:
        return False
    return SequenceMatcher(None, before.question, now.question, autojunk=False).ratio() >= AGAIN_ALIKE
