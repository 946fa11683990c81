"""What a knowledge base holds, as tasks and doors see it: products with facts, and entries with words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

EntryKind = Literal["faq", "article", "correction"]


@dataclass(frozen=True, slots=True)
class Product:
    """One sellable variant. `name` is what the shop calls it, `model` the maker's word; either may be empty.

    `price` is in `currency` (ISO 4217); `stock` None: not counted. It may be told from `valid_from` to `valid_to`,
    both included. `source` is the file and the row it came from, `row` its number in the knowledge base.
    """

    sku: str
    brand: str
    model: str
    name: str
    price: float | None
    currency: str
    stock: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    row: int = 0

    @property
    def label(self) -> str:
        """What a person would call it."""
        title = self.name or self.model
        return title if self.brand.casefold() in title.casefold() else f"{self.brand} {title}".strip()

    def valid(self, day: date) -> bool:
        """Whether its facts may be told on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer, a section of an article, or an agent's corrected answer.

    `sku` binds a correction to one product; "" everywhere else.
    """

    id: str
    kind: EntryKind
    title: str
    text: str
    source: str = ""
    sku: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class EntryHit:
    """An entry that a question found. `coverage` is the weighted share of the question's words that it answers to,
    `overlap` the same share of the entry's title; both 0..1. `cosine` is None where no vectors are installed."""

    entry: Entry
    score: float
    coverage: float
    overlap: float
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class ProductHit:
    """A product that a text found, with its score among the others of the same search."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer by a person. `sku` binds it to a product; "" fits any. `hits` counts its uses; times Unix seconds."""

    id: str
    question: str
    sku: str
    answer: str
    author: str
    created_at: float
    updated_at: float
    hits: int
    active: bool
