"""A thread with an event loop and an HTTP client, so that waiting for a server can be broken off at any moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import httpx


class Link:
    """Runs coroutines that use one client, for callers in any thread.

    A blocking read can't be cancelled from outside; a task can, wherever it waits: for the connection, for the first
    byte, between two chunks.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = client
        self._thread = threading.Thread(target=self._loop.run_forever, name="wentu-remote", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]) -> Future[None]:
        """Starts `work`; cancelling the future cancels it."""
        return asyncio.run_coroutine_threadsafe(work(self._client), self._loop)

    def close(self) -> None:
        """Cancels what runs, closes the connections, ends the thread."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()
