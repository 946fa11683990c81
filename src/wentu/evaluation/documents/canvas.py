"""A sheet of paper to write on, which knows where everything was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from wentu.core.types import Box
from wentu.evaluation.documents.fonts import chinese_fonts, font

Ink = tuple[int, int, int]


class Canvas:
    """White or tinted paper of one size, one font for labels and one for values."""

    def __init__(self, rng: Random, width: int, height: int, *, paper: Ink = (255, 255, 255)) -> None:
        fonts = chinese_fonts()
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.rng = rng
        self.label_font: Path = rng.choice(fonts)
        self.value_font: Path = rng.choice(fonts) if rng.random() < 0.5 else self.label_font
        self.label_ink: Ink = rng.choice(((20, 20, 20), (40, 60, 120), (120, 60, 30)))
        self.value_ink: Ink = rng.choice(((10, 10, 10), (20, 20, 60)))
        self.boxes: dict[str, Box] = {}

    def text(self, x: float, y: float, text: str, size: int, *, key: str = "", label: bool = False) -> float:
        """Writes one line with its top left at (x, y); gives its right end. `key` is the field it belongs to."""
        face = font(self.label_font if label else self.value_font, size)
        self.draw.text((x, y), text, fill=self.label_ink if label else self.value_ink, font=face)
        left, top, right, bottom = self.draw.textbbox((x, y), text, font=face)
        if key:
            old = self.boxes.get(key)
            box = Box(left, top, right, bottom)
            self.boxes[key] = (
                box
                if old is None
                else Box(min(old.x0, left), min(old.y0, top), max(old.x1, right), max(old.y1, bottom))
            )
        return float(right)

    def width_of(self, text: str, size: int, *, label: bool = False) -> float:
        return float(font(self.label_font if label else self.value_font, size).getlength(text))

    def wrap(self, text: str, size: int, width: float) -> Sequence[str]:
        """Lines that fit into `width`, cut between any two characters as Chinese is."""
        lines, line = [], ""
        for character in text:
            if self.width_of(line + character, size) > width and line:
                lines.append(line)
                line = ""
            line += character
        return [*lines, line]

    def block(self, x: float, y: float, text: str, size: int, width: float, *, key: str = "") -> float:
        """Writes a text over as many lines as it takes; gives the y under it."""
        for line in self.wrap(text, size, width):
            self.text(x, y, line, size, key=key)
            y += size * 1.35
        return y

    def right(self, x: float, y: float, text: str, size: int, *, key: str = "") -> None:
        """Writes one line that ends at x."""
        self.text(x - self.width_of(text, size), y, text, size, key=key)

    def frame(self, box: Sequence[float], *, ink: Ink = (150, 90, 60)) -> None:
        self.draw.rectangle(list(box), outline=ink, width=2)

    def line(self, points: Sequence[float], *, ink: Ink = (150, 90, 60)) -> None:
        self.draw.line(list(points), fill=ink, width=2)

    def sample_mark(self) -> None:
        """ "样例" in a corner: nobody may take this for a paper."""
        size = max(14, self.image.height // 40)
        face = font(self.label_font, size)
        self.draw.text(
            (self.image.width - 5 * size, self.image.height - 2.2 * size), "样例", fill=(200, 200, 200), font=face
        )
