"""OpenAI's Responses API on the wire: the part that clients need for questions about pictures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from wentu.api.schemas.base import In, JsonObject, Out
from wentu.api.schemas.chat import MAX_MESSAGES, Id, Text, WentuOut
from wentu.core.detail import Detail


class InputText(In):
    """Text of a question, or of an earlier answer that is sent back."""

    type: Literal["input_text", "output_text"]
    text: Text


class InputImage(In):
    type: Literal["input_image"]
    detail: Literal["auto", "low", "high", "original"] = Field("auto", description="As in a chat; original is high.")
    image_url: str = Field(
        description="`data:image/...;base64,...`, `wentu:pic_...`, or a link where links are allowed."
    )


InputPart = Annotated[InputText | InputImage, Field(discriminator="type")]


def _parts(value: Any) -> Any:
    return [{"type": "input_text", "text": value}] if isinstance(value, str) else value


def _items(value: Any) -> Any:
    """Text alone is one message of the user's."""
    return [{"role": "user", "content": value}] if isinstance(value, str) else value


InputParts = Annotated[list[InputPart], BeforeValidator(_parts, json_schema_input_type=Text | list[InputPart])]


class InputMessage(In):
    """One message; an item of an earlier answer's `output` can be sent back as it came."""

    type: Literal["message"] = "message"
    role: Literal["system", "developer", "user", "assistant"]
    content: InputParts


Messages = Annotated[list[InputMessage], Field(min_length=1, max_length=MAX_MESSAGES)]
Input = Annotated[Messages, BeforeValidator(_items, json_schema_input_type=Text | Messages)]


class TextFormat(In):
    """How the answer must look; `schema` with `json_schema`."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    type: Literal["text", "json_object", "json_schema"]
    schema_: JsonObject | None = Field(None, alias="schema")


class TextIn(In):
    format: TextFormat | None = None


class ResponsesWentuIn(In):
    """What wentu adds to OpenAI's request."""

    record: bool = Field(False, description="Consent: this question may be kept, masked, to compare versions with.")
    detail: Detail | None = Field(None, description="How closely pictures are looked at; balanced when left out.")
    progress: bool = Field(False, description="Send `wentu.progress` events that say where the question stands.")


class ResponsesRequest(In):
    """A question about pictures in the form of the Responses API."""

    input: Input
    model: Annotated[str, Field(min_length=1, max_length=200)] = "stable"
    instructions: Text | None = Field(None, description="A system message for this answer alone.")
    previous_response_id: Id | None = Field(None, description="The answer after which this question goes.")
    store: bool | None = Field(None, description="False: nothing is kept, and nothing can follow. Else in a session.")
    stream: bool | None = None
    max_output_tokens: int | None = Field(None, ge=1, le=32_768)
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(None, gt=0, le=1, allow_inf_nan=False)
    text: TextIn | None = None
    metadata: dict[str, str] | None = Field(None, description="Comes back as it was sent; it is not kept.")
    tools: list[JsonObject] | None = Field(None, description="Must be empty: wentu calls no tools.")
    background: bool | None = Field(
        None, description="Must be false: POST /v1/jobs is the way to ask now and fetch later."
    )
    wentu: ResponsesWentuIn | None = None


class OutputText(Out):
    type: Literal["output_text"]
    text: str
    annotations: list[JsonObject]
    logprobs: list[JsonObject]


class OutputMessage(Out):
    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Literal["in_progress", "completed", "incomplete"]
    content: list[OutputText]


class InputDetails(Out):
    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(Out):
    reasoning_tokens: int


class ResponseUsage(Out):
    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class ResponseOut(Out):
    """An answer in the form of the Responses API, with the object `wentu` added."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["in_progress", "completed", "incomplete", "failed", "cancelled"]
    error: JsonObject | None
    incomplete_details: JsonObject | None
    instructions: str | None
    max_output_tokens: int | None
    metadata: dict[str, str]
    model: str
    output: list[OutputMessage]
    parallel_tool_calls: bool
    previous_response_id: str | None
    store: bool
    temperature: float | None
    text: JsonObject
    tool_choice: Literal["none"]
    tools: list[JsonObject]
    top_p: float | None
    truncation: Literal["disabled"]
    usage: ResponseUsage | None
    wentu: WentuOut | None
