"""The zip that an OFD file is: parts by name, bounded in number and size, and XML without any declarations."""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree

from wentu.intake.decoder.rejected import Rejected

_MAX_PARTS = 3_000
_MAX_PART_BYTES = 30_000_000
_MAX_XML_BYTES = 8_000_000
_MAX_TOTAL_BYTES = 100_000_000  # unpacked, of all parts that are read


class Archive:
    """Parts of one OFD file. Nothing is unpacked to the disk, so a part's name is only ever a name."""

    def __init__(self, data: bytes) -> None:
        """Raises Rejected("unreadable") for what is no zip, or one with too many parts."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile as exc:
            raise Rejected("unreadable") from exc
        names = self._zip.namelist()
        if len(names) > _MAX_PARTS:
            raise Rejected("unreadable")
        self._names = frozenset(names)
        self._left = _MAX_TOTAL_BYTES

    def read(self, name: str, max_bytes: int = _MAX_PART_BYTES) -> bytes:
        """A part's bytes. Raises Rejected where it is missing or longer than it may be, whatever the zip says."""
        if name not in self._names:
            raise Rejected("unreadable")
        most = min(max_bytes, self._left)
        with self._zip.open(name) as part:
            data = part.read(most + 1)
        if len(data) > most:
            raise Rejected("unreadable")
        self._left -= len(data)
        return data

    def xml(self, name: str) -> ElementTree.Element:
        """A part as XML. A document type, and with it every entity, is refused before the parser sees it.

        The text is decoded here, so that no encoding can hide one. Raises Rejected.
        """
        try:
            text = self.read(name, _MAX_XML_BYTES).decode("utf-8-sig")
            if "<!DOCTYPE" in text or "<!ENTITY" in text:
                raise Rejected("unreadable")
            return ElementTree.fromstring(text)
        except (UnicodeDecodeError, ElementTree.ParseError) as exc:
            raise Rejected("unreadable") from exc


def beside(part: str, location: str) -> str:
    """The name of a part that `part` refers to: from the root with a leading "/", else from its own folder (7.3)."""
    joined = location if location.startswith("/") else posixpath.join("/", posixpath.dirname(part), location)
    return posixpath.normpath(joined).lstrip("/")
