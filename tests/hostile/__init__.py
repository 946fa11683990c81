"""Hostile and awkward files, made on the spot: no binaries in the repository, and every door can be tested with them.

`CASES` names each file with the error that it has to meet (`code`, and the `rule` in the error's params) or with None
where it is odd but must come in. The functions behind it can be called on their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hostile import documents, pictures


@dataclass(frozen=True, slots=True)
class Case:
    """A file by name; `code` and `rule` of the error that refuses it, both None where it is to be taken in."""

    name: str
    make: Callable[[], bytes]
    code: str | None
    rule: str | None

    def __str__(self) -> str:
        return self.name


CASES: tuple[Case, ...] = (
    Case("empty.jpg", bytes, "unreadable_image", "empty"),
    Case("nul-bytes.png", lambda: bytes(4096), "unsupported_format", "unknown_format"),
    Case("169-megapixels.png", pictures.bomb_png, "image_too_large", "max_pixels"),
    Case("huge-header.png", lambda: pictures.png_claiming(2**31 - 1, 2**31 - 1), "image_too_large", "max_side"),
    Case("zero-width.png", lambda: pictures.png_claiming(0, 100), "unreadable_image", "unreadable"),
    Case("long-side.png", lambda: pictures.png_claiming(17_000, 1_000), "image_too_large", "max_side"),
    Case("text-bomb.png", pictures.text_bomb_png, "unreadable_image", "unreadable"),
    Case("wrong-crc-pixels.png", lambda: pictures.png_with_wrong_crc(b"IDAT"), "unreadable_image", "unreadable"),
    Case("wrong-crc-header.png", lambda: pictures.png_with_wrong_crc(b"IHDR"), "unreadable_image", "unreadable"),
    Case("huge-canvas.gif", lambda: pictures.gif_claiming(65_535, 65_535), "image_too_large", "max_side"),
    Case("many-frames.gif", lambda: pictures.animated_gif(400), None, None),
    Case("huge-canvas.webp", pictures.webp_claiming_16384, "image_too_large", "max_pixels"),
    Case("huge-header.bmp", lambda: pictures.bmp_claiming(30_000, 30_000), "image_too_large", "max_side"),
    Case("huge-header.jpg", lambda: pictures.jpeg_claiming(16_000, 16_000), "image_too_large", "max_pixels"),
    Case("many-pages.tiff", lambda: pictures.tiff_pages(300), None, None),
    Case("jpeg2000-inside.tiff", lambda: pictures.tiff_compressed_as(34712), "unreadable_image", "unreadable"),
    Case("zstd-inside.tiff", lambda: pictures.tiff_compressed_as(50000), "unsupported_format", "tiff_compression"),
    Case("looping-directory.tiff", pictures.tiff_looping, None, None),
    Case("float-pixels.tiff", pictures.float_tiff, "unsupported_format", "pixel_type"),
    Case("garbage-exif.jpg", pictures.jpeg_with_garbage_metadata, None, None),
    Case("two-pictures.mpo", pictures.multi_picture_jpeg, None, None),
    Case("aspect-300.png", lambda: pictures.plain(3_000, 10), "bad_aspect", "max_aspect"),
    Case("one-pixel.png", lambda: pictures.plain(1, 1), "image_too_small", "min_side"),
    Case("odd-size.png", lambda: pictures.plain(1023, 769), None, None),
    Case("drawing.svg", documents.svg, "unsupported_format", "format"),
    Case("html-named.png", documents.html, "unsupported_format", "format"),
    Case("picture.jp2", documents.jpeg2000, "unsupported_format", "format"),
    Case("layers.psd", documents.psd, "unsupported_format", "format"),
    Case("page.eps", documents.eps, "unsupported_format", "format"),
    Case("archive.zip", documents.zip_archive, "unsupported_format", "format"),
    Case("script.gif", pictures.gif_that_is_javascript, None, None),
    Case("zip-appended.jpg", lambda: pictures.plain(64, 48, "JPEG") + documents.zip_archive(), None, None),
    Case("gps-and-thumbnail.jpg", pictures.jpeg_with_gps_and_thumbnail, None, None),
    Case("javascript.pdf", documents.pdf_with_javascript, None, None),
    Case("encrypted.pdf", documents.encrypted_pdf, "unreadable_image", "pdf_encrypted"),
    Case("500-pages.pdf", lambda: documents.pdf(500), None, None),
    Case("no-pages.pdf", lambda: documents.pdf(0), "unreadable_image", "unreadable"),
    Case("endless-page.pdf", lambda: documents.pdf(1, width_pt=14_400, height_pt=20), "bad_aspect", "max_aspect"),
    Case("cut-off.pdf", lambda: documents.pdf(1)[:60], "unreadable_image", "unreadable"),
    *(
        Case(f"cut-off.{kind.lower()}", lambda kind=kind: pictures.cut_off(kind), "unreadable_image", "unreadable")
        for kind in pictures.KINDS
    ),
)
