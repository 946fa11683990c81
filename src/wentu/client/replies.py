"""What the client gives back: the answer of each call as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from wentu.core.codec import adapter
from wentu.core.results import Chart, Extraction, Value
from wentu.core.types import AnswerStatus, Evidence, Usage

R = TypeVar("R", Extraction, Chart)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what it rests on.

    `finish_reason` is OpenAI's (`stop`, `length`, `content_filter`). `unsupported` are the figures that stand nowhere
    in the picture, `timings` seconds by stage, `session` and `message` where it is kept, `job` by which it can be
    rated.
    """

    text: str
    status: AnswerStatus
    evidence: tuple[Evidence, ...]
    unsupported: tuple[str, ...]
    version: str
    finish_reason: str
    usage: Usage
    timings: Mapping[str, float] = field(default_factory=dict)
    session: str | None = None
    message: str | None = None
    job: str = ""
    review: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """What was read in pictures. `answer` are the words about it, where there are some."""

    result: R
    id: str
    version: str
    answer: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """An answer of customer service; every value in `facts` comes from the knowledge base.

    A citation is a row of the knowledge base (`id`, `place`, `version`) or a box in a picture (`picture_id`, `box`).
    """

    id: str
    outcome: Literal["answered", "contradiction", "ambiguous", "not_in_kb", "handoff", "unreadable"]
    answer: str
    version: str
    sku: str | None = None
    faq_id: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    citations: tuple[Mapping[str, Any], ...] = ()
    candidates: tuple[Mapping[str, Any], ...] = ()


def reply_of(text: str, finish_reason: str, usage: Mapping[str, Any], wentu: Mapping[str, Any]) -> Reply:
    """The reply of OpenAI's and wentu's fields of an answer."""
    review = wentu.get("review")
    return Reply(
        text,
        wentu["status"],
        tuple(adapter(Evidence).validate_python(one) for one in wentu["evidence"]),
        tuple(wentu["unsupported"]),
        wentu["version"],
        finish_reason,
        Usage(
            usage.get("prompt_tokens", 0),
            usage.get("completion_tokens", 0),
            usage.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        ),
        wentu["timings"],
        wentu.get("session"),
        wentu.get("message"),
        wentu.get("job", ""),
        review["id"] if review else None,
    )


def extraction_of(body: Mapping[str, Any]) -> Found[Extraction]:
    fields = {name: _field(one) for name, one in body["fields"].items()}
    result = adapter(Extraction).validate_python(
        {"type": body["type"], "fields": fields, "checks": body["checks"], "quality": body["quality"]}
    )
    return Found(result, body["id"], body["version"], "", body["timings"])


def chart_of(body: Mapping[str, Any]) -> Found[Chart]:
    own = {"id", "answer", "version", "timings"}
    result = adapter(Chart).validate_python({name: value for name, value in body.items() if name not in own})
    return Found(result, body["id"], body["version"], body["answer"], body["timings"])


def _field(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """The names of `FieldValue` in place of the wire's."""
    repair = one["repair"]
    if repair is None:
        return one
    return {**one, "repair": {"from_": repair["from"], "to": repair["to"], "why": repair["why"]}}
