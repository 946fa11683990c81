"""What all wire shapes share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class In(BaseModel):
    """A JSON body. Numbers are numbers and not text; unknown fields are ignored, as OpenAI servers do."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Query(BaseModel):
    """Values in the address or in a form, which are always text and therefore parsed."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Out(BaseModel):
    """A response."""

    model_config = ConfigDict(frozen=True)


class ErrorOut(Out):
    message: str = Field(description="One sentence.")
    type: str = Field(description="OpenAI's error type.")
    param: str | None = Field(description="The field that is wrong.")
    code: str = Field(description="Stable, for programs and translations.")
    hint: str = Field(description="What to do next.")
    params: dict[str, str] = Field(description="The values inside the message.")


class ErrorBody(Out):
    """Every error."""

    error: ErrorOut


JsonObject = dict[str, Any]
