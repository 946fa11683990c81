"""All engine hosts of one worker, by version."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable

from wentu.core.config import Settings
from wentu.core.errors import UnknownVersion
from wentu.core.registry import Registry
from wentu.core.types import VersionSpec
from wentu.engines.base import Engine
from wentu.engines.host.client import Host


class Fleet:
    """Engines by version, each in its own process, started at its first question or ahead by `Host.start`.

    Versions that differ in their name, prompts and sampling alone share one, since those come with each question:
    another prompt needs no second copy of the weights.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    @property
    def by_version(self) -> dict[str, Host]:
        with self._lock:
            return dict(self._hosts)

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Each process once."""
        return tuple(dict.fromkeys(self.by_version.values()))

    def set(self, versions: Iterable[VersionSpec]) -> None:
        """Keeps hosts of these versions only; a version whose engine, weights or options changed gets another host."""
        with self._lock:
            known = {self._made_of(host.spec): host for host in self._hosts.values()}
            self._hosts = {}
            for spec in versions:
                if (key := self._made_of(spec)) not in known:
                    capabilities = self._registry.load(spec.engine).capabilities
                    known[key] = Host(spec, self._settings.over(spec.options), capabilities)
                self._hosts[spec.name] = known[key]
            kept = set(map(id, self._hosts.values()))
        for host in known.values():
            if id(host) not in kept:
                host.close()

    def _made_of(self, spec: VersionSpec) -> Hashable:
        """What an engine's process is: two specs that are equal in it can share one."""
        settings = self._settings.over(spec.options)
        return spec.engine, spec.model_dir, spec.files, settings.model_dump_json()

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
