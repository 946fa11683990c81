"""A check that gets only so much time: one that fails or does not end counts as one that said no."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Rules of what a guard that can't do its work leads to; both block.
FAILED, TIMED_OUT = "guard_failed", "guard_timeout"


class GuardDown(Exception):
    """A check gave no verdict. `rule` says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def sound(scores: Mapping[str, float]) -> Mapping[str, float]:
    """The same scores. Raises GuardDown where one is no number: it would be below every limit."""
    if not all(math.isfinite(score) for score in scores.values()):
        log.error("a classifier gave a score that is no number")
        raise GuardDown(FAILED)
    return scores


class Limited(Generic[T]):
    """Calls `check` and waits `timeout_s` at most. Each call has a thread, so one that hangs holds up no other."""

    def __init__(self, check: Callable[..., T], timeout_s: float, name: str) -> None:
        self._check = check
        self._timeout_s = timeout_s
        self._name = name

    def __call__(self, *arguments: Any) -> T:
        """Raises GuardDown. What went wrong is logged by its type alone: its text may hold what was checked."""
        box: list[T] = []
        wrong: list[str] = []

        def run() -> None:
            try:
                box.append(self._check(*arguments))
            except Exception as exc:
                wrong.append(type(exc).__name__)

        thread = threading.Thread(target=run, name=f"guard-{self._name}", daemon=True)
        thread.start()
        thread.join(self._timeout_s)
        if box:
            return box[0]
        if wrong:
            log.error("guard '%s' failed with %s", self._name, wrong[0])
            raise GuardDown(FAILED)
        log.error("guard '%s' took longer than %g s", self._name, self._timeout_s)
        raise GuardDown(TIMED_OUT)
