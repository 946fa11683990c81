"""Hand-offs announced to the shop's own system: signed JSON, sent in the background, tried three times.

`X-Wentu-Signature: t=<Unix seconds>,v1=<hex>`, where v1 is HMAC-SHA256 of "<t>.<body>" with the shared secret. Whoever
receives it recomputes it and refuses old times, so that nobody can forge or replay one (as Stripe's webhooks do).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time

import httpx

from wentu.core.config import SupportSettings
from wentu.store import SupportCase

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
WAITS_S = (0.0, 2.0, 10.0)


def announce(settings: SupportSettings, case: SupportCase) -> None:
    """Sends the case if a webhook is set; never waits and never raises."""
    if settings.webhook_url:
        threading.Thread(target=_send, args=(settings, body_of(case)), name="webhook", daemon=True).start()


def body_of(case: SupportCase) -> bytes:
    """What is sent: the case without its pictures, which are fetched with an agent's key."""
    tree = {
        "event": "support.handoff",
        "id": case.id,
        "conversation": case.conversation,
        "reason": case.reason,
        "question": case.question,
        "summary": case.summary,
        "seen": case.seen,
        "pictures": len(case.picture_ids),
        "created_at": int(case.created_at),
    }
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, body: bytes, now: int) -> str:
    """The header's value for a body that is sent at this Unix time."""
    made = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={made}"


def _send(settings: SupportSettings, body: bytes) -> None:
    for wait in WAITS_S:
        time.sleep(wait)
        signed = signature(settings.webhook_secret.get_secret_value(), body, int(time.time()))
        headers = {"Content-Type": "application/json", "X-Wentu-Signature": signed}
        try:
            if httpx.post(settings.webhook_url, content=body, headers=headers, timeout=TIMEOUT_S).is_success:
                return
        except httpx.HTTPError as error:
            log.warning("the webhook did not answer: %s", type(error).__name__)
    log.error("a hand-off could not be announced; it waits at the desk")
