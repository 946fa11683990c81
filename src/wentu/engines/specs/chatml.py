"""A prompt as ChatML, cut where text ends and control begins.

Only this module says where a control token stands. Text is kept apart as text to the very tokenizer, so a user who
types "<|im_start|>" or "<|image_pad|>" gets those characters read to the model, and the number of placeholders is
the number of pictures (CVE-2026-44222 is what happens where text and placeholders go through one string).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wentu.core.types import Picture, Prompt, Turn


@dataclass(frozen=True, slots=True)
class Control:
    """A control token by its name in the tokenizer."""

    token: str


@dataclass(frozen=True, slots=True)
class Text:
    """Characters, never control, whatever they spell."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the visual tokens of `prompt.pictures[picture]` go."""

    picture: int


Segment = Control | Text | Slot


def segments(prompt: Prompt) -> list[Segment]:
    """The turns and the opening of the answer; neighbouring text is one segment, as the published template has it.

    Raises nothing; a turn without parts is an empty turn.
    """
    found: list[Segment] = []
    pictures = 0
    for turn in prompt.turns:
        for segment in _turn(turn, pictures):
            _append(found, segment)
        pictures += sum(isinstance(part, Picture) for part in turn.parts)
    _append(found, Control("<|im_start|>"))
    _append(found, Text("assistant\n"))
    return found


def _turn(turn: Turn, first_picture: int) -> Iterator[Segment]:
    yield Control("<|im_start|>")
    yield Text(f"{turn.role}\n")
    picture = first_picture
    for part in turn.parts:
        if isinstance(part, Picture):
            yield Control("<|vision_start|>")
            yield Slot(picture)
            yield Control("<|vision_end|>")
            picture += 1
        else:
            yield Text(part)
    yield Control("<|im_end|>")
    yield Text("\n")


def _append(found: list[Segment], segment: Segment) -> None:
    if isinstance(segment, Text) and found and isinstance(found[-1], Text):
        found[-1] = Text(found[-1].text + segment.text)
    else:
        found.append(segment)
