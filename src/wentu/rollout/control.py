"""What a door can ask of a rollout: the checks around each move, the same for every kind and every door."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from wentu.core.errors import WrongMove
from wentu.rollout import moves
from wentu.rollout.artifacts import Artifacts
from wentu.rollout.moves import Move
from wentu.store.aliases import Aliases, AliasStore


class Control:
    """The moves of one kind in one deployment, in the name of `by` (the id of a key, "local" without keys)."""

    def __init__(self, aliases: AliasStore, artifacts: Artifacts, *, by: str) -> None:
        self._aliases = aliases
        self._artifacts = artifacts
        self._by = by

    def names(self) -> Aliases:
        """The names as they are, `stable` also where nothing was decided yet."""
        return self._actual(self._aliases.read())

    def check_idle(self) -> None:
        """Raises WrongMove while something is being tried."""
        moves.check_idle(self._aliases.read())

    def adopt(self, *, reason: str) -> None:
        """Writes down what answers now as stable, where nothing was decided yet: what is brought afterwards changes
        nothing by being there."""
        if not self._aliases.read().stable:
            with suppress(WrongMove):  # somebody did at this moment
                self._aliases.change(lambda now: moves.adopt(now, stable=self._artifacts.stable(now), reason=reason))

    def canary(self, candidate: str, percent: int, *, auto: bool = False, reason: str = "") -> Aliases:
        """Raises WrongMove, and what the kind's `prepare` raises."""
        self._artifacts.prepare(candidate, self.names(), beside=True)
        return self._change(
            lambda now: moves.canary(
                now, stable=now.stable, candidate=candidate, percent=percent, by=self._by, auto=auto, reason=reason
            )
        )

    def shadow(self, candidate: str, *, reason: str = "") -> Aliases:
        """Raises what `canary` raises."""
        if not self._artifacts.can_shadow:
            raise WrongMove("only a model version can run as a shadow", hint="Begin a canary with a small percentage.")
        self._artifacts.prepare(candidate, self.names(), beside=True)
        return self._change(
            lambda now: moves.shadow(now, stable=now.stable, candidate=candidate, by=self._by, reason=reason)
        )

    def promote(self, name: str = "", *, reason: str = "") -> Aliases:
        """The candidate; with `name`, that one at once (blue/green). Raises WrongMove, and what `prepare` raises."""
        names = self.names()
        if name == names.candidate:
            name = ""
        if name:
            self._artifacts.prepare(name, names, beside=False)

        def move(now: Aliases, name_now: str) -> Move:
            if name:
                return moves.switch(now, stable=now.stable, candidate=name_now, by=self._by, reason=reason)
            return moves.promote(replace(now, candidate=name_now), by=self._by, reason=reason)

        return self._change(lambda now: self._published(now, name or now.candidate, move))

    def rollback(self, *, to: str = "", reason: str = "") -> Aliases:
        """The way back, which asks for nothing: ends what is tried, else `previous` answers again (or `to`, an older
        one). Raises WrongMove where there is nothing to go back to."""

        def move(now: Aliases, name_now: str) -> Move:
            return moves.rollback(now, by=self._by, reason=reason, to=name_now)

        def way_back(now: Aliases) -> Move:
            target = to or now.previous
            return move(now, target) if now.mode != "off" or not target else self._published(now, target, move)

        return self._change(way_back)

    def pause(self, *, reason: str = "") -> Aliases:
        return self._change(lambda now: moves.pause(now, by=self._by, reason=reason))

    def resume(self, *, reason: str = "") -> Aliases:
        return self._change(lambda now: moves.resume(now, by=self._by, reason=reason))

    def note(self, before: str, *, reason: str = "") -> Aliases:
        """Writes down that what answers now has taken the place of `before`: it was published by itself. Raises
        WrongMove."""
        return self._change(
            lambda now: moves.switch(now, stable=before, candidate=now.stable, by=self._by, reason=reason)
        )

    def _change(self, move: Callable[[Aliases], Move]) -> Aliases:
        return self._aliases.change(lambda now: move(self._actual(now)))

    def _published(self, now: Aliases, name: str, move: Callable[[Aliases, str], Move]) -> Move:
        """The move with the name that it answers under from now on; refused before anything is touched."""
        move(now, name)
        return move(now, self._artifacts.publish(name))

    def _actual(self, names: Aliases) -> Aliases:
        return replace(names, stable=self._artifacts.stable(names))
