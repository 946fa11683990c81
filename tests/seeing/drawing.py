"""One coloured shape somewhere on a plain background: drawn with arithmetic, the same pixels on every machine.

The sizes are chosen so that most pictures are resized on their way to the model: the checkpoint's pixel budget
(PIXEL_BUDGET) enlarges the small ones and reduces the large ones, and few sides are multiples of 32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Colour = tuple[int, int, int]

QUESTION = "what is in the picture"

# 8 to 24 visual tokens of 32 x 32 pixels: small enough to learn on two cores.
PIXEL_BUDGET = (8_192, 24_576)
SIDES_PX = (60, 240)
MAX_ASPECT = 2.0

# No colour but green stays itself when red and blue are swapped.
COLOURS: dict[str, Colour] = {
    "red": (220, 40, 40),
    "blue": (40, 60, 220),
    "yellow": (240, 220, 40),
    "cyan": (40, 210, 235),
    "orange": (250, 140, 20),
    "brown": (120, 65, 25),
    "violet": (150, 50, 235),
    "green": (40, 165, 50),
}
GROUNDS: dict[str, Colour] = {"black": (15, 15, 15), "grey": (130, 130, 130), "white": (245, 245, 245)}

# Where a point (x, y) of a shape that fills -1..1 in both directions is inside; y points down.
SHAPES: dict[str, Callable[[Floats, Floats], Bools]] = {
    "disc": lambda x, y: x**2 + y**2 < 1,
    "ring": lambda x, y: (x**2 + y**2 < 1) & (x**2 + y**2 > 0.3),
    "square": lambda x, y: np.maximum(abs(x), abs(y)) < 0.85,
    "bar": lambda x, y: (abs(x) < 1) & (abs(y) < 0.35),
    "post": lambda x, y: (abs(x) < 0.35) & (abs(y) < 1),
    "cross": lambda x, y: (np.minimum(abs(x), abs(y)) < 0.3) & (np.maximum(abs(x), abs(y)) < 1),
    "peak": lambda x, y: (y < 0.85) & (2 * abs(x) < y + 1),
    "funnel": lambda x, y: (y > -0.85) & (2 * abs(x) < 1 - y),
}

# Column and row of a 3 x 3 grid over the whole picture, whatever its sides.
PLACES: dict[str, tuple[int, int]] = {
    "northwest": (0, 0),
    "north": (1, 0),
    "northeast": (2, 0),
    "west": (0, 1),
    "centre": (1, 1),
    "east": (2, 1),
    "southwest": (0, 2),
    "south": (1, 2),
    "southeast": (2, 2),
}

Names = tuple[str, str, str, str]
COMBINATIONS: list[Names] = list(product(COLOURS, SHAPES, PLACES, GROUNDS))

N_LEARNT = 256
_LEARNT_SEED, _UNSEEN_SEED = 20_261, 20_262


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows. `offset` moves the shape inside its place, in parts of the place's sides."""

    colour: str
    shape: str
    place: str
    ground: str
    width_px: int
    height_px: int
    radius: float
    offset: tuple[float, float]
    tint: Colour


def caption(scene: Scene) -> str:
    """What is to be answered, e.g. "red ring northwest on grey"."""
    return f"{scene.colour} {scene.shape} {scene.place} on {scene.ground}"


def draw(scene: Scene) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB: hard edges, two colours."""
    column, row = PLACES[scene.place]
    wide, high = scene.width_px / 3, scene.height_px / 3
    centre_x, centre_y = (column + 0.5 + scene.offset[0]) * wide, (row + 0.5 + scene.offset[1]) * high
    radius_px = scene.radius * min(wide, high)
    x = (np.arange(scene.width_px) + 0.5 - centre_x) / radius_px
    y = (np.arange(scene.height_px) + 0.5 - centre_y) / radius_px
    inside = SHAPES[scene.shape](*np.meshgrid(x, y))
    colour = np.clip(np.add(COLOURS[scene.colour], scene.tint), 0, 255)
    return np.where(inside[..., None], colour, GROUNDS[scene.ground]).astype(np.uint8)


def learnt_scenes() -> list[Scene]:
    """The pictures that the checkpoint knows by heart: N_LEARNT, no two with the same caption."""
    random = np.random.default_rng(_LEARNT_SEED)
    return [_vary(names, random) for names in _learnt_names(random)]


def unseen_scenes(n: int) -> list[Scene]:
    """`n` pictures whose captions were never part of the training."""
    random = np.random.default_rng(_UNSEEN_SEED)
    kept = held_out()
    return [_vary(kept[i], random) for i in random.integers(0, len(kept), n)]


def fresh_scenes(seed: int) -> Iterator[Scene]:
    """Training pictures without end, none with a caption that `unseen_scenes` uses."""
    random = np.random.default_rng(seed)
    kept = set(held_out())
    allowed = [names for names in COMBINATIONS if names not in kept]
    while True:
        yield _vary(allowed[int(random.integers(len(allowed)))], random)


def held_out() -> list[Names]:
    """A sixth of the combinations, kept for `unseen_scenes`."""
    random = np.random.default_rng(_LEARNT_SEED)
    known = set(_learnt_names(random))
    others = [names for names in COMBINATIONS if names not in known]
    return [others[i] for i in np.random.default_rng(_UNSEEN_SEED).permutation(len(others))[: len(COMBINATIONS) // 6]]


def _learnt_names(random: np.random.Generator) -> list[Names]:
    return [COMBINATIONS[i] for i in random.permutation(len(COMBINATIONS))[:N_LEARNT]]


def _vary(names: Names, random: np.random.Generator) -> Scene:
    """The sides, the size of the shape, its exact place and its exact colour, drawn by lot."""
    width = int(random.integers(*SIDES_PX))
    lowest, highest = max(SIDES_PX[0], width / MAX_ASPECT), min(SIDES_PX[1], width * MAX_ASPECT)
    height = int(random.integers(int(lowest), int(highest)))
    offset_x, offset_y = random.uniform(-0.12, 0.12, 2)
    red, green, blue = (int(value) for value in random.integers(-12, 13, 3))
    radius = float(random.uniform(0.42, 0.6))
    colour, shape, place, ground = names
    return Scene(colour, shape, place, ground, width, height, radius, (offset_x, offset_y), (red, green, blue))
