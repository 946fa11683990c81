"""Expected times on the wire."""

from __future__ import annotations

from pydantic import Field

from wentu.api.schemas.base import Out, Query
from wentu.core.detail import Detail


class EstimateIn(Query):
    pictures: str = Field("", max_length=4_000, description="Ids of the pictures, separated by commas.")
    model: str = Field("stable", min_length=1, max_length=200)


class DetailOut(Out):
    detail: Detail
    first_token_s: float = Field(description="Seconds to the first words, from the moment that it is computed.")
    at_most_s: float = Field(description="The same where small print makes enlarged parts necessary.")


class EstimateOut(Out):
    """About how long an answer will take, in seconds."""

    version: str | None
    queue_s: float | None = Field(description="Expected wait in the queue; null while nothing has been measured.")
    details: list[DetailOut] = Field(description="By the setting of the dial; empty where nothing is known.")
    token_s: float | None = Field(description="For each token of the answer after the first.")
