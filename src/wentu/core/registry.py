"""Named plug-ins found through entry points; a stranger's engine registers exactly as ours do."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from wentu.core.errors import BadSetting

T = TypeVar("T")


class Registry(Generic[T]):
    """Name -> class for one entry-point group, loaded only when asked for.

    Packages other than wentu are left out unless `allow_plugins` is set: installing a package
    should not be enough to run its code inside the service.
    """

    def __init__(self, group: str, *, allow_plugins: bool = False) -> None:
        self.group = group
        self._points: dict[str, EntryPoint] = {
            point.name: point
            for point in entry_points(group=group)
            if allow_plugins or (point.dist is not None and point.dist.name == "wentu")
        }

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._points))

    def __contains__(self, name: str) -> bool:
        return name in self._points

    def load(self, name: str) -> type[T]:
        """The class registered as `name`. Raises BadSetting that lists the known names."""
        if name not in self._points:
            known = ", ".join(self) or "none"
            raise BadSetting(
                f"there is no {self.group} called '{name}'; known: {known}",
                hint="Check the spelling; plug-ins of other packages also need WENTU_ALLOW_PLUGINS=true.",
                name=name,
                known=known,
            )
        return cast(type[T], self._points[name].load())
