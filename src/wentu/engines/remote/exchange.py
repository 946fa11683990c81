"""One question over HTTP: find the model's name, send, follow the stream; try again only while nothing has come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from wentu.core.errors import EngineError, EngineUnreachable
from wentu.core.types import Chunk, Progress, Prompt, SamplingParams
from wentu.engines.remote.border import CHECK_URL, border, status_error
from wentu.engines.remote.reply import Reply
from wentu.engines.remote.request import body
from wentu.engines.remote.sse import EventReader

# Pauses before the second and third try. A server that asks for a longer one is left alone: our queue knows better.
PAUSES_S = (0.5, 1.5)
MAX_RETRY_AFTER_S = 5.0
# Longest body that is read whole: an error, or a list of models (large hosts list some hundred kilobytes).
MAX_JSON_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Remote:
    """Where to ask: a client whose base address is the server's, and the model's name there ("" asks the server)."""

    client: httpx.AsyncClient
    model: str
    max_pixels: int


async def converse(remote: Remote, prompt: Prompt, params: SamplingParams, emit: Callable[[Chunk], None]) -> None:
    """Sends the question and emits the chunks of the answer, the last one with reason and usage.

    Cancelling the task closes the connection, which is how these servers learn that nobody wants the answer.
    Raises EngineError.
    """
    with border():
        model = remote.model or await _first_model(remote.client)
        if prompt.pictures:
            emit(Chunk(progress=Progress("encoding")))
        request = await asyncio.to_thread(body, prompt, params, model, remote.max_pixels)
        emit(Chunk(progress=Progress("reading_prompt")))
        reply = Reply(params.stop)
        async with _opened(remote.client, "POST", "chat/completions", request) as response:
            await _follow(response, reply, emit)
        emit(reply.last())


async def _follow(response: httpx.Response, reply: Reply, emit: Callable[[Chunk], None]) -> None:
    if "text/event-stream" not in response.headers.get("content-type", "").lower():
        raise EngineError("the remote server answered with something else than an event stream", hint=CHECK_URL)
    writing = False
    async with aclosing(_events(response, reply)) as events:
        async for event in events:
            for chunk in reply.take(event):
                if not writing:
                    writing = True
                    emit(Chunk(progress=Progress("writing")))
                emit(chunk)
            if reply.complete:
                return


async def _events(response: httpx.Response, reply: Reply) -> AsyncGenerator[str, None]:
    """The stream's events. A connection lost after the answer's end, before the usage, loses only the usage."""
    reader = EventReader()
    try:
        async for data in response.aiter_bytes():
            for event in reader.feed(data):
                yield event
    except httpx.TransportError:
        if not reply.finished:
            raise
    for event in reader.finish():
        yield event


async def _first_model(client: httpx.AsyncClient) -> str:
    async with _opened(client, "GET", "models", None) as response:
        tree = await _json(response)
    models = tree.get("data") if isinstance(tree, dict) else None
    first = models[0] if isinstance(models, list) and models else None
    name = first.get("id") if isinstance(first, dict) else None
    if not isinstance(name, str) or not name:
        raise EngineError("the remote server lists no model", hint="Name one with WENTU_REMOTE__MODEL.")
    return name


@asynccontextmanager
async def _opened(
    client: httpx.AsyncClient, method: str, path: str, content: dict[str, Any] | None
) -> AsyncIterator[httpx.Response]:
    """A response with status 200, its body still to be read. Raises EngineError for any other status."""
    response = await _first_good(client, method, path, content)
    try:
        yield response
    finally:
        await response.aclose()


async def _first_good(
    client: httpx.AsyncClient, method: str, path: str, content: dict[str, Any] | None
) -> httpx.Response:
    for pause_s in (*PAUSES_S, None):
        response: httpx.Response | None = None
        try:
            with border():
                response = await client.send(client.build_request(method, path, json=content), stream=True)
                if response.status_code == 200:
                    return response
                raise status_error(response.status_code, await _json(response))
        except EngineError as exc:
            wait_s = _retry_after_s(response) if response is not None else 0.0
            if pause_s is None or not _worth_another_try(exc, response) or wait_s > MAX_RETRY_AFTER_S:
                raise
            await asyncio.sleep(max(pause_s, wait_s))
        finally:
            if response is not None and response.status_code != 200:
                await response.aclose()
    raise AssertionError("the last try returns or raises")


def _worth_another_try(exc: EngineError, response: httpx.Response | None) -> bool:
    """A busy server, or a connection that failed before it gave anything. Silence is not: it has cost enough."""
    if response is not None:
        return response.status_code in (429, 503)
    return isinstance(exc, EngineUnreachable) and not isinstance(exc.__cause__, httpx.TimeoutException)


def _retry_after_s(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


async def _json(response: httpx.Response) -> Any:
    """The body as JSON, None where it is none or too long."""
    data = b""
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > MAX_JSON_BYTES:
            return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
