"""Every rule by which intake refuses a picture: its error class, its message and what to do about it.

Each error carries the rule's name as `params["rule"]`, beside the limits and sizes that its message names, so that a
client can tell "encrypted PDF" from "damaged file" and say either in its own language. The table is what
docs/intake.md lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wentu.core.errors import (
    BadAspect,
    BadDataUrl,
    BadInput,
    BadRequest,
    BlockedLink,
    ImageTooLarge,
    ImageTooSmall,
    LinkFailed,
    UnreadableImage,
    UnsupportedFormat,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`message` is filled from the error's params; an empty `hint` leaves the class's own."""

    error: type[BadInput]
    message: str
    hint: str = ""


RULES: Mapping[str, Rule] = {
    "empty": Rule(UnreadableImage, "the file is empty", "Choose the file again: nothing arrived."),
    "format": Rule(UnsupportedFormat, "{kind} files are not accepted"),
    "unknown_format": Rule(UnsupportedFormat, "the file is none of the picture formats that are accepted"),
    "heif_missing": Rule(
        UnsupportedFormat,
        "HEIC files can't be read on this server",
        "Send JPEG or PNG, or ask the administrator to install wentu[heic].",
    ),
    "tiff_compression": Rule(
        UnsupportedFormat,
        "this TIFF uses a compression that is not accepted",
        "Save the TIFF uncompressed or with LZW, Deflate, JPEG or CCITT compression, or send PNG.",
    ),
    "pixel_type": Rule(
        UnsupportedFormat,
        "the picture's pixels ({mode}) are of a kind that is not accepted",
        "Save it with 8 or 16 bits a channel in grey, RGB or CMYK.",
    ),
    "max_bytes": Rule(ImageTooLarge, "the file is larger than {max_bytes} bytes"),
    "max_pixels": Rule(ImageTooLarge, "{width} x {height} pixels are more than the limit of {max_pixels}"),
    "max_side": Rule(ImageTooLarge, "{width} x {height} pixels: a side is longer than {max_side_px}"),
    "memory": Rule(ImageTooLarge, "decoding the picture takes more than {memory_mb} MB of memory"),
    "min_side": Rule(ImageTooSmall, "{width} x {height} pixels: a side is shorter than {min_side_px}"),
    "max_aspect": Rule(BadAspect, "{width} x {height} pixels: one side is over {max_aspect} times the other"),
    "unreadable": Rule(UnreadableImage, "the picture is damaged or cut off"),
    "crashed": Rule(UnreadableImage, "the picture could not be decoded"),
    "timeout": Rule(
        UnreadableImage,
        "decoding the picture took longer than {timeout_s} s",
        "Save it again as JPEG or PNG, or smaller, and send that.",
    ),
    "stored_damaged": Rule(UnreadableImage, "the stored picture is damaged", "Send the picture again."),
    "pdf_encrypted": Rule(
        UnreadableImage, "the PDF is protected by a password", "Save a copy without password and send that."
    ),
    "ofd_fonts": Rule(
        UnsupportedFormat,
        "OFD pages can't be drawn on this server, which has no Chinese font",
        "Send a PDF, or ask the administrator to install one (Debian: fonts-noto-cjk).",
    ),
    "pdf_page": Rule(
        BadRequest, "there is no page {page}: the document has {pages}", "Ask for a page between 1 and the last one."
    ),
    "pdf_page_limit": Rule(
        BadRequest,
        "page {page} is beyond the first {max_pdf_pages} pages that can be asked for",
        "Split the PDF, or raise WENTU_INTAKE__MAX_PDF_PAGES.",
    ),
    "no_pages": Rule(BadRequest, "page {page} was asked for, but only a PDF or OFD has pages", "Leave 'page' out."),
    "data_url": Rule(BadDataUrl, "the data URL is not of the form data:image/...;base64,..."),
    "data_url_type": Rule(BadDataUrl, "the data URL's media type is not that of a picture, a PDF or an OFD"),
    "data_url_base64": Rule(BadDataUrl, "the data URL's base64 is not correct"),
    "links_off": Rule(BlockedLink, "pictures by link are switched off"),
    "link_url": Rule(BlockedLink, "the link is not a plain https URL"),
    "link_host": Rule(BlockedLink, "the link's host is not on the list of allowed hosts"),
    "link_address": Rule(BlockedLink, "the link leads to an address that is not public"),
    "link_redirects": Rule(BlockedLink, "the link redirects more than {max_redirects} times"),
    "link_status": Rule(LinkFailed, "the link's server answered with status {status}"),
    "link_timeout": Rule(LinkFailed, "the link took longer than {timeout_s} s"),
    "link_failed": Rule(LinkFailed, "the link's server could not be reached or broke off"),
}


def refusal(rule: str, **params: object) -> BadInput:
    """The error of a rule, to be raised. `params` fill its message; the rule's name joins them."""
    found = RULES[rule]
    return found.error(found.message.format(**params), hint=found.hint, rule=rule, **params)
