"""Which internet addresses a link may lead to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

# IANA has handed out nothing else as global unicast; so IPv4 in any disguise that starts with zeros (mapped,
# compatible, NAT64 64:ff9b::/96 of RFC 6052), unique-local, link-local and site-local are out in one stroke.
_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
# Inside 2000::/3, but they carry an IPv4 address to which a relay would deliver: 6to4 (RFC 3056), Teredo (RFC 4380).
_TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
# Called global by `ipaddress` of some Python releases, or answered by the machine's own cloud all the same.
_LOCAL_IPV4 = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments (RFC 6890); Oracle's metadata is in it
    ipaddress.ip_network("192.88.99.0/24"),  # old 6to4 relays (RFC 7526)
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's platform address
)


def is_public_address(text: str) -> bool:
    """Whether an address is one that anybody on the internet could reach; False for what is no address at all."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _GLOBAL_IPV6 or any(address in net for net in _TUNNELS):
            return False
    elif any(address in net for net in _LOCAL_IPV4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve_host(host: str, port: int) -> Sequence[str]:
    """All addresses of a host in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
