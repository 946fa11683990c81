"""Who may ask: everybody on loopback while there are no keys, otherwise the holder of a key.

Without keys, nothing but the browser's word separates the page from a hostile site that the same browser has open.
So there `Host` must be loopback (a rebound DNS name is not) and `Origin`, where the browser sends it, must be ours.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import g, request

from wentu.api.service import Service, service
from wentu.core.errors import Forbidden, Unauthorized
from wentu.store.keys import Role

LOCAL_OWNER = "local"
_READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who sent this request: the owner of what it makes, and the role of the key."""

    owner: str
    role: Role


def identity() -> Identity:
    """Who sent this request; only for addresses under /v1."""
    found: Identity = g.identity
    return found


def need_role(*roles: Role) -> Identity:
    """Who sent this request, if the key has one of these roles. Raises Forbidden."""
    who = identity()
    if who.role not in roles:
        raise Forbidden(f"this address needs a key with the role {' or '.join(roles)}", role=who.role)
    return who


def keys_needed(parts: Service) -> bool:
    """Loopback without any key is open; everything else needs one."""
    return not is_loopback(parts.settings.web.host) or parts.store.keys.any_active()


def check_caller() -> None:
    """Before every request. Raises Unauthorized, Forbidden, RateLimited."""
    parts = service()
    needs_key = keys_needed(parts)
    if not needs_key:
        _check_same_site()
    if not request.path.startswith("/v1/"):
        return
    g.identity = _from_key(parts) if needs_key else Identity(LOCAL_OWNER, "admin")
    if request.method not in _READS:
        # Reading costs little, and one look at a conversation reads all its pictures; what makes work is counted.
        parts.queue.allow(g.identity.owner, parts.settings.web.requests_per_minute)


def check_key(parts: Service) -> None:
    """For what lies outside /v1 and is not for everybody. Raises Unauthorized."""
    if keys_needed(parts):
        _from_key(parts)


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1. Other names are not looked up: their owner chooses the answer."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _from_key(parts: Service) -> Identity:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = parts.store.keys.find(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if key is None:
        raise Unauthorized("this address needs a valid key")
    return Identity(key.id, key.role)


def _check_same_site() -> None:
    host = request.headers.get("Host", "")
    if not is_loopback(_name(host)):
        raise Forbidden(
            "this server answers only to its own loopback name",
            hint="Open it as http://127.0.0.1 or localhost; to reach it by another name, make a key first.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and _netloc(origin) != host.lower():
        raise Forbidden("another site may not use this server through your browser", hint="Use wentu's own page.")
    if request.path.startswith("/v1/") and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("another site may not use this server through your browser", hint="Use wentu's own page.")


def _name(netloc: str) -> str:
    """The host of `host:port`; empty where it can't be read."""
    try:
        parsed = urlsplit(f"//{netloc}")
        return "" if parsed.username is not None else parsed.hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    """`host:port` of an origin; empty for `null` and for anything malformed."""
    try:
        parsed = urlsplit(origin)
    except ValueError:
        return ""
    return parsed.netloc.lower() if parsed.scheme in ("http", "https") else ""
