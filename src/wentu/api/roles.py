"""What a key's role allows."""

from __future__ import annotations

from wentu.api.auth import Identity, identity
from wentu.core.errors import Forbidden


def agent() -> Identity:
    """Who asks, if they are an agent or an administrator. Raises Forbidden."""
    who = identity()
    if who.role == "user":
        raise Forbidden("this is for agents and administrators", hint="Use a key with the role agent or admin.")
    return who
