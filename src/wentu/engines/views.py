"""Pictures as a vision model is shown them: in the size that a look allows, with enlarged parts of small print."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wentu.core.detail import LEAST_TOKENS, Look
from wentu.core.types import Box, Page, Picture, Prompt, TextLine, Turn
from wentu.engines.loop.pictures import PixelBudget, resized

# A few lines of small print beside large text are worth no second view; a fifth of the letters is.
SMALL_SHARE = 0.2
# With enlarged parts the whole picture shows only where things stand.
OVERVIEW_TOKENS = 576
# Beyond three times its size a scan shows no more of a letter, and less gain than this is not worth the time.
MOST_ENLARGED, LEAST_GAIN = 3.0, 1.25
# One part that is most of its picture takes the picture's place.
MOSTLY = 0.5
# Said before the parts, so that the model takes them for what they are.
PARTS_FOLLOW = "\n[上图局部放大 / parts of the picture above, enlarged]\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture, in its pixels, and how much larger than in the picture it is shown."""

    box: Box
    scale: float


def shown(prompt: Prompt, looks: Sequence[Look], token_px: int) -> Prompt:
    """The prompt with each picture as `looks[i]` wants it; `token_px` is the side of one visual token in pixels.

    Pictures that a look leaves in their size stay the same objects. Enlarged parts follow their picture; they have
    digests of their own, which begin with the picture's. Raises EngineError for a picture too long and thin.
    """
    waiting: Iterator[tuple[Page, Look]] = iter(zip(prompt.pages, looks, strict=True))
    lines: list[tuple[TextLine, ...]] = []

    def views(picture: Picture) -> list[str | Picture]:
        page, look = next(waiting)
        parts = enlarged_parts(page, look, token_px)
        if len(parts) == 1 and parts[0].box.area > MOSTLY * picture.width * picture.height:
            lines.append(page.lines)
            return [_resized(picture, parts[0].scale, look.tokens, token_px)]
        lines.extend([page.lines, *(() for _ in parts)])
        tokens = min(look.tokens, OVERVIEW_TOKENS) if parts else look.tokens
        whole = _resized(picture, 1.0, tokens, token_px)
        return [whole, PARTS_FOLLOW, *(_cut(picture, part, look, token_px) for part in parts)] if parts else [whole]

    turns = tuple(_replaced(turn, views) for turn in prompt.turns)
    return replace(prompt, turns=turns, lines=tuple(lines))


def enlarged_parts(page: Page, look: Look, token_px: int) -> tuple[Part, ...]:
    """The parts whose text is too low in the whole view, each with all of its lines; none where that gains little."""
    picture, lines = page.picture, page.lines
    scale = math.sqrt(min(1.0, look.tokens * token_px**2 / (picture.width * picture.height)))
    small = [line for line in lines if _height(line) * scale < look.line_px]
    if not look.crops or sum(map(_weight, small)) <= SMALL_SHARE * sum(map(_weight, lines)):
        return ()
    low = _low_height(small)
    wanted = min(MOST_ENLARGED, look.line_px / low)
    room_px = look.tokens * token_px**2
    n_parts = min(look.crops, max(1, math.ceil(_around(small, picture).area * wanted**2 / room_px)))
    boxes = min(
        ([_around(group, picture) for group in _split(small, n_parts, axis)] for axis in (0, 1)),
        key=lambda found: max(box.area for box in found),
    )
    parts = (Part(box, min(wanted, math.sqrt(room_px / box.area))) for box in boxes)
    return tuple(part for part in parts if part.scale >= LEAST_GAIN * scale)


def _split(lines: Sequence[TextLine], n_parts: int, axis: int) -> list[list[TextLine]]:
    """The lines by the place of their middle along an axis (0: across, 1: down), in strips of the same width."""

    def middle(line: TextLine) -> float:
        return (line.box.x0 + line.box.x1) / 2 if axis == 0 else (line.box.y0 + line.box.y1) / 2

    first, last = min(map(middle, lines)), max(map(middle, lines))
    width = (last - first) / n_parts or 1.0
    groups: list[list[TextLine]] = [[] for _ in range(n_parts)]
    for line in lines:
        groups[min(int((middle(line) - first) / width), n_parts - 1)].append(line)
    return [group for group in groups if group]


def _around(lines: Sequence[TextLine], picture: Picture) -> Box:
    """The box of all lines with a margin of one line, inside the picture."""
    margin = max(map(_height, lines))
    return Box(
        max(min(line.box.x0 for line in lines) - margin, 0.0),
        max(min(line.box.y0 for line in lines) - margin, 0.0),
        min(max(line.box.x1 for line in lines) + margin, float(picture.width)),
        min(max(line.box.y1 for line in lines) + margin, float(picture.height)),
    )


def _cut(picture: Picture, part: Part, look: Look, token_px: int) -> Picture:
    x0, y0, x1, y1 = (round(value) for value in (part.box.x0, part.box.y0, part.box.x1, part.box.y1))
    pixels = picture.pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return _resized(Picture(f"{picture.digest}+{x0}.{y0}.{x1}.{y1}", pixels), part.scale, look.tokens, token_px)


def _resized(picture: Picture, scale: float, tokens: int, token_px: int) -> Picture:
    budget = PixelBudget(min(LEAST_TOKENS, tokens) * token_px**2, tokens * token_px**2)
    return resized(picture, token_px, budget, scale)


def _replaced(turn: Turn, views: Callable[[Picture], list[str | Picture]]) -> Turn:
    parts = (views(part) if isinstance(part, Picture) else [part] for part in turn.parts)
    return replace(turn, parts=tuple(view for found in parts for view in found))


def _height(line: TextLine) -> float:
    """Of the text, also where it leans: the mean of the two sides that join top and bottom."""
    top_left, top_right, bottom_right, bottom_left = line.polygon
    return (math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)) / 2


def _weight(line: TextLine) -> int:
    return len(line.text)


def _low_height(lines: Sequence[TextLine]) -> float:
    """The height that a fifth of the letters stays below."""
    left = SMALL_SHARE * sum(map(_weight, lines))
    for line in sorted(lines, key=_height):
        left -= _weight(line)
        if left <= 0:
            return max(_height(line), 1.0)
    return max(map(_height, lines))
