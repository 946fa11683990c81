"""Pictures by https link, for deployments that allow them: an allow-list, one look at DNS, a pinned address.

The order is what makes it safe: the host is checked against the list, resolved once, every address checked, and the
connection goes to exactly such an address, with the host's name in SNI, certificate check and Host header. A redirect
starts over. Proxy variables of the environment are not read: a proxy would resolve the name a second time.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput
from wentu.intake.addresses import is_public_address, resolve_host
from wentu.intake.rules import refusal

MAX_REDIRECTS = 3
_MAX_URL_CHARS = 4096
_REDIRECTS = {301, 302, 303, 307, 308}
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:.]*:[0-9a-f:.]*")
_URL_SAFE = "/%:@!$&'()*+,;=~-._?"
_USER_AGENT = b"wentu"

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked link leads: host without brackets, port, and path with query as sent."""

    host: str
    port: int
    path: str


class Links:
    """Fetches allowed links. `resolve`, `is_public` and `tls` are there so that tests can use a local server."""

    def __init__(
        self,
        settings: IntakeSettings,
        *,
        resolve: Resolve = resolve_host,
        is_public: Callable[[str], bool] = is_public_address,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._is_public = is_public
        self._tls = tls

    def fetch(self, url: str) -> bytes:
        """The bytes behind a link. Raises BlockedLink, LinkFailed, ImageTooLarge."""
        if not self._settings.allow_links:
            raise refusal("links_off")
        clock = _Clock(self._settings.link_timeout_s)
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_link(url)
            if not is_listed(target, self._settings.link_hosts):
                raise refusal("link_host")
            try:
                data, location = self._get(target, self._addresses(target, clock), clock)
            except httpcore.TimeoutException as exc:
                raise clock.refusal() from exc
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as exc:
                raise refusal("link_failed") from exc
            if location is None:
                return data
            url = urljoin(url, location)
        raise refusal("link_redirects", max_redirects=MAX_REDIRECTS)

    def _addresses(self, target: Target, clock: _Clock) -> Sequence[str]:
        """The host's addresses; a single one that is not public refuses them all."""
        found = clock.call(lambda: self._resolve(target.host, target.port))
        if not found:
            raise refusal("link_failed")
        if not all(self._is_public(address) for address in found):
            raise refusal("link_address")
        return found

    def _get(self, target: Target, addresses: Sequence[str], clock: _Clock) -> tuple[bytes, str | None]:
        """Body, or the place that a redirect names."""
        host = f"[{target.host}]" if ":" in target.host else target.host
        url = httpcore.URL(scheme=b"https", host=host.encode(), port=target.port, target=target.path.encode())
        headers = [(b"User-Agent", _USER_AGENT), (b"Accept", b"image/*"), (b"Accept-Encoding", b"identity")]
        tls = self._tls or ssl.create_default_context()
        with (
            httpcore.ConnectionPool(ssl_context=tls, network_backend=_Pinned(addresses, clock)) as pool,
            pool.stream("GET", url, headers=headers) as response,
        ):
            if response.status in _REDIRECTS:
                return b"", _header(response, b"location")
            if response.status != 200:
                raise refusal("link_status", status=response.status)
            return self._body(response), None

    def _body(self, response: httpcore.Response) -> bytes:
        max_bytes = self._settings.max_bytes
        length = _header(response, b"content-length")
        if length.isdigit() and int(length) > max_bytes:
            raise refusal("max_bytes", max_bytes=max_bytes)
        data = bytearray()
        for piece in response.iter_stream():
            data += piece
            if len(data) > max_bytes:
                raise refusal("max_bytes", max_bytes=max_bytes)
        return bytes(data)


def parse_link(url: str) -> Target:
    """Host, port and path of a plain https URL. Raises BlockedLink for user names, odd hosts and control characters."""
    if len(url) > _MAX_URL_CHARS or not url.isprintable() or any(c in url for c in " \\"):
        raise refusal("link_url")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as exc:
        raise refusal("link_url") from exc
    host = parts.hostname or ""
    if parts.scheme != "https" or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise refusal("link_url")
    path = parts.path or "/"
    return Target(host, port, quote(f"{path}?{parts.query}" if parts.query else path, safe=_URL_SAFE))


def is_listed(target: Target, hosts: Iterable[str]) -> bool:
    """Whether the allow-list names a target: `host`, `*.host` (below it only) or either with `:port`; else port 443."""
    return any(_matches(target, entry.lower().strip()) for entry in hosts)


def _matches(target: Target, entry: str) -> bool:
    name, colon, port = entry.rpartition(":")
    if not colon or not port.isdigit() or ":" in name:
        name, port = entry, "443"
    if target.port != int(port):
        return False
    return target.host.endswith(name[1:]) if name.startswith("*.") else target.host == name


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


class _Clock:
    """The time that one link has, all redirects together."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._end = time.monotonic() + timeout_s

    def refusal(self) -> BadInput:
        return refusal("link_timeout", timeout_s=self._timeout_s)

    def left_s(self) -> float:
        """Seconds left. Raises httpcore.ReadTimeout when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def call(self, function: Callable[[], Sequence[str]]) -> Sequence[str]:
        """A result that has to come in time; name look-ups know no time limit of their own."""
        results: list[Sequence[str]] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                results.append(function())
            except Exception as exc:
                errors.append(exc)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.left_s())
        if errors:
            raise errors[0]
        if not results:
            raise httpcore.ReadTimeout
        return results[0]


class _Pinned(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever name the request carries."""

    def __init__(self, addresses: Sequence[str], clock: _Clock) -> None:
        self._addresses = addresses
        self._clock = clock
        self._backend = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        for address in self._addresses[:-1]:
            try:
                return self._connect(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(self._addresses[-1], port)

    def _connect(self, address: str, port: int) -> httpcore.NetworkStream:
        return _Timed(self._backend.connect_tcp(address, port, timeout=self._clock.left_s()), self._clock)


class _Timed(httpcore.NetworkStream):
    """A stream whose every step ends with the link's time: a server that drips bytes gains nothing."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.left_s())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._clock.left_s()), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
