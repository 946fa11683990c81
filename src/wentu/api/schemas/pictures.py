"""Pictures and samples on the wire."""

from __future__ import annotations

from typing import Literal

from apiflask.fields import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from wentu.api.schemas.base import Out
from wentu.store import StoredPicture


class UploadIn(BaseModel):
    """A file, and for a PDF or OFD which page of it."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)

    file: UploadFile
    page: int | None = Field(None, ge=1, le=100_000, description="Page of a PDF or OFD, from 1.")


class PictureOut(Out):
    """A kept picture; times are Unix seconds."""

    id: str
    object: Literal["picture"]
    width: int
    height: int
    bytes: int
    media_type: str
    name: str = Field(description="Masked: the first character and the extension.")
    created_at: int
    expires_at: int
    pages: int | None = Field(description="Pages of the PDF or OFD that it came from.")

    @classmethod
    def of(cls, picture: StoredPicture) -> PictureOut:
        return cls(
            id=picture.id,
            object="picture",
            width=picture.width,
            height=picture.height,
            bytes=picture.bytes,
            media_type=picture.media_type,
            name=picture.name,
            created_at=int(picture.created_at),
            expires_at=int(picture.expires_at),
            pages=picture.pages,
        )


class SampleOut(Out):
    """A picture that ships with wentu, with questions to try, by language."""

    id: str
    title: dict[str, str]
    questions: dict[str, list[str]]
    width: int
    height: int


class SamplesOut(Out):
    data: list[SampleOut]
