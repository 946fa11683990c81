"""Random ids that say what they name: `bat_...`, `pic_...`, `ses_...`, `msg_...`, `job_...`, `key_...`."""

from __future__ import annotations

import secrets


def new_id(kind: str) -> str:
    """`kind_` and 128 random bits: an id can't be guessed from another one."""
    return f"{kind}_{secrets.token_hex(16)}"
