"""`RemoteEngine`: another server computes, through the API that most of them speak."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Self

import httpx

from wentu import __version__
from wentu.core.config import RemoteSettings, Settings
from wentu.core.errors import EngineError, EngineMissing, WentuError
from wentu.core.types import Chunk, Prompt, SamplingParams, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.engines.remote.border import CHECK_URL, border
from wentu.engines.remote.exchange import Remote, converse
from wentu.engines.remote.link import Link
from wentu.engines.specs import family_named

# How often a caller who waits for the server gets an empty chunk, so that it can close the iterator.
PULSE_S = 0.1
# A server on the way that does not take a connection within this time is not there.
CONNECT_TIMEOUT_S = 10.0


class RemoteEngine(Engine):
    """Asks WENTU_REMOTE__URL. Several threads may ask at once; the server decides how many it answers together.

    Closing the iterator closes the connection. Whether a JSON schema is kept to is the server's business: vLLM,
    SGLang and llama-server do.
    """

    capabilities = Capabilities(sees=True, json_schema=True, logprobs=True)

    def __init__(self, remote: RemoteSettings, max_pixels: int) -> None:
        family = family_named(remote.model)
        if family is not None:
            self.capabilities = replace(self.capabilities, box_scale=family.box_scale, token_px=family.token_px)
        self._settings = remote
        self._max_pixels = max_pixels
        self._lock = threading.Lock()
        self._link: Link | None = Link(_client(remote))

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """Asks nobody yet: a server may come up later. Raises EngineMissing if the address is none."""
        with border():
            _check(settings.remote)
            return cls(settings.remote, settings.engine.max_pixels)

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        link = self._link
        if link is None:
            raise EngineError("the engine is closed")
        arrived: queue.SimpleQueue[Chunk | WentuError | None] = queue.SimpleQueue()

        async def work(client: httpx.AsyncClient) -> None:
            remote = Remote(client, self._settings.model, self._max_pixels)
            try:
                await converse(remote, prompt, params, arrived.put)
                arrived.put(None)
            except WentuError as exc:
                arrived.put(exc)
            except asyncio.CancelledError:
                arrived.put(EngineError("the engine was closed"))
                raise

        with border():
            task = link.run(work)
        try:
            yield from _until_end(arrived)
        finally:
            task.cancel()

    def close(self) -> None:
        """Ends answers under way and closes all connections."""
        with self._lock:
            link, self._link = self._link, None
        if link is not None:
            link.close()


def _until_end(arrived: queue.SimpleQueue[Chunk | WentuError | None]) -> Iterator[Chunk]:
    while True:
        try:
            item = arrived.get(timeout=PULSE_S)
        except queue.Empty:
            yield Chunk()
            continue
        if item is None:
            return
        if isinstance(item, WentuError):
            raise item
        yield item


def _check(remote: RemoteSettings) -> None:
    """Raises EngineMissing that names the variable, and never its value: both may hold a secret."""
    if not remote.url:
        raise EngineMissing(
            "no remote server is set", hint="Set WENTU_REMOTE__URL, for example http://10.0.0.5:8000/v1."
        )
    address = httpx.URL(remote.url)
    if address.scheme not in ("http", "https") or not address.host:
        raise EngineMissing("WENTU_REMOTE__URL is no web address", hint=CHECK_URL)
    if address.userinfo:  # addresses are written to logs
        raise EngineMissing("WENTU_REMOTE__URL holds a user name", hint="Put the key into WENTU_REMOTE__KEY instead.")
    key = remote.key.get_secret_value()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise EngineMissing(
            "WENTU_REMOTE__KEY holds characters that no key has", hint="Set it again without spaces and line ends."
        )


def _client(remote: RemoteSettings) -> httpx.AsyncClient:
    key = remote.key.get_secret_value()
    return httpx.AsyncClient(
        base_url=remote.url.rstrip("/") + "/",
        headers={"User-Agent": f"wentu/{__version__}", **({"Authorization": f"Bearer {key}"} if key else {})},
        timeout=httpx.Timeout(remote.timeout_s, connect=min(CONNECT_TIMEOUT_S, remote.timeout_s), pool=None),
        limits=httpx.Limits(max_connections=None),
        trust_env=not _on_this_machine(remote.url),
    )


def _on_this_machine(url: str) -> bool:
    """Plain http on loopback: a proxy would see the key, and could not reach the server anyway."""
    address = httpx.URL(url)
    return address.scheme == "http" and address.host in ("127.0.0.1", "::1", "localhost")
