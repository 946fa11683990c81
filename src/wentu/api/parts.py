"""Content parts between their three forms: as a client sends them, as messages keep them, as a query carries them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.api.schemas.chat import ImagePart, Part
from wentu.api.service import Service
from wentu.core.errors import BadRequest, Busy, TooManyPictures, WentuError
from wentu.core.types import Message, PictureRef, Role, Stored
from wentu.intake import Taken
from wentu.store import StoredMessage, StoredPicture
from wentu.store.messages import PICTURE_SCHEME, Content, picture_part

GONE = "[picture no longer kept]"


@dataclass(frozen=True, slots=True)
class Turn:
    """A message whose pictures all exist."""

    role: Role
    parts: tuple[str | StoredPicture, ...]

    @property
    def message(self) -> Message:
        return Message(self.role, tuple(_reference(part) for part in self.parts))

    @property
    def content(self) -> Content:
        return [_kept(part) for part in self.parts]

    @property
    def picture_ids(self) -> tuple[str, ...]:
        return tuple(part.id for part in self.parts if isinstance(part, StoredPicture))

    @property
    def empty(self) -> bool:
        return not any(isinstance(part, StoredPicture) or part.strip() for part in self.parts)


def sent_turn(parts: Service, owner: str, role: Role, content: Sequence[Part], path: str) -> Turn:
    """A message as the client sent it. Raises the BadInput family and UnknownPicture, each naming the field."""
    return Turn(role, tuple(_sent(parts, owner, part, f"{path}.content[{i}]") for i, part in enumerate(content)))


def kept_turn(parts: Service, owner: str, message: StoredMessage) -> Turn:
    """A message of a session; where a picture is no longer kept, a short text says so."""
    found = parts.store.pictures.find(message.picture_ids, owner=owner)
    values: list[str | StoredPicture] = []
    for part in message.content:
        if part["type"] == "text":
            values.append(part["text"])
        else:
            picture = found.get(part["image_url"]["url"].removeprefix(PICTURE_SCHEME))
            values.append(picture if picture is not None and picture.digest in parts.store.files else GONE)
    return Turn(message.role, tuple(values))


def keep(parts: Service, owner: str, taken: Taken) -> StoredPicture:
    """The picture as this owner's, from now on kept."""
    return parts.store.pictures.add(
        taken.data,
        owner=owner,
        digest=taken.digest,
        media_type=taken.media_type,
        width=taken.width,
        height=taken.height,
        name=taken.name,
        pages=taken.pages,
    )


def expect(parts: Service, picture: StoredPicture) -> None:
    """Has an uploaded picture read before its question comes. Only a kindness: without the queue nothing happens."""
    if parts.settings.ocr.ahead:
        with contextlib.suppress(Busy):
            parts.queue.expect(picture.digest)


def check_number(pictures: int, parts: Service) -> None:
    """Raises TooManyPictures."""
    most = parts.settings.intake.max_pictures
    if pictures > most:
        raise TooManyPictures(
            f"the conversation has {pictures} pictures; at most {most} are allowed",
            hint="Send fewer pictures, or start a new conversation.",
            n_pictures=pictures,
            max_pictures=most,
        )


def find_picture(parts: Service, owner: str, url: str) -> StoredPicture:
    """The picture at a `wentu:pic_...`, `data:` or https address, from now on kept as this owner's.

    Raises the BadInput family, UnknownPicture, BlockedLink.
    """
    if url.startswith(PICTURE_SCHEME):
        return parts.store.pictures.get(url.removeprefix(PICTURE_SCHEME), owner=owner)
    if url[:5].lower() == "data:":
        taken = parts.intake.take_data_url(url)
    elif url[:8].lower() == "https://" or url[:7].lower() == "http://":
        taken = parts.intake.take_link(url)
    else:
        raise BadRequest("a picture is a data: URL, wentu:pic_... or an https link")
    return parts.store.pictures.renew(taken.digest, owner=owner) or keep(parts, owner, taken)


def _sent(parts: Service, owner: str, part: Part, path: str) -> str | StoredPicture:
    if not isinstance(part, ImagePart):
        return part.text.replace("\0", "")  # PostgreSQL can't keep NUL, and no question needs it
    try:
        return find_picture(parts, owner, part.image_url.url)
    except WentuError as error:
        error.params["param"] = f"{path}.image_url.url"
        raise


def _reference(part: str | StoredPicture) -> str | PictureRef:
    return Stored(part.digest) if isinstance(part, StoredPicture) else part


def _kept(part: str | StoredPicture) -> dict[str, object]:
    return picture_part(part.id) if isinstance(part, StoredPicture) else {"type": "text", "text": part}
