"""What kind of file some bytes are, by their first bytes alone: names and declared types are never believed."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "PDF", "OFD"]

#: Of these one page is taken in, which is drawn.
PAGED: frozenset[Kind] = frozenset({"PDF", "OFD"})

_PREFIXES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}

# Not accepted, but worth a name in the answer: the sender then knows what to change.
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"8BPS", "PSD"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"PK\x03\x04", "ZIP or Office"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\xd0\xcf\x11\xe0", "Office"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)
_MARKUP = re.compile(rb"<(svg|!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)
_DIRECTORY_BYTES = 300_000  # some 3,000 parts, more than the decoder takes
_LEADING_SPACE = b"\xef\xbb\xbf \t\r\n"


def kind_of(data: bytes) -> Kind | None:
    """The accepted kind that the first bytes show, or None."""
    for prefix, kind in _PREFIXES:
        if data.startswith(prefix):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _isobmff_kind(data)
    # PDF 32000-1 asks for %PDF- at the start; mail gateways put blanks or a byte order mark before it.
    if data[:64].lstrip(_LEADING_SPACE).startswith(b"%PDF-"):
        return "PDF"
    # GB/T 33190, 7.2: an OFD file is a zip with OFD.xml at its root, named in the directory at the zip's end.
    if data.startswith(b"PK\x03\x04") and b"OFD.xml" in data[-_DIRECTORY_BYTES:]:
        return "OFD"
    return None


def stranger_name(data: bytes) -> str:
    """What a file that is not accepted seems to be, for the message; "unknown" where nothing is recognised."""
    for prefix, name in _STRANGERS:
        if data.startswith(prefix):
            return name
    markup = _MARKUP.search(data[:4096])
    if markup:
        return "SVG" if markup[1].lower() == b"svg" else "HTML"
    return "unknown"


def _isobmff_kind(data: bytes) -> Kind | None:
    """AVIF or HEIF by the brands of the ftyp box (ISO 14496-12, 4.3): major at 8, compatible ones from 16 on."""
    end = min(int.from_bytes(data[:4], "big"), 128)
    brands = {data[8:12]} | {data[i : i + 4] for i in range(16, end, 4)}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None
