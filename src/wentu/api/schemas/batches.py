"""Batches on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wentu.api.schemas.base import In, Out, Query
from wentu.api.schemas.chat import Text
from wentu.api.schemas.jobs import Address, Short

MAX_ITEMS = 5_000


class BatchItemIn(In):
    """One document or question of a batch."""

    id: Annotated[str, Field(min_length=1, max_length=300)] = Field(description="Its name in the results.")
    pictures: list[Address] = Field(default_factory=list)
    question: Text | None = Field(None, description="Instead of the batch's own question.")


class BatchIn(In):
    """The same task for many pictures."""

    items: Annotated[list[BatchItemIn], Field(min_length=1, max_length=MAX_ITEMS)]
    name: Annotated[str, Field(max_length=200)] = ""
    task: Annotated[str, Field(min_length=1, max_length=100)] = "extract"
    model: Annotated[str, Field(min_length=1, max_length=200)] = "stable"
    question: Text = ""
    options: dict[str, Short] = Field(default_factory=dict)


class BatchOut(Out):
    """A batch; times are Unix seconds."""

    id: str
    object: Literal["batch"]
    name: str
    task: str
    state: Literal["running", "done", "cancelled"]
    total: int
    done: int
    failed: int
    cancelled: int
    created_at: float


class BatchesOut(Out):
    data: list[BatchOut]


class ResultsQuery(Query):
    format: Literal["jsonl", "csv", "xlsx"] = "jsonl"
