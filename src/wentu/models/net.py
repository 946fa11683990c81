"""Requests to a hub: patience with bad lines, and errors that people understand."""

from __future__ import annotations

import json
import random
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from wentu import __version__
from wentu.core.errors import BadSetting, HubRefused, HubUnreachable, ModelNotOnHub
from wentu.models.meter import Meter

T = TypeVar("T")

# 10 s is also huggingface_hub's HF_HUB_DOWNLOAD_TIMEOUT; a file server that reads from cold storage needs a bit more.
TIMEOUT = httpx.Timeout(15.0, connect=10.0)
CONNECTIONS = 3
# Somebody sits and waits for the list; a download in the middle is worth more patience.
LISTING_TRIES = 3
_RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_LISTING_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is tried anew when no byte comes, and how long to wait: first, then twice that, ..."""

    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0

    def wait_s(self, failures: int) -> float:
        """Seconds before the next try, with jitter so that parallel files don't knock at the same moment."""
        return min(self.first_wait_s * 2.0 ** (failures - 1), self.longest_wait_s) * random.uniform(0.75, 1.25)


class Net:
    """A pool of connections to one hub; every failure leaves as a WentuError that names the hub, never its address."""

    def __init__(self, hub_title: str, meter: Meter, patience: Patience) -> None:
        self.hub_title = hub_title
        self.meter = meter
        self.patience = patience
        self._client = httpx.Client(
            follow_redirects=True,
            max_redirects=5,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS + 1),
            # Sizes and ranges are those of the file, so the file must not come compressed.
            headers={"User-Agent": f"wentu/{__version__}", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get_json(self, url: str, headers: dict[str, str], what: str) -> tuple[int, Any]:
        """Status and decoded body of an API call; statuses other than 2xx that mean "try again" are tried again.

        Raises HubUnreachable when nobody answers or the answer is not JSON (a login page of the network, say).
        """

        def ask() -> tuple[int, Any]:
            with self.stream(url, headers) as response:
                body = b""
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MAX_LISTING_BYTES:
                        raise HubUnreachable(f"the answer of {self.hub_title} is too long to be a list of files")
            if response.status_code in (401, 403, 404):
                raise_for_refusal(response, self.hub_title, what)
            try:
                return response.status_code, json.loads(body)
            except ValueError as exc:
                raise HubUnreachable(
                    f"{self.hub_title} (or something in between, such as a login page) sent no list of files"
                ) from exc

        return self.persist(ask, lambda: 0, min(LISTING_TRIES, self.patience.tries))

    @contextmanager
    def stream(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """An open response whose reading `Meter.stop` can interrupt. Raises Retry on statuses that may pass."""
        with self._client.stream("GET", url, headers=headers, extensions={"trace": self._trace}) as response:
            if response.status_code in _RETRY_STATUS:
                raise Retry(response.status_code, _retry_after_s(response))
            yield response

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's hook (https://www.encode.io/httpcore/extensions/#trace): tells us of every new connection."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            open_socket = info["return_value"].get_extra_info("socket")
            if isinstance(open_socket, socket.socket):
                self.meter.watch(open_socket)

    def persist(self, attempt: Callable[[], T], arrived: Callable[[], int], tries: int = 0) -> T:
        """The result of `attempt`, tried again on lost connections while bytes arrive or patience lasts.

        `arrived` gives the number of bytes that stand on disk; whenever it has grown, counting starts anew.
        `tries` are allowed without a new byte (0: as many as the patience has).
        Raises HubUnreachable, BadSetting (the endpoint is no URL) and Cancelled.
        """
        failures, before = 0, arrived()
        while True:
            self.meter.check()
            try:
                return attempt()
            except (httpx.InvalidURL, httpx.TooManyRedirects, httpx.UnsupportedProtocol) as exc:
                raise _bad_endpoint(self.hub_title) from exc
            except (httpx.RequestError, Retry) as exc:
                self.meter.check()
                now = arrived()
                failures, before = (1 if now > before else failures + 1), now
                if failures >= (tries or self.patience.tries) or is_certificate_error(exc):
                    raise self._unreachable(exc) from exc
                asked_s = exc.after_s if isinstance(exc, Retry) else 0.0
                self.meter.wait(max(self.patience.wait_s(failures), asked_s))

    def _unreachable(self, exc: Exception) -> HubUnreachable:
        if is_certificate_error(exc):
            reason = "its certificate is not trusted here"
            hint = "Behind a company proxy, set SSL_CERT_FILE to the company's certificate. "
        elif isinstance(exc, Retry):
            reason, hint = f"it answered with status {exc.status} every time", ""
        elif isinstance(exc, httpx.TimeoutException):
            reason, hint = "it does not answer in time", ""
        else:
            reason, hint = "the connection fails", ""
        other = "--from huggingface" if self.hub_title == "ModelScope" else "--from modelscope"
        ways_out = HubUnreachable.default_hint.replace("--from modelscope", other)
        return HubUnreachable(f"{self.hub_title} can't be reached: {reason}", hint=hint + ways_out, hub=self.hub_title)


class Retry(Exception):
    """A status that may pass: the server is overloaded, asks to slow down, or is being restarted."""

    def __init__(self, status: int, after_s: float) -> None:
        super().__init__(status)
        self.status = status
        self.after_s = after_s


def raise_for_refusal(response: httpx.Response, hub_title: str, what: str) -> None:
    """Raises ModelNotOnHub or HubRefused for 401, 403 and 404; anything else passes.

    Hugging Face says 401 for a private model and for one that does not exist, and puts the difference into
    X-Error-Code (huggingface_hub/utils/_http.py, hf_raise_for_status).
    """
    code = response.headers.get("X-Error-Code", "")
    if code == "GatedRepo" or response.status_code == 403:
        raise HubRefused(f"{hub_title} gives {what} only to accounts that may read it", hub=hub_title)
    if code == "RevisionNotFound":
        raise ModelNotOnHub(f"{what} has no such revision on {hub_title}", hub=hub_title)
    if response.status_code == 401:
        raise ModelNotOnHub(
            f"{hub_title} has no public {what}",
            hint="Check the name (owner/model); for a private model set HF_TOKEN to a token that may read it.",
            hub=hub_title,
        )
    if response.status_code == 404:
        raise ModelNotOnHub(f"{hub_title} has no {what}", hub=hub_title)


def is_certificate_error(exc: BaseException | None) -> bool:
    """Whether a TLS certificate is at the root: trying again would not help."""
    while exc is not None:
        if isinstance(exc, ssl.SSLCertVerificationError):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


def _retry_after_s(response: httpx.Response) -> float:
    """Seconds that the server asks for (RFC 9110, 10.2.3); at most two minutes, and dates are ignored."""
    value = response.headers.get("Retry-After", "")
    return min(float(value), 120.0) if value.isdecimal() else 0.0


def _bad_endpoint(hub_title: str) -> BadSetting:
    return BadSetting(
        f"the address of {hub_title} is not one that can be asked",
        hint="Check HF_ENDPOINT or WENTU_MODELS__HF_ENDPOINT (ModelScope: WENTU_MODELS__MODELSCOPE_ENDPOINT).",
    )
