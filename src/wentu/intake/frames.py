"""The wire between intake and its decoding child: a JSON head and a body of bytes, both ways.

    frame = 4 bytes head length (big endian), 8 bytes body length, head (JSON object, UTF-8), body

Imported by the child, so nothing but the standard library comes in here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

PREFIX = struct.Struct(">IQ")
MAX_HEAD_BYTES = 65_536


class BrokenFrame(Exception):
    """The other side sent something that is not a frame, or went away in the middle of one."""


def pack(head: Mapping[str, Any], body: bytes = b"") -> tuple[bytes, bytes]:
    """Prefix and head as one piece, then the body as it is (so that 20 MB are not copied once more)."""
    encoded = json.dumps(head).encode()
    return PREFIX.pack(len(encoded), len(body)) + encoded, body


def read(stream: IO[bytes], *, max_body_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Head and body of the next frame. Raises BrokenFrame."""
    head_bytes, body_bytes = PREFIX.unpack(_exactly(stream, PREFIX.size))
    if head_bytes > MAX_HEAD_BYTES or body_bytes > max_body_bytes:
        raise BrokenFrame("a frame is larger than agreed")
    try:
        head = json.loads(_exactly(stream, head_bytes))
    except ValueError as exc:
        raise BrokenFrame("a head is not JSON") from exc
    if not isinstance(head, dict):
        raise BrokenFrame("a head is not an object")
    return head, _exactly(stream, body_bytes)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BrokenFrame("the stream ended inside a frame")
    return data
