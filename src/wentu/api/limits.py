"""How large a request may be: small everywhere, and as large as its address says where pictures and files travel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request

from wentu.api.service import service
from wentu.core.config import IntakeSettings

JSON_BYTES = 1_000_000
# Room for the texts of a long conversation beside its pictures.
CHAT_TEXT_BYTES = 8_000_000
FORM_OVERHEAD_BYTES = 64_000
# Werkzeug counts its own read buffer of 64 KiB against this, so a smaller limit refuses every file above it.
FORM_MEMORY_BYTES = 500_000
KNOWLEDGE_BYTES = 100_000_000
_DRAIN_BYTES = 64_000_000
_PIECE_BYTES = 262_144

View = TypeVar("View", bound=Callable[..., object])
Size = Callable[[IntakeSettings], int]
UPLOAD = "pictures.upload_picture"


def chat_bytes(intake: IntakeSettings) -> int:
    """A question with the most and largest pictures as data URLs; base64 makes 4 characters of 3 bytes."""
    return intake.max_pictures * (intake.max_bytes * 4 // 3 + 1_000) + CHAT_TEXT_BYTES


def upload_bytes(intake: IntakeSettings) -> int:
    """One picture file in a form."""
    return intake.max_bytes + FORM_OVERHEAD_BYTES


def knowledge_bytes(intake: IntakeSettings) -> int:
    """Catalogues and documents in a form."""
    return KNOWLEDGE_BYTES + FORM_OVERHEAD_BYTES


def body(size: Size) -> Callable[[View], View]:
    """Marks a view whose requests may be larger than JSON_BYTES. To stand next to the function."""

    def mark(view: View) -> View:
        view.max_body = size  # type: ignore[attr-defined]
        return view

    return mark


def limit_body() -> None:
    """Before every request: the limit of its address."""
    view = current_app.view_functions.get(request.endpoint or "")
    size: Size | None = getattr(view, "max_body", None)
    request.max_content_length = JSON_BYTES if size is None else size(service().settings.intake)


def drain_body() -> None:
    """Reads on, up to a bound, what a client still sends after a refusal.

    A server that closes while the client sends makes a reset of it, and the client never sees the reason.
    """
    left = min(request.content_length or 0, _DRAIN_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
