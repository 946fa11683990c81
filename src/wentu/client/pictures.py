"""Pictures as a caller has them (a path, bytes, an address) as addresses that the server takes."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from wentu.client.link import Link
from wentu.core.errors import UnreadableImage

Picture = str | PathLike[str] | bytes

_ADDRESSES = ("wentu:", "data:", "https://", "http://")


def address_of(link: Link, picture: Picture, page: int | None = None) -> str:
    """`wentu:pic_...` of a file or of bytes, which are uploaded; an address as it is.

    Raises UnreadableImage where there is no such file, and what the server says of it.
    """
    if isinstance(picture, str) and picture.startswith(_ADDRESSES):
        return picture
    name, data = ("picture", picture) if isinstance(picture, bytes) else _read(Path(picture))
    return f"wentu:{link.upload('/v1/pictures', name, data, page)['id']}"


def _read(path: Path) -> tuple[str, bytes]:
    try:
        return path.name, path.read_bytes()
    except OSError as exc:
        raise UnreadableImage("there is no readable file at this path", hint="Check the path.") from exc
