"""The way to the server: requests out, bodies back, and every failure as one of wentu's own errors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from wentu.core.errors import Busy, ServerGone, WentuError, error_classes


class Link:
    """HTTP to one server. Holds its connections open until `close`."""

    def __init__(
        self, address: str, key: str | None, timeout_s: float, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # Whoever asks a slow machine waits for the answer, not for the connection.
        timeout = httpx.Timeout(timeout_s, connect=min(10.0, timeout_s))
        self._http = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=timeout, transport=transport)

    def get(self, path: str, **params: str) -> Any:
        """The JSON body. Raises WentuError."""
        return self._json("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON body of the answer. Raises WentuError."""
        return self._json("POST", path, json=body)

    def upload(self, path: str, name: str, data: bytes, page: int | None) -> Any:
        fields = {} if page is None else {"page": str(page)}
        return self._json("POST", path, files={"file": (name, data)}, data=fields)

    def delete(self, path: str) -> None:
        with _spoken():
            _check(self._http.delete(path))

    def text(self, path: str, **params: str) -> str:
        """A file as text. Raises WentuError."""
        with _spoken():
            return _check(self._http.get(path, params=params)).text

    def events(self, path: str, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The JSON of each server-sent event up to `[DONE]`. Raises WentuError, also one that comes in mid-stream."""
        with _spoken(), self._http.stream("POST", path, json=body) as response:
            if response.is_error:
                response.read()
            _check(response)
            for line in response.iter_lines():
                if not line.startswith("data: "):
                    continue
                data = line.removeprefix("data: ")
                if data == "[DONE]":
                    return
                event = json.loads(data)
                if "error" in event:
                    raise error_of(event, None)
                yield event
        raise ServerGone("the answer broke off")

    def close(self) -> None:
        self._http.close()

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        with _spoken():
            return _check(self._http.request(method, path, **arguments)).json()


def error_of(body: Any, retry_after: str | None) -> WentuError:
    """The error that a server's body names; one with an unknown code becomes a plain WentuError."""
    error = body.get("error", {}) if isinstance(body, dict) else {}
    params = {**error.get("params", {}), **({"param": error["param"]} if error.get("param") else {})}
    cls = error_classes().get(error.get("code", ""), WentuError)
    message = error.get("message", "the server's answer is not one of wentu's")
    if issubclass(cls, Busy) and retry_after:
        return cls(message, hint=error.get("hint", ""), retry_after_s=float(retry_after), **params)
    return cls(message, hint=error.get("hint", ""), **params)


def _check(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    try:
        body = response.json()
    except ValueError:
        body = None
    raise error_of(body, response.headers.get("Retry-After"))


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as exc:
        raise ServerGone("the server does not answer") from exc
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
        raise ServerGone("this is no address of a server") from exc
    except json.JSONDecodeError as exc:
        raise ServerGone("the answer is not one of wentu's") from exc
