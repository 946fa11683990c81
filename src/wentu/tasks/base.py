"""The plug-in point of every task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from wentu.core.claims import Claim
from wentu.core.detail import READING, Look, detail_of
from wentu.core.knowledge import Correction, EntryHit, Product, ProductHit
from wentu.core.results import FieldValue, Result
from wentu.core.types import Page, Picture, Prompt, Query, SamplingParams, TextLine

R = TypeVar("R")


class Knowledge(Protocol):
    """A shop's knowledge base, as far as a task may ask it."""

    @property
    def number(self) -> int:
        """The version that answers now; 0 while it is empty."""

    def products(self) -> Sequence[Product]:
        """Every product, valid today or not; the same object for as long as the version is."""

    def find_products(self, text: str, limit: int = 20) -> Sequence[ProductHit]:
        """Products that a text may be about, best first."""

    def find_entries(self, question: str, limit: int = 5) -> Sequence[EntryHit]:
        """Entries that may answer a question, best first."""

    def correction(self, question: str, sku: str) -> Correction | None:
        """What a person answered to this question, or to one that says the same."""

    def count_hit(self, row: int = 0, correction: str = "") -> None:
        """Counts that an item or a correction has answered somebody."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a deterministic reading may use beside the pages.

    `ocr` reads another picture (a rectified page, a crop); `knowledge` is the shop's, where there is one.
    """

    ocr: Callable[[Picture], tuple[TextLine, ...]]
    knowledge: Knowledge | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the user is told: words, and what the task found beside them."""

    text: str
    result: Result | None = None


class Task(ABC, Generic[R]):
    """Knows what is asked; knows no engine, HTTP or storage.

    Two readings, one judge: `read` is the deterministic one (`R` is its type), `prompt` asks the vision model for
    another, `claims` lays the two side by side, `verify` judges them, and `tell` says what came of it.
    """

    name: str
    #: True: the engine's words are the answer and are shown while they are written. False: they are a reading, which
    #: is judged before anything is shown, and an engine that sees nothing is not asked.
    spoken = True
    #: True: `read` asks the shop's knowledge base.
    asks_knowledge = False

    def read(self, query: Query, pages: Sequence[Page], tools: Tools) -> R | None:
        """What text, geometry and rules say, without any model. `pages[i]` is `query.pictures[i]`."""
        return None

    @abstractmethod
    def prompt(self, query: Query, pages: Sequence[Page], reading: R | None) -> Prompt | None:
        """What the engine gets; None: the deterministic reading has nothing left to ask."""

    def look(self, query: Query, page: Page) -> Look:
        """How closely a vision model looks at one picture of the prompt. Raises BadRequest for a wrong option."""
        return READING[detail_of(query.options)]

    def sampling(self, query: Query) -> SamplingParams:
        """How the engine chooses its tokens for this task."""
        return query.sampling

    def claims(self, query: Query, pages: Sequence[Page], reading: R | None, said: str) -> tuple[Claim, ...]:
        """The values that are to be judged, each with both readings. `said` is "" where no model was asked."""
        return ()

    def tell(
        self, query: Query, pages: Sequence[Page], reading: R | None, said: str, judged: Mapping[str, FieldValue]
    ) -> Told:
        """The answer. `judged` are the claims' values by id. A spoken task tells what was said."""
        return Told(said)
