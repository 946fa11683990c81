"""What a door can ask of a rollout: the checks around each move, the same for the command line and the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wentu.core.config import Settings
from wentu.core.errors import BadRequest
from wentu.rollout import moves
from wentu.rollout.dress import SAMPLING
from wentu.rollout.manifest import Manifests, VersionManifest
from wentu.rollout.memory import check_room, free_mb
from wentu.store.aliases import Aliases, AliasStore


class Control:
    """The moves of one deployment, in the name of `by` (the id of a key, "local" without keys).

    `stable` says what answers now where nothing was promoted yet; `loaded` whether a version is in memory already.
    """

    def __init__(
        self,
        settings: Settings,
        aliases: AliasStore,
        *,
        by: str,
        stable: Callable[[], str],
        loaded: Callable[[str], bool] = lambda version: False,
        free: Callable[[], int | None] = free_mb,
    ) -> None:
        self._settings = settings
        self._aliases = aliases
        self._by = by
        self._stable = stable
        self._loaded = loaded
        self._free = free
        self.manifests = Manifests(settings.versions_dir)

    def create(
        self,
        name: str,
        *,
        like: str,
        options: dict[str, str] | None = None,
        prompts: dict[str, str] | None = None,
        sampling: dict[str, float] | None = None,
    ) -> VersionManifest:
        """A new version: `like`, but with these options, prompts and sampling. It never changes after.

        Raises UnknownVersion, VersionTampered, BadRequest, and BadSetting for an option that is none.
        """
        base = self.manifests.read(like)
        unknown = sorted(set(sampling or {}) - set(SAMPLING))
        if unknown:
            known = ", ".join(SAMPLING)
            raise BadRequest(f"there is no sampling '{unknown[0]}'; known: {known}", name=unknown[0], known=known)
        new = replace(
            base,
            name=name,
            options={**base.options, **(options or {})},
            prompts={**base.prompts, **(prompts or {})},
            sampling={**base.sampling, **(sampling or {})},
        )
        self._settings.over(new.options.items())
        return self.manifests.make(new)

    def canary(self, candidate: str, percent: int, *, auto: bool = False, reason: str = "") -> Aliases:
        """Raises NoRoomForTwo, WrongMove, UnknownVersion, VersionTampered."""
        stable = self._prepare(candidate)
        return self._aliases.change(
            lambda now: moves.canary(
                now, stable=stable, candidate=candidate, percent=percent, by=self._by, auto=auto, reason=reason
            )
        )

    def shadow(self, candidate: str, *, reason: str = "") -> Aliases:
        """Raises what `canary` raises."""
        stable = self._prepare(candidate)
        return self._aliases.change(
            lambda now: moves.shadow(now, stable=stable, candidate=candidate, by=self._by, reason=reason)
        )

    def promote(self, version: str = "", *, reason: str = "") -> Aliases:
        """The candidate; with `version`, that one at once (blue/green). Raises WrongMove, UnknownVersion."""
        if not version:
            return self._aliases.change(lambda now: moves.promote(now, by=self._by, reason=reason))
        stable = self._fixed(version)
        return self._aliases.change(
            lambda now: moves.switch(now, stable=stable, candidate=version, by=self._by, reason=reason)
        )

    def rollback(self, *, reason: str = "") -> Aliases:
        """The way back, which asks for nothing. Raises WrongMove where there is nothing to go back to."""
        return self._aliases.change(lambda now: moves.rollback(now, by=self._by, reason=reason))

    def pause(self, *, reason: str = "") -> Aliases:
        return self._aliases.change(lambda now: moves.pause(now, by=self._by, reason=reason))

    def resume(self, *, reason: str = "") -> Aliases:
        return self._aliases.change(lambda now: moves.resume(now, by=self._by, reason=reason))

    def _prepare(self, candidate: str) -> str:
        manifest = self.manifests.read(candidate)
        if not self._loaded(candidate) and self._aliases.read().candidate != candidate:
            check_room(manifest, self._settings, self._free())
        return self._fixed(candidate)

    def _fixed(self, candidate: str) -> str:
        """Fixes both versions for good, so that what is compared is what was compared; gives the stable one's name."""
        self.manifests.fix(candidate)
        stable = self._aliases.read().stable or self._stable()
        self.manifests.fix(stable)
        return stable
