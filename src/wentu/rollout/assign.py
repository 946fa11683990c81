"""Which arm a session is in: the same one at every question, on every machine, until the percentage changes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from wentu.core.types import Query, Stored, VersionSpec
from wentu.store.aliases import Aliases

# stable: no comparison is under way. control and canary: assigned by the split. fallback: assigned to the candidate,
# which was not loaded. shadow: a copy that nobody sees. alias and named: the question asked for this version.
Reason = Literal["stable", "control", "canary", "fallback", "shadow", "alias", "named"]
_PARTS = 10_000  # the split is exact to a hundredth of a percent


@dataclass(frozen=True, slots=True)
class Assignment:
    """The version that answers, and why this one. `run` is the comparison under way, "" where there is none; `salt`
    is what its sessions are masked with."""

    version: VersionSpec
    reason: Reason
    run: str = ""
    salt: str = ""

    @property
    def name(self) -> str:
        return self.version.name


@dataclass(frozen=True, slots=True)
class Choice:
    """The guard policy or knowledge base of one question by its name ("": nothing was decided yet), and why it."""

    name: str
    reason: Reason = "stable"
    run: str = ""
    salt: str = ""


def choose(names: Aliases, query: Query) -> Choice:
    """What these names give to the question, by the same split as a version."""
    arm = arm_of(names, query)
    if arm == "stable":
        return Choice(names.stable)
    return Choice(names.candidate if arm == "canary" else names.stable, arm, names.run, names.salt)


def arm_of(names: Aliases, query: Query) -> Literal["stable", "control", "canary"]:
    """The side of the running canary that this question is on. While it is paused nobody is exposed and nobody is
    counted: a pause is a precaution."""
    if names.mode != "canary" or names.paused:
        return "stable"
    return "canary" if in_canary(names.salt, unit_of(query), names.percent) else "control"


def in_canary(salt: str, unit: str, percent: int) -> bool:
    """Whether this session goes to the candidate. Who is in at 10% is in at 25%: the threshold moves, not the hash."""
    digest = hmac.new(salt.encode(), unit.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS < percent * _PARTS // 100


def unit_of(query: Query) -> str:
    """What is assigned as one: the session; without one, the conversation, by its owner and its first question."""
    if query.session:
        return query.session
    first = next((message for message in query.messages if message.role == "user"), None)
    parts = (part.digest if isinstance(part, Stored) else part for part in (first.parts if first else ()))
    text = "\0".join(part if isinstance(part, str) else hashlib.sha256(part.data).hexdigest() for part in parts)
    return hashlib.sha256(f"{query.owner}\0{text}".encode()).hexdigest()


def masked_unit(salt: str, unit: str) -> str:
    """The unit as exposures keep it: sessions can be told apart, and not be found again without the salt."""
    return hmac.new(salt.encode(), b"unit\0" + unit.encode(), hashlib.sha256).hexdigest()[:32]
