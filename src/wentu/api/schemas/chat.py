"""OpenAI's chat completions, with the object `wentu` added."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from wentu.api.schemas.base import In, JsonObject, Out
from wentu.core.detail import Detail

MAX_TEXT = 200_000
MAX_MESSAGES = 1_000
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Id = Annotated[str, Field(max_length=40)]


class TextPart(In):
    type: Literal["text"]
    text: Text


class ImageUrl(In):
    detail: Literal["auto", "low", "high"] = Field(
        "auto",
        description="OpenAI's dial: low is `wentu.detail` quick, high is precise; the closest look of all counts.",
    )
    url: str = Field(description="`data:image/...;base64,...`, `wentu:pic_...`, or a link where links are allowed.")


class ImagePart(In):
    type: Literal["image_url"]
    image_url: ImageUrl


Part = Annotated[TextPart | ImagePart, Field(discriminator="type")]


def _parts(value: Any) -> Any:
    """Text alone means one text part; null (an assistant turn that only called a tool) means none."""
    if isinstance(value, str):
        return [{"type": "text", "text": value}]
    return [] if value is None else value


def _texts(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Parts = Annotated[list[Part], BeforeValidator(_parts, json_schema_input_type=Text | list[Part] | None)]
StopText = Annotated[str, Field(min_length=1, max_length=200)]
Stops = Annotated[list[StopText], Field(max_length=16)]
Stop = Annotated[Stops, BeforeValidator(_texts, json_schema_input_type=StopText | Stops)]


class MessageIn(In):
    role: Literal["system", "developer", "user", "assistant"]
    content: Parts = Field(default_factory=list)


class StreamOptions(In):
    include_usage: bool = False


class JsonSchema(In):
    schema_: JsonObject | None = Field(None, alias="schema")


class ResponseFormat(In):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class WentuIn(In):
    """What wentu adds to OpenAI's request."""

    session: Id | None = Field(None, description="A session: its history is taken, question and answer are kept.")
    parent: Id | None = Field(None, description="The message after which the question goes; null: a new start.")
    regenerate: Id | None = Field(None, description="A user message whose question is asked once more.")
    record: bool = Field(False, description="Consent: this question may be kept, masked, to compare versions with.")
    detail: Detail | None = Field(None, description="How closely pictures are looked at; balanced when left out.")
    progress: bool = Field(False, description="Send chunks that say where the question stands.")


class ChatRequest(In):
    """A question about pictures in OpenAI's form."""

    messages: list[MessageIn] = Field(max_length=MAX_MESSAGES)
    model: Annotated[str, Field(min_length=1, max_length=200)] = "stable"
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    stop: Stop | None = None
    max_tokens: int | None = Field(None, ge=1, le=32_768)
    max_completion_tokens: int | None = Field(None, ge=1, le=32_768)
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(None, gt=0, le=1, allow_inf_nan=False)
    top_k: int | None = Field(None, ge=0, le=1_000_000)
    presence_penalty: float | None = Field(None, ge=-2, le=2, allow_inf_nan=False)
    repetition_penalty: float | None = Field(None, gt=0, le=2, allow_inf_nan=False)
    seed: int | None = Field(None, ge=-(2**63), le=2**63 - 1)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    n: Literal[1] | None = None
    response_format: ResponseFormat | None = None
    wentu: WentuIn | None = None


class EvidenceOut(Out):
    """A stretch of the answer (`start`, `end` in Unicode code points) and the pixels that it rests on."""

    start: int
    end: int
    picture: int = Field(description="Index of the picture in the conversation.")
    picture_id: str | None
    polygon: list[list[float]] = Field(description="4 points [x, y] in picture pixels.")
    text: str
    score: float
    alignment: Literal["exact", "normalized", "fuzzy", "none"]
    source: Literal["ocr", "model"]


class HeldOut(Out):
    """The case of the review desk that decides about this answer; GET /v1/reviews/{id} says how it stands."""

    id: str
    state: Literal["waiting", "approved", "edited", "rejected"]


class WentuOut(Out):
    """What wentu adds to OpenAI's answer."""

    version: str
    engine: str
    assigned: str = Field("", description="Why this version: stable, control, canary, named, alias, fallback.")
    job: str = Field("", description="Names the answer in POST /v1/feedback.")
    status: Literal["reader", "verified", "grounded", "unverified"]
    evidence: list[EvidenceOut]
    unsupported: list[str] = Field(description="Figures of the answer that no text line shows.")
    timings: dict[str, float] = Field(description="Seconds by stage.")
    review: HeldOut | None = Field(None, description="Set where safety stopped the answer.")
    session: str | None
    user_message: str | None
    message: str | None


class TopLogprob(Out):
    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprobOut(TopLogprob):
    top_logprobs: list[TopLogprob]


class LogprobsOut(Out):
    content: list[TokenLogprobOut] | None
    refusal: list[TokenLogprobOut] | None


class AssistantMessage(Out):
    role: Literal["assistant"]
    content: str
    refusal: str | None


class Choice(Out):
    index: int
    message: AssistantMessage
    logprobs: LogprobsOut | None
    finish_reason: Literal["stop", "length", "content_filter"]


class PromptDetails(Out):
    cached_tokens: int


class UsageOut(Out):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails


class ChatCompletion(Out):
    """An answer in OpenAI's form."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: UsageOut
    system_fingerprint: str | None
    wentu: WentuOut
