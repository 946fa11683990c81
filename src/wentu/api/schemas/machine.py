"""Models and the machine's state on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wentu.api.schemas.base import Out


class VersionOut(Out):
    engine: str
    sees: bool = Field(description="A vision model; without one the built-in reader answers.")
    state: str = Field(description="ready, loading, failed or cold.")
    error: str | None
    stable: bool


class ModelOut(Out):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    wentu: VersionOut


class ModelsOut(Out):
    """OpenAI's list of models; here of versions."""

    object: Literal["list"]
    data: list[ModelOut]


class WeightsOut(Out):
    state: str = Field(description="absent, downloading, ready, unsupported, failed; unknown without a worker.")
    repo: str
    progress: float | None = Field(description="0..1 while downloading.")
    message: str


class DepthOut(Out):
    waiting: int
    running: int


class LimitsOut(Out):
    """What intake and queue take."""

    max_bytes: int
    max_pixels: int
    max_side_px: int
    min_side_px: int
    max_aspect: float
    max_pictures: int
    max_pdf_pages: int
    links: bool = Field(description="image_url may be an https link.")


class StatusOut(Out):
    """What answers now, and what this caller may do."""

    version: str | None
    engine: str | None
    sees: bool
    worker: bool = Field(description="A worker is alive.")
    model: WeightsOut
    queue: DepthOut
    limits: LimitsOut
    auth_required: bool
    role: Literal["user", "agent", "admin"]
    records: bool = Field(description="Questions of those who consent are kept, masked, to compare versions with.")


class HealthOut(Out):
    status: Literal["ok"]


class ReadyOut(Out):
    status: Literal["ready", "not ready"]
    queue: bool
    worker: bool
