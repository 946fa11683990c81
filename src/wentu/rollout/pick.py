"""Names and aliases of versions, and the choice among them for one question."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from wentu.core.errors import UnknownVersion
from wentu.core.types import Query, VersionSpec

STABLE = "stable"


class Rollout:
    """The versions on this machine and the one that `stable` names. Changes take effect for the next question."""

    def __init__(self, versions: Iterable[VersionSpec], stable: str) -> None:
        self._lock = threading.Lock()
        self.set(versions, stable)

    def set(self, versions: Iterable[VersionSpec], stable: str) -> None:
        """Replaces versions and alias in one step. Raises UnknownVersion when `stable` is none of them."""
        by_name = {version.name: version for version in versions}
        if stable not in by_name:
            raise UnknownVersion(f"there is no version '{stable}'", name=stable)
        with self._lock:
            self._by_name, self._stable = by_name, stable

    @property
    def stable(self) -> str:
        return self._stable

    @property
    def versions(self) -> tuple[VersionSpec, ...]:
        with self._lock:
            return tuple(self._by_name.values())

    def pick(self, query: Query) -> VersionSpec:
        """The version that answers this question. Raises UnknownVersion that lists the known names."""
        with self._lock:
            name = self._stable if query.model == STABLE else query.model
            if name not in self._by_name:
                known = ", ".join([STABLE, *self._by_name])
                raise UnknownVersion(
                    f"there is no version or alias '{query.model}'; known: {known}", name=query.model, known=known
                )
            return self._by_name[name]
