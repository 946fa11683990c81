"""wentu (问图): ask a picture, on your own CPU, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wentu.client import Client as Client

__all__ = ["Client", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`wentu.Client` is imported when it is asked for: every process imports wentu, and few are clients."""
    if name == "Client":
        from wentu.client import Client

        return Client
    raise AttributeError(f"module 'wentu' has no attribute {name!r}")
