"""Facts that Pillow does not tell or check, read straight from the bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from wentu.intake.decoder.rejected import Rejected


def check_png(data: bytes) -> None:
    """Raises Rejected unless every chunk up to IEND is whole and every critical one has the right CRC.

    Pillow leaves the CRC of IDAT unread, so flipped pixels would come through (PNG 1.2, 3.2 and 3.4).
    """
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            break
        critical = kind[:1].isupper()
        if critical and zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            break
        if kind == b"IEND":
            return
        at = end
    raise Rejected("unreadable")


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Canvas width and height of a WEBP file; None where the header is not one (RFC 9649, section 2.7).

    libwebp sets aside the whole canvas when the file is opened, so the size has to be known before that.
    """
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None


def webp_is_lossless(data: bytes) -> bool:
    """Whether the first picture of a WEBP file is coded without loss (VP8L)."""
    for kind, at in _riff_chunks(data, 12, len(data)):
        if kind in (b"VP8L", b"VP8 "):
            return kind == b"VP8L"
        if kind == b"ANMF":
            for inner, _ in _riff_chunks(data, at + 8 + 16, len(data)):
                if inner in (b"VP8L", b"VP8 "):
                    return inner == b"VP8L"
    return False


def _riff_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int]]:
    while at + 8 <= end:
        kind, size = struct.unpack_from("<4sI", data, at)
        yield kind, at
        at += 8 + size + (size & 1)
