"""What the moves need to know of what they release; and what that is for model versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from wentu.core.config import Settings
from wentu.core.errors import BadRequest
from wentu.rollout.dress import SAMPLING
from wentu.rollout.manifest import Manifests, VersionManifest
from wentu.rollout.memory import check_room, free_mb
from wentu.store.aliases import Aliases


class Artifacts(Protocol):
    """Everything of one kind that can be released, by name: model versions, guard policies, knowledge bases."""

    @property
    def can_shadow(self) -> bool:
        """Whether copies of questions can be answered by a candidate that nobody sees."""

    def stable(self, names: Aliases) -> str:
        """The one that answers now, also where nothing was decided yet."""

    def prepare(self, name: str, names: Aliases, *, beside: bool) -> None:
        """Raises when this one can't be tried (`beside` the stable one) or promoted."""

    def publish(self, name: str) -> str:
        """Has it answer, where that takes more than its name; gives the name under which it does from now on."""


class VersionArtifacts:
    """The versions of one deployment. `stable` says what answers where nothing was promoted yet; `loaded` whether a
    version is in memory already."""

    can_shadow = True

    def __init__(
        self,
        settings: Settings,
        *,
        stable: Callable[[], str],
        loaded: Callable[[str], bool] = lambda version: False,
        free: Callable[[], int | None] = free_mb,
    ) -> None:
        self._settings = settings
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

    def stable(self, names: Aliases) -> str:
        return names.stable or self._stable()

    def prepare(self, name: str, names: Aliases, *, beside: bool) -> None:
        """Fixes both versions for good, so that what is compared is what was compared.

        Raises NoRoomForTwo, UnknownVersion, VersionTampered.
        """
        manifest, stable = self.manifests.read(name), self.manifests.read(self.stable(names))
        if beside and not self._loaded(name) and names.candidate != name and not manifest.shares_engine(stable):
            check_room(manifest, self._settings, self._free())
        self.manifests.fix(name)
        self.manifests.fix(stable.name)

    def publish(self, name: str) -> str:
        return name
