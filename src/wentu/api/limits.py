"""How large a request may be: small everywhere, and as large as intake's limits where pictures travel."""

from __future__ import annotations

from flask import request

from wentu.api.service import service
from wentu.core.config import IntakeSettings

JSON_BYTES = 1_000_000
# Room for the texts of a long conversation beside its pictures.
CHAT_TEXT_BYTES = 8_000_000
FORM_OVERHEAD_BYTES = 64_000
# Werkzeug counts its own read buffer of 64 KiB against this, so a smaller limit refuses every file above it.
FORM_MEMORY_BYTES = 500_000
_DRAIN_BYTES = 64_000_000
_PIECE_BYTES = 262_144

UPLOAD = "pictures.upload_picture"
CHAT = "chat.create_chat_completion"
JOB = "jobs.create_job"
BATCH = "batches.create_batch"


def chat_bytes(intake: IntakeSettings) -> int:
    """A question with the most and largest pictures as data URLs; base64 makes 4 characters of 3 bytes."""
    return intake.max_pictures * (intake.max_bytes * 4 // 3 + 1_000) + CHAT_TEXT_BYTES


KNOWLEDGE_BYTES = 100_000_000
IMPORT = "knowledge.import_knowledge"
SUPPORT = "support.ask_support"


def upload_bytes(intake: IntakeSettings) -> int:
    return intake.max_bytes + FORM_OVERHEAD_BYTES


def limit_body() -> None:
    """Before every request: the limit of its address."""
    intake = service().settings.intake
    sizes = dict.fromkeys((CHAT, JOB, BATCH, SUPPORT), chat_bytes(intake)) | {UPLOAD: upload_bytes(intake)}
    sizes[IMPORT] = KNOWLEDGE_BYTES + FORM_OVERHEAD_BYTES
    request.max_content_length = sizes.get(request.endpoint or "", JSON_BYTES)


def drain_body() -> None:
    """Reads on, up to a bound, what a client still sends after a refusal.

    A server that closes while the client sends makes a reset of it, and the client never sees the reason.
    """
    left = min(request.content_length or 0, _DRAIN_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
