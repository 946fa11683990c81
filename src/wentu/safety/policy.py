"""A policy: the words, thresholds and actions of one deployment, as one immutable JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wentu.core.errors import BadPolicy
from wentu.safety.findings import Severity

MAX_WORDS = 50_000
Action = Literal["pass", "review", "block"]
Phrase = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Word(_Part):
    """A word that is held back.

    `match` "word" wants no letter or digit of the Latin script right before or after it; by default Latin words do.
    With `context`, one of those words has to stand within 20 characters; `exempt` are phrases in which it is harmless.
    """

    text: Phrase
    category: Annotated[str, Field(min_length=1, max_length=40)] = "blocked_words"
    severity: Severity = "block"
    match: Literal["auto", "any", "word"] = "auto"
    variants: bool = Field(True, description="Skipped characters, pinyin and split characters are looked for too.")
    context: tuple[Phrase, ...] = ()
    exempt: tuple[Phrase, ...] = ()

    @property
    def whole(self) -> bool:
        """True: only as a word of its own."""
        return self.match == "word" or (self.match == "auto" and self.text.isascii())


class Limits(_Part):
    """From which score (0..1) on something is held for review, and from which it is blocked; above 1: never."""

    review: float = Field(ge=0, le=2)
    block: float = Field(ge=0, le=2)

    @model_validator(mode="after")
    def _in_order(self) -> Limits:
        if self.review > self.block:
            raise ValueError("'review' must not be above 'block'")
        return self

    def severity(self, score: float) -> Severity | None:
        return "block" if score >= self.block else "review" if score >= self.review else None


class PersonalData(_Part):
    """What happens when an ID, bank card, phone or plate number or an email address is found.

    Reading documents is what wentu is for, so by default nothing does; `answer` "mask" shows stars instead.
    """

    question: Action = "pass"
    picture_text: Action = "pass"
    answer: Literal["pass", "mask", "review", "block"] = "pass"


class Injection(_Part):
    """What happens when text in a picture speaks to the model. "pass": it is marked as untrusted and no more."""

    picture_text: Action = "pass"


class Policy(_Part):
    """Everything that decides what is held and what is blocked. Files are named by `version`, which only grows."""

    version: int = Field(0, ge=0)
    note: str = Field("", max_length=500)
    words: tuple[Word, ...] = Field((), max_length=MAX_WORDS)
    allow: tuple[Phrase, ...] = Field((), max_length=MAX_WORDS, description="Phrases that are harmless as a whole.")
    pictures: dict[str, Limits] = Field(
        default_factory=lambda: {"NSFW": Limits(review=0.85, block=0.97), "NSFL": Limits(review=0.85, block=0.97)},
        description="By the picture classifier's label; a label that is not named here passes.",
    )
    text: dict[str, Limits] = Field(
        default_factory=dict,
        description="By the text classifier's label; '*': any other but 'safe', 'normal' and the like.",
    )
    judge: Action = Field("block", description="What a judge's 'unsafe' does, where a judge is set up.")
    personal_data: PersonalData = PersonalData()
    injection: Injection = Injection()


def parse_policy(text: str | bytes, name: str) -> Policy:
    """The policy in a JSON text. Raises BadPolicy that names the first wrong field, never its value."""
    try:
        return Policy.model_validate(json.loads(text))
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadPolicy(f"{name}: {where} is wrong: {first['msg'].lower()}", field=where) from exc
    except (ValueError, RecursionError) as exc:
        raise BadPolicy(f"{name} is not JSON", field="") from exc


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises BadPolicy."""
    try:
        return parse_policy(path.read_bytes(), path.name)
    except OSError as exc:
        raise BadPolicy(f"{path} can't be read", field="") from exc


def write_policy(policy: Policy) -> str:
    return spelled(policy.model_dump(mode="json"))


def spelled(tree: Mapping[str, Any]) -> str:
    """JSON as every file of a policy has it; its sha256 depends on each character."""
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"
