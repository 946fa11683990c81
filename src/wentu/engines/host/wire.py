"""What goes over the socket between a worker and an engine host.

A request is one JSON frame followed by one frame of raw pixels for each picture; the answer is a row of JSON
frames, the last of which holds `finish_reason` or an error. No pickle: the host is not asked to run what it reads.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from wentu.core.codec import adapter, from_json, to_json, to_plain
from wentu.core.errors import WentuError, error_from_event
from wentu.core.types import Chunk, Failed, Picture, Prompt, SamplingParams, TextLine, Turn


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: `Engine.stream`."""

    prompt: Prompt
    params: SamplingParams


@dataclass(frozen=True, slots=True)
class Warm:
    """A prompt to be read ahead of its question: `Engine.warm`."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Forget:
    """A picture of which nothing may be kept: `Engine.forget`."""

    digest: str


Request = Ask | Warm | Forget


def send_request(connection: Connection, request: Request) -> None:
    """Writes a request. Raises OSError when the host is gone."""
    if isinstance(request, Forget):
        connection.send_bytes(json.dumps({"forget": request.digest}).encode())
        return
    params = to_plain(request.params) if isinstance(request, Ask) else None
    head = {**_head(request.prompt), "params": params}
    connection.send_bytes(json.dumps(head, ensure_ascii=False).encode())
    for picture in request.prompt.pictures:
        connection.send_bytes(memoryview(np.ascontiguousarray(picture.pixels).data).cast("B"))


def receive_request(connection: Connection) -> Request:
    """Reads a request. Raises EOFError when the other side hung up."""
    head: dict[str, Any] = json.loads(connection.recv_bytes())
    if "forget" in head:
        return Forget(head["forget"])
    pictures = [_receive_picture(connection, entry) for entry in head["pictures"]]
    turns = tuple(
        Turn(turn["role"], tuple(part if isinstance(part, str) else pictures[part] for part in turn["parts"]))
        for turn in head["turns"]
    )
    lines = tuple(tuple(adapter(TextLine).validate_python(line) for line in page) for page in head["lines"])
    prompt = Prompt(turns, lines, head["json_schema"])
    if head["params"] is None:
        return Warm(prompt)
    return Ask(prompt, adapter(SamplingParams).validate_python(head["params"]))


def send_chunk(connection: Connection, chunk: Chunk) -> None:
    connection.send_bytes(to_json(chunk).encode())


def send_error(connection: Connection, error: WentuError) -> None:
    connection.send_bytes(json.dumps({"error": to_plain(error.as_event())}, ensure_ascii=False).encode())


def receive_chunk(connection: Connection) -> Chunk:
    """The next piece. Raises the engine's own error, or EOFError when the host died."""
    frame = connection.recv_bytes()
    if frame.startswith(b'{"error"'):
        raise error_from_event(adapter(Failed).validate_python(json.loads(frame)["error"]))
    return from_json(Chunk, frame)


def _head(prompt: Prompt) -> dict[str, Any]:
    """A prompt without its pixels; pictures are numbered in the order in which they follow."""
    numbers = iter(range(len(prompt.pictures)))
    return {
        "turns": [
            {"role": turn.role, "parts": [part if isinstance(part, str) else next(numbers) for part in turn.parts]}
            for turn in prompt.turns
        ],
        "pictures": [{"digest": p.digest, "height": p.height, "width": p.width} for p in prompt.pictures],
        "lines": [[to_plain(line) for line in lines] for lines in prompt.lines],
        "json_schema": prompt.json_schema,
    }


def _receive_picture(connection: Connection, entry: dict[str, Any]) -> Picture:
    pixels = np.frombuffer(connection.recv_bytes(), np.uint8)
    return Picture(entry["digest"], pixels.reshape(entry["height"], entry["width"], 3))
