"""The door itself: whatever way a picture arrives, it comes out clean and with a digest, or as a named error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self

from wentu.core.config import IntakeSettings
from wentu.core.types import Picture, PictureRef, Stored
from wentu.intake.child import Decoder
from wentu.intake.dataurl import decode_data_url
from wentu.intake.kinds import PAGED, kind_of, stranger_name
from wentu.intake.links import Links
from wentu.intake.names import mask_name
from wentu.intake.rules import refusal
from wentu.intake.stored import decode_stored, digest_of

_PIECE_BYTES = 65_536


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that was let in: `data` is the clean file (JPEG or PNG, pixels only) with sha256 `digest`.

    `width` and `height` are pixels, upright. `pages` is the page count of a PDF or OFD. `name` is the masked file name.
    """

    digest: str
    data: bytes
    media_type: str
    width: int
    height: int
    pages: int | None
    name: str


class Intake:
    """Lets pictures in. One object serves all threads of a process.

    `read(digest)` gives a clean file that was stored earlier. Every refusal is a BadInput that names its rule
    (wentu.intake.rules); Busy is possible when more files wait to be decoded than can be in time.
    """

    def __init__(self, settings: IntakeSettings, read: Callable[[str], bytes], *, links: Links | None = None) -> None:
        self._settings = settings
        self._read = read
        self._decoder = Decoder(settings)
        self._links = links or Links(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the decoding children; safe to call twice."""
        self._decoder.close()

    def take(self, data: bytes, *, name: str = "", page: int | None = None) -> Taken:
        """The clean picture in a file's bytes; page `page` (from 1) of a PDF or OFD, the first of GIF or TIFF.

        Raises UnreadableImage, UnsupportedFormat, ImageTooLarge, ImageTooSmall, BadAspect, BadRequest (page), Busy.
        """
        if not data:
            raise refusal("empty")
        if len(data) > self._settings.max_bytes:
            raise refusal("max_bytes", max_bytes=self._settings.max_bytes)
        kind = kind_of(data)
        if kind is None:
            stranger = stranger_name(data)
            raise refusal("unknown_format") if stranger == "unknown" else refusal("format", kind=stranger)
        if page is not None:
            self._check_page(page, has_pages=kind in PAGED)
        clean = self._decoder.decode(data, kind, 1 if page is None else page)
        return Taken(
            digest=digest_of(clean.data),
            data=clean.data,
            media_type=clean.media_type,
            width=clean.width,
            height=clean.height,
            pages=clean.pages,
            name=mask_name(name),
        )

    def take_stream(self, chunks: Iterable[bytes] | _Readable, *, name: str = "", page: int | None = None) -> Taken:
        """`take` for bytes that are still arriving (an iterator, or a file): stops reading at the size limit."""
        data = bytearray()
        for chunk in _pieces(chunks):
            data += chunk
            if len(data) > self._settings.max_bytes:
                raise refusal("max_bytes", max_bytes=self._settings.max_bytes)
        return self.take(bytes(data), name=name, page=page)

    def take_data_url(self, url: str) -> Taken:
        """`take` for `data:image/...;base64,...`. Raises BadDataUrl besides what `take` raises."""
        return self.take(decode_data_url(url, max_bytes=self._settings.max_bytes))

    def take_link(self, url: str) -> Taken:
        """`take` for an https link, where links are allowed. Raises BlockedLink, LinkFailed and what `take` raises."""
        return self.take(self._links.fetch(url))

    def load(self, ref: PictureRef) -> Picture:
        """Pixels by reference: a stored picture is read back, raw bytes are taken in first; both give the same."""
        if isinstance(ref, Stored):
            return decode_stored(self._read(ref.digest), ref.digest)
        taken = self.take(ref.data, name=ref.name, page=ref.page)
        return decode_stored(taken.data, taken.digest)

    def _check_page(self, page: int, *, has_pages: bool) -> None:
        if not has_pages:
            raise refusal("no_pages", page=page)
        if page > self._settings.max_pdf_pages:
            raise refusal("pdf_page_limit", page=page, max_pdf_pages=self._settings.max_pdf_pages)


def _pieces(source: Iterable[bytes] | _Readable) -> Iterator[bytes]:
    """Small pieces of either kind of source; a file's own iterator would read a whole line, however long."""
    if isinstance(source, Iterable) and not hasattr(source, "read"):
        yield from source
        return
    read = source.read
    while piece := read(_PIECE_BYTES):
        yield piece
