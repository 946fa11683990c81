"""Jobs on the wire: a task on pictures that is asked for now and answered later."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wentu.api.schemas.base import In, JsonObject, Out
from wentu.api.schemas.chat import Text, UsageOut, WentuOut

Address = Annotated[str, Field(max_length=40_000_000)]
Short = Annotated[str, Field(max_length=10_000)]


class JobIn(In):
    """A task on pictures."""

    task: Annotated[str, Field(min_length=1, max_length=100)] = "chat"
    pictures: list[Address] = Field(
        default_factory=list, description="`data:image/...;base64,...`, `wentu:pic_...`, or links where allowed."
    )
    question: Text = ""
    model: Annotated[str, Field(min_length=1, max_length=200)] = "stable"
    options: dict[str, Short] = Field(default_factory=dict, description="What the task takes beside the question.")


class JobError(Out):
    code: str
    message: str
    hint: str
    retryable: bool
    params: dict[str, str]


class JobOut(Out):
    """A job; times are Unix seconds. Kept for an hour after its end."""

    id: str
    object: Literal["job"]
    state: Literal["held", "queued", "running", "done", "failed", "cancelled"]
    task: str
    model: str
    position: int | None = Field(description="Place in the line from 1, while it waits.")
    wait_s: float | None = Field(description="Expected seconds until it begins, from what answers took lately.")
    attempt: int = Field(description="How many times it was begun; above 1 a worker or an engine was lost.")
    created_at: float
    started_at: float | None
    finished_at: float | None
    text: str | None = Field(description="The answer.")
    result: JsonObject | None = Field(description="What the task found beside the words.")
    usage: UsageOut | None
    wentu: WentuOut | None
    error: JobError | None
