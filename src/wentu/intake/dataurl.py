"""Bytes out of a data URL (RFC 2397), checked for length before anything is decoded."""

from __future__ import annotations

import binascii
import re

from wentu.intake.rules import refusal

_HEAD = re.compile(r"data:([a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*)?((?:;[a-z0-9_.+-]+=[a-z0-9_.+-]+)*);base64", re.I)
_MAX_HEAD_CHARS = 200
_OTHER_TYPES = frozenset({"application/pdf", "application/ofd", "application/octet-stream"})


def decode_data_url(url: str, *, max_bytes: int) -> bytes:
    """The bytes of `data:image/...;base64,...`.

    The declared type only has to be a picture's, a PDF's or an OFD's; what the bytes are is found out from the bytes.
    Raises BadDataUrl, or ImageTooLarge from the length alone.
    """
    comma = url.find(",", 0, _MAX_HEAD_CHARS)
    head = _HEAD.fullmatch(url, 0, comma) if comma > 0 else None
    if head is None:
        raise refusal("data_url")
    media_type = (head[1] or "").lower()
    if not media_type.startswith("image/") and media_type not in _OTHER_TYPES:
        raise refusal("data_url_type")
    # Base64 writes 3 bytes as 4 characters (RFC 4648, section 4), the last group padded.
    if len(url) - comma - 1 > (max_bytes + 2) // 3 * 4:
        raise refusal("max_bytes", max_bytes=max_bytes)
    payload = url[comma + 1 :]
    # The strict decoder lets surplus padding pass behind a complete group.
    if len(payload) % 4 or len(payload) - len(payload.rstrip("=")) > 2:
        raise refusal("data_url_base64")
    try:
        return binascii.a2b_base64(payload, strict_mode=True)
    except ValueError as exc:
        raise refusal("data_url_base64") from exc
