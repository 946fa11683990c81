"""PDFs of all kinds, and files that are no pictures whatever their names say."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

A4_PT = (595, 842)


def svg() -> bytes:
    return b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def html() -> bytes:
    return b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def jpeg2000() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG2000")
    return out.getvalue()


def psd() -> bytes:
    return b"8BPS\x00\x01" + bytes(6) + b"\x00\x03\x00\x00\x00\x30\x00\x00\x00\x40\x00\x08\x00\x03" + bytes(64)


def eps() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n(/etc/passwd) (r) file\n"


def zip_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.txt", "hidden in a picture")
    return out.getvalue()


def pdf(
    n_pages: int,
    *,
    width_pt: float = A4_PT[0],
    height_pt: float = A4_PT[1],
    content: bytes = b"BT /F1 24 Tf 72 700 Td (Hello) Tj ET",
    catalog_extra: bytes = b"",
    trailer_extra: bytes = b"",
    more_objects: tuple[bytes, ...] = (),
) -> bytes:
    """A PDF written by hand; all pages share one content stream. `more_objects` are numbered from 5 on."""
    shared = 5 + len(more_objects)
    kids = b" ".join(b"%d 0 R" % (shared + i) for i in range(n_pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents 3 0 R" % (width_pt, height_pt)
    page += b" /Resources << /Font << /F1 4 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog_extra,
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (n_pages, kids),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more_objects,
        *[page] * n_pages,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer_extra)
    start = b"startxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer + start


def pdf_with_javascript() -> bytes:
    action = b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('https://example.com'\\); while \\(true\\) {}) >>"
    return pdf(1, catalog_extra=action)


def encrypted_pdf() -> bytes:
    """Encrypted with a password that nobody knows: the check values are noise, so no password fits."""
    noise = b"<" + b"5A" * 32 + b">"
    handler = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O %s /U %s >>" % (noise, noise)
    return pdf(1, trailer_extra=b"/Encrypt 5 0 R /ID [<01> <01>]", more_objects=(handler,))


def slow_pdf() -> bytes:
    """One small page that takes minutes to draw: the whole sheet painted over and over with a curve."""
    curve = b"0 0 m 0 900 600 900 595 0 c 595 842 0 842 0 0 c f*\n"
    return pdf(1, content=curve * 60_000)
