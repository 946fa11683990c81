"""All engine hosts of one worker, by version."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from wentu.core.config import Settings
from wentu.core.errors import UnknownVersion
from wentu.core.registry import Registry
from wentu.core.types import VersionSpec
from wentu.engines.base import Engine
from wentu.engines.host.client import Host


class Fleet:
    """Engines by version, each in its own process, started at its first question or ahead by `Host.start`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    @property
    def hosts(self) -> tuple[Host, ...]:
        with self._lock:
            return tuple(self._hosts.values())

    def set(self, versions: Iterable[VersionSpec]) -> None:
        """Keeps hosts of these versions only; a version whose spec changed gets a new host."""
        wanted = {version.name: version for version in versions}
        with self._lock:
            gone = [host for name, host in self._hosts.items() if wanted.get(name) != host.spec]
            self._hosts = {name: host for name, host in self._hosts.items() if wanted.get(name) == host.spec}
            for name, spec in wanted.items():
                if name not in self._hosts:
                    capabilities = self._registry.load(spec.engine).capabilities
                    self._hosts[name] = Host(spec, self._settings.over(spec.options), capabilities)
        for host in gone:
            host.close()

    def get(self, version: str) -> Host:
        """The host of a version. Raises UnknownVersion."""
        with self._lock:
            if version not in self._hosts:
                raise UnknownVersion(f"there is no version '{version}'", name=version)
            return self._hosts[version]

    def forget(self, digest: str) -> None:
        """Removes what any engine keeps of a picture. Blocks until each of them has heard."""
        for host in self.hosts:
            host.forget(digest)

    def close(self) -> None:
        """Ends all processes; safe to call twice."""
        with self._lock:
            hosts, self._hosts = list(self._hosts.values()), {}
        for host in hosts:
            host.close()
