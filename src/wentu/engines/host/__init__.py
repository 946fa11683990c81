"""One process a version: an engine that crashes or leaks takes nobody with it."""

from wentu.engines.host.client import Host, HostState
from wentu.engines.host.fleet import Fleet

__all__ = ["Fleet", "Host", "HostState"]
