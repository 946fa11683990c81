"""Names and aliases of versions, and the choice among them for one question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from wentu.core.errors import UnknownVersion
from wentu.core.types import Query, VersionSpec
from wentu.rollout.assign import Assignment, Choice, Reason, arm_of, choose
from wentu.rollout.trial import Trial
from wentu.store.aliases import Aliases, Kind
from wentu.store.exposures import Exposure

STABLE, CANDIDATE, PREVIOUS = "stable", "candidate", "previous"
# `Query.options[SHADOW] == "yes"`: a copy that nobody sees.
SHADOW = "shadow"


class Rollout:
    """The versions on this machine and the one that `stable` names. Changes take effect for the next question.

    `aliases` reads what the deployment decided: it is asked for every question, so that a rollback needs no worker to
    notice it; `others` reads the same of policies and knowledge bases. `ready` says whether a version is loaded,
    `record` keeps what became of a question.
    """

    def __init__(
        self,
        versions: Iterable[VersionSpec],
        stable: str,
        *,
        aliases: Callable[[], Aliases] = Aliases,
        ready: Callable[[str], bool] = lambda version: True,
        others: Mapping[Kind, Callable[[], Aliases]] | None = None,
        record: Callable[[Query, Sequence[Exposure]], None] = lambda query, exposures: None,
        deadline_s: float = float("inf"),
    ) -> None:
        self._lock = threading.Lock()
        self._aliases = aliases
        self._others = others or {}
        self._ready = ready
        self._record = record
        self._deadline_s = deadline_s
        self._starting = ""
        self.set(versions, stable)

    def set(self, versions: Iterable[VersionSpec], stable: str, *, starting: bool = False) -> None:
        """Replaces versions and alias in one step. Raises UnknownVersion when `stable` is none of them.

        With `starting` it answers only until the version that was promoted is loaded.
        """
        by_name = {version.name: version for version in versions}
        if stable not in by_name:
            raise UnknownVersion(f"there is no version '{stable}'", name=stable)
        with self._lock:
            self._by_name, self._stable = by_name, stable
            self._starting = stable if starting else self._starting

    @property
    def stable(self) -> str:
        """The version that answers here when nothing was promoted."""
        return self._stable

    @property
    def versions(self) -> tuple[VersionSpec, ...]:
        with self._lock:
            return tuple(self._by_name.values())

    @property
    def current(self) -> str:
        """The version that `stable` means now."""
        names = self._aliases()
        with self._lock:
            return self._pinned(names)

    @property
    def pinned(self) -> str:
        """The version that was promoted, if it is here; "" otherwise."""
        names = self._aliases()
        return names.stable if names.stable in self._by_name else ""

    def trial(self, query: Query) -> Trial:
        """This question's way through the version that it will be given."""
        return Trial(query, self.pick, self.choose, self._record, self._deadline_s)

    def choose(self, kind: Kind, query: Query) -> Choice:
        """The policy or knowledge base for this question. Copies and replays get what is stable: nobody sees them, so
        they say nothing about a canary."""
        names = self._others[kind]() if kind in self._others else Aliases()
        seen = query.model == STABLE and query.options.get(SHADOW) != "yes"
        return choose(names, query) if seen else Choice(names.stable)

    def pick(self, query: Query) -> Assignment:
        """The version that answers this question, and why. Raises UnknownVersion that lists the known names."""
        names = self._aliases()
        with self._lock:
            if query.options.get(SHADOW) == "yes" and names.candidate in self._by_name:
                return Assignment(self._by_name[names.candidate], "shadow", names.run, names.salt)
            if query.model == STABLE:
                return self._split(names, query)
            alias = {CANDIDATE: names.candidate, PREVIOUS: names.previous}.get(query.model, "")
            name = alias or query.model
            reason: Reason = "alias" if alias else "named"
            if name not in self._by_name:
                known = ", ".join([STABLE, *self._by_name])
                raise UnknownVersion(
                    f"there is no version or alias '{query.model}'; known: {known}", name=query.model, known=known
                )
            return Assignment(self._by_name[name], reason)

    def _split(self, names: Aliases, query: Query) -> Assignment:
        stable, candidate = self._by_name[self._pinned(names)], self._by_name.get(names.candidate)
        arm = arm_of(names, query)
        if arm == "stable" or candidate is None:
            return Assignment(stable, "stable", names.run if names.mode == "shadow" else "", names.salt)
        if arm == "control":
            return Assignment(stable, "control", names.run, names.salt)
        if not self._ready(candidate.name):
            return Assignment(stable, "fallback", names.run, names.salt)
        return Assignment(candidate, "canary", names.run, names.salt)

    def _pinned(self, names: Aliases) -> str:
        """What `stable` means. A version that was taken back never answers for one that is still being loaded."""
        wanted = names.stable
        if wanted not in self._by_name:
            return self._stable
        return self._stable if self._stable == self._starting and not self._ready(wanted) else wanted
