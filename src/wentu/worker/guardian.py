"""Watches a canary: takes it back when it goes too far, and with leave goes on to the next step by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from wentu.core.config import Settings
from wentu.core.errors import WrongMove
from wentu.rollout import moves
from wentu.rollout.analysis import Analysis, analyse
from wentu.rollout.guardrails import broken
from wentu.rollout.memory import free_mb
from wentu.store.aliases import Aliases, AliasStore
from wentu.store.exposures import Exposures

log = logging.getLogger(__name__)

ARMS = ("control", "canary", "fallback")


class Guardian:
    """Looks at the answers of the comparison under way whenever `look` is called; of several workers any may act."""

    def __init__(
        self,
        settings: Settings,
        aliases: AliasStore,
        exposures: Exposures,
        problem: Callable[[str, str], str],
        free: Callable[[], int | None] = free_mb,
        publish: Callable[[str], str] = lambda name: name,
    ) -> None:
        """`problem` says why a candidate could not be loaded in a comparison, "" when it could; `publish` has it answer
        where that takes more than its name (`rollout.artifacts`)."""
        self._limits = settings.rollout
        self._aliases = aliases
        self._exposures = exposures
        self._problem = problem
        self._free = free
        self._publish = publish
        self._seen: tuple[str, int, int] | None = None

    def look(self) -> None:
        """One look: hard limits first, then the sequential tests."""
        names = self._aliases.read()
        if names.mode == "off" or names.paused:
            return
        if problem := self._problem(names.candidate, names.run):
            return self._act(names, lambda now: moves.rollback(now, by=moves.AUTOMATIC, reason=problem))
        free = self._free()
        if not self._news(names, free):
            return
        arms = ("control", "canary") if names.mode == "canary" else ("stable", "shadow")
        exposures = self._exposures.of_run(names.run, (*ARMS, *arms))
        both = (names.stable, names.candidate)
        found = analyse(exposures, both, names.percent, self._limits, free, arms)
        self._judge(names, found)

    def _news(self, names: Aliases, free: int | None) -> bool:
        """Whether there is anything that the last look did not see: reading all answers again costs."""
        short = free is not None and free < self._limits.min_free_mb
        seen = (names.run, *self._exposures.pulse(names.run))
        new, self._seen = seen != self._seen, seen
        return new or short

    def _judge(self, names: Aliases, found: Analysis) -> None:
        figures = summary(found)
        if rail := broken(found.guardrails):
            reason = f"{rail.name} {rail.value:.3g} is beyond {rail.limit:.3g}"
            return self._act(names, lambda now: moves.rollback(now, by=moves.AUTOMATIC, reason=reason, figures=figures))
        if names.mode == "shadow":  # nobody sees it and nobody rates it: only the hard limits speak
            return
        match found.outcome:
            case "worse":
                self._act(
                    names, lambda now: moves.rollback(now, by=moves.AUTOMATIC, reason=found.reason, figures=figures)
                )
            case "broken_split" | "inconclusive":
                self._act(
                    names,
                    lambda now: moves.pause(
                        now, by=moves.AUTOMATIC, reason=found.reason, action="inconclusive", figures=figures
                    ),
                )
            case "better" if names.auto:
                self._act(names, lambda now: self._promoted(now, found.reason, figures))
            case "running" if names.auto and found.candidate.answers >= self._limits.step_answers:
                self._step(names)

    def _promoted(self, now: Aliases, reason: str, figures: dict[str, Any]) -> moves.Move:
        answers = replace(now, candidate=self._publish(now.candidate))
        return moves.promote(answers, by=moves.AUTOMATIC, reason=reason, figures=figures)

    def _step(self, names: Aliases) -> None:
        higher = [percent for percent in self._limits.steps if percent > names.percent]
        if not higher or higher[0] >= 100:  # at 100 nothing is left to compare with
            return
        reason = f"{self._limits.step_answers} answers without a limit broken"
        self._act(
            names,
            lambda now: moves.canary(
                now,
                stable=now.stable,
                candidate=now.candidate,
                percent=higher[0],
                by=moves.AUTOMATIC,
                auto=True,
                reason=reason,
            ),
        )

    def _act(self, names: Aliases, move: Callable[[Aliases], moves.Move]) -> None:
        """Does it, unless somebody has decided something else since `names` was read."""

        def if_unchanged(now: Aliases) -> moves.Move:
            if now != names:
                raise WrongMove("the rollout has changed in the meantime")
            return move(now)

        try:
            self._aliases.change(if_unchanged)
        except WrongMove:
            return
        log.warning("rollout of %s: acted by itself", names.candidate)


def summary(found: Analysis) -> dict[str, Any]:
    """The figures that a decision rested on, for its line of history."""
    return {"control": asdict(found.control), "candidate": asdict(found.candidate), "ratio_p": found.ratio_p}
