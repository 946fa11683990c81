"""The text layer on its way: glyphs <-> the words of one PNG text chunk (zTXt, PNG 1.2, 4.2.3).

Imported by the child, so nothing but the standard library comes in here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from wentu.core.geometry import Box, Glyph

KEYWORD = "wentu-layer"
#: More than any page that a person reads; a page with more is read by its pixels alone. Packed, this many stay under
#: the 1 MB that Pillow unpacks of one text chunk.
MAX_GLYPHS = 20_000


def pack(glyphs: Sequence[Glyph]) -> str:
    """ASCII JSON `[characters, [x0, y0, x1, y1, ...]]`, boxes in whole pixels."""
    edges = [round(edge) for one in glyphs for edge in (one.box.x0, one.box.y0, one.box.x1, one.box.y1)]
    return json.dumps(["".join(one.text for one in glyphs), edges], separators=(",", ":"))


def unpack(text: object) -> tuple[Glyph, ...]:
    """The glyphs; none for what is no layer. Checked to the last number: the child may have been taken over."""
    try:
        characters, edges = json.loads(text) if isinstance(text, str) and text else ("", [])
    except (ValueError, TypeError, RecursionError):
        return ()
    if not isinstance(characters, str) or not isinstance(edges, list) or len(edges) != 4 * len(characters):
        return ()
    if len(characters) > MAX_GLYPHS or not all(type(edge) is int and abs(edge) < 1_000_000 for edge in edges):
        return ()
    boxes = [Box(*edges[at : at + 4]) for at in range(0, len(edges), 4)]
    return tuple(Glyph(character, box) for character, box in zip(characters, boxes, strict=True))
