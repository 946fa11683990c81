"""Where a value stands on the pages: as it is, in comparing form, over several lines, or nearly."""

from __future__ import annotations

from collections.abc import Sequence

from wentu.core.results import Alignment, Region
from wentu.core.text import Normalized, normalize
from wentu.core.types import TextLine
from wentu.verify.page import Page, part_of

# Characters that print and OCR take for one another count a quarter of a wrong one.
_CONFUSED = {frozenset(pair) for pair in ("0o", "0q", "0d", "1i", "1l", "il", "8b", "5s", "2z", "6g", "9g", "7t")}
_CHEAP = 0.25
_NEAR = 0.12  # of the length: one wrong character in eight is still the same text, two are not
_MIN_NEAR = 5  # shorter texts are near to everything
_MAX_LINES = 8


def locate(text: str, pages: Sequence[Page]) -> tuple[Alignment, tuple[Region, ...]]:
    """How a text was found and where: ("none", ()) where it stands nowhere.

    A number must not be part of a longer one. Numbers are never found nearly: a digit more or less is another number.
    """
    wanted = normalize(text).text
    if not wanted:
        return "none", ()
    number = all(character.isdigit() or character in ".,-¥%" for character in wanted)
    for index, page in enumerate(pages):
        hit = page.find(wanted, whole_number=number)
        if hit is not None:
            alignment: Alignment = "exact" if hit.text == text else "normalized"
            return alignment, (Region(index, hit.polygon, (page.lines.index(hit.line),)),)
    if len(wanted) >= _MIN_NEAR:
        for index, page in enumerate(pages):
            regions = _over_lines(wanted, page, index)
            if regions:
                return "normalized", regions
    if not number and len(wanted) >= _MIN_NEAR:
        for index, page in enumerate(pages):
            region = _nearly(wanted, page, index)
            if region is not None:
                return "fuzzy", (region,)
    return "none", ()


def _over_lines(wanted: str, page: Page, index: int) -> tuple[Region, ...]:
    """The lines that together read as the text: each but the last to its end, each but the first from its start."""
    entries = list(page)
    for start, (line, normalized) in enumerate(entries):
        for cut in range(len(normalized.text)):
            if len(normalized.text) - cut >= 2 and wanted.startswith(normalized.text[cut:]):
                regions = [Region(index, part_of(line, normalized.starts[cut], len(line.text)), (start,))]
                rest = wanted[len(normalized.text) - cut :]
                found = _rest(rest, entries, start, index, regions)
                if found:
                    return tuple(found)
                break
    return ()


def _rest(
    rest: str, entries: Sequence[tuple[TextLine, Normalized]], start: int, index: int, regions: list[Region]
) -> list[Region]:
    """Goes on with lines under the last one, in their order on the page, other columns between them passed over."""
    used = {start}
    while rest:
        for at in range(start + 1, len(entries)):
            line, normalized = entries[at]
            text = normalized.text
            if (
                at not in used
                and len(text) >= 2
                and (rest.startswith(text) or (text.startswith(rest) and len(rest) >= 2))
            ):
                end = min(len(rest), len(text))
                stop = normalized.span(0, end)[1]
                regions.append(Region(index, part_of(line, 0, stop), (at,)))
                used.add(at)
                rest = rest[end:]
                break
        else:
            return []
        if len(regions) > _MAX_LINES:
            return []
    return regions


def _nearly(wanted: str, page: Page, index: int) -> Region | None:
    best: tuple[float, Region] | None = None
    for at, (line, normalized) in enumerate(page):
        if len(normalized.text) < len(wanted) - 2:
            continue
        cost, start, end = near(wanted, normalized.text)
        if cost <= _NEAR * len(wanted) and (best is None or cost < best[0]) and end > start:
            best = (cost, Region(index, part_of(line, *normalized.span(start, end)), (at,)))
    return best[1] if best else None


def near(wanted: str, text: str) -> tuple[float, int, int]:
    """(cost, start, end) of the stretch of `text` with the smallest edit distance to `wanted` (Sellers 1980)."""
    row = [(0.0, j) for j in range(len(text) + 1)]
    for i, x in enumerate(wanted, 1):
        before, row[0] = row[0], (float(i), 0)
        for j, y in enumerate(text, 1):
            change = 0.0 if x == y else _CHEAP if frozenset((x, y)) in _CONFUSED else 1.0
            best = min((before[0] + change, before[1]), (row[j][0] + 1, row[j][1]), (row[j - 1][0] + 1, row[j - 1][1]))
            before, row[j] = row[j], best
    end = min(range(len(row)), key=lambda j: row[j][0])
    return row[end][0], row[end][1], end
