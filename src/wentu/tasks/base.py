"""The plug-in point of every task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from wentu.core.types import Picture, Prompt, Query, TextLine


class Task(ABC):
    """Knows what is asked; knows no engine, HTTP or storage."""

    name: str

    @abstractmethod
    def prompt(self, query: Query, pictures: Sequence[Picture], lines: Sequence[tuple[TextLine, ...]]) -> Prompt:
        """What the engine gets. `pictures[i]` and `lines[i]` belong to `query.pictures[i]`."""
