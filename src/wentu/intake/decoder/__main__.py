"""The child's life: bound itself, read one request, answer it, leave."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from wentu.core.geometry import Glyph
from wentu.intake import frames
from wentu.intake.decoder.bounds import bound_process, die_with_parent
from wentu.intake.decoder.clean import encode
from wentu.intake.decoder.drawn import DrawnPage
from wentu.intake.decoder.pictures import decode_picture
from wentu.intake.decoder.rejected import Rejected
from wentu.intake.decoder.sizes import Limits
from wentu.intake.kinds import PAGED, Kind


def take_in(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Answer head and clean file for one request; raises Rejected, or anything that a decoder raises."""
    limits = Limits(**head["limits"])
    pages = None
    layer: Sequence[Glyph] = ()
    if head["kind"] in PAGED:
        drawn = _page_decoder(head["kind"])(data, head["page"], limits)
        image, lossy, pages, layer = drawn.image, drawn.is_scan, drawn.n_pages, drawn.layer
    else:
        image, lossy = decode_picture(data, head["kind"], limits)
    clean, media_type = encode(image, lossy=lossy, layer=layer)
    return {"media_type": media_type, "width": image.width, "height": image.height, "pages": pages}, clean


def _page_decoder(kind: Kind) -> Callable[[bytes, int, Limits], DrawnPage]:
    """Imported when it is needed: PDFium alone takes 50 ms, which pictures should not pay for."""
    if kind == "PDF":
        from wentu.intake.decoder.pdf import decode_pdf_page

        return decode_pdf_page
    from wentu.intake.decoder.ofd import decode_ofd_page

    return decode_ofd_page


def answer(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """What to send back: the clean file, or the rule that refused it. A decoder's own words end here."""
    try:
        return take_in(head, data)
    except Rejected as no:
        return {"rule": no.rule, "params": no.params}, b""
    except MemoryError:
        return {"rule": "memory", "params": {"memory_mb": head["memory_mb"]}}, b""
    except Exception:
        return {"rule": "unreadable", "params": {}}, b""


def main() -> None:
    die_with_parent(int(sys.argv[1]))
    bound_process(memory_mb=int(sys.argv[2]), cpu_s=float(sys.argv[3]))
    head, data = frames.read(sys.stdin.buffer, max_body_bytes=int(sys.argv[4]))
    for piece in frames.pack(*answer(head, data)):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    # Straight out: a damaged library state can't keep the process from ending.
    os._exit(0)


main()
