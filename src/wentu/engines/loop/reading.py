"""Pictures on their way through the vision model, a stage at a time, each picture once for all who wait for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Protocol

from wentu.core.types import Picture
from wentu.engines.loop.features import FeatureCache
from wentu.engines.loop.pictures import Grid
from wentu.engines.loop.positions import Float32
from wentu.engines.loop.prompt import Visual

Delivery = Callable[[str, Float32], None]


class Vision(Protocol):
    """What reads pictures: `encode` computes one stage at each `next`, yields the fraction done, returns features."""

    def encode(self, picture: Picture, grid: Grid) -> Generator[float, None, Float32]: ...


class PictureReader:
    """Reads pictures by name. To be used from one thread."""

    def __init__(self, vision: Vision, cache: FeatureCache) -> None:
        self._vision = vision
        self._cache = cache
        self._reading: dict[str, Generator[float, None, Float32]] = {}
        self.fraction: dict[str, float] = {}

    def known(self, visual: Visual) -> Float32 | None:
        """The features of a picture read before, else None."""
        return self._cache.get(visual.name)

    def advance(self, visual: Visual) -> Float32 | None:
        """Computes one stage of a picture; its features once the last one is done. Raises EngineError."""
        name = visual.name
        if name not in self._reading:
            self._reading[name] = self._vision.encode(visual.picture, visual.grid)
        try:
            self.fraction[name] = next(self._reading[name])
            return None
        except StopIteration as end:
            features: Float32 = end.value
            self._cache.put(name, features)
            self._drop(name)
            return features
        except Exception:
            self._drop(name)
            raise

    def keep_only(self, wanted: set[str]) -> None:
        """Gives up pictures that nobody waits for any longer."""
        for name in self._reading.keys() - wanted:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._reading.pop(name, None)
        self.fraction.pop(name, None)
