"""Products and entries between their dataclasses and the file's rows, and the search terms of each."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any, Literal, cast

from wentu.core.knowledge import Entry, EntryKind, Product
from wentu.core.terms import terms
from wentu.knowledge.concepts import concepts

Item = Product | Entry
Kind = Literal["product", "entry"]
# Attributes that say nothing a customer would search a product by.
_UNSEARCHED = frozenset({"description"})


def kind_of(item: Item) -> Kind:
    return "product" if isinstance(item, Product) else "entry"


def key_of(item: Item) -> str:
    """What makes two rows the same thing: a product's sku within its period, an entry's id."""
    if isinstance(item, Entry):
        return item.id
    return f"{item.sku}@{item.valid_from}" if item.valid_from else item.sku


def to_data(item: Item) -> str:
    """JSON with sorted keys: equal items have equal text, which is how an import sees what changed."""
    if isinstance(item, Entry):
        fields: dict[str, Any] = {"id": item.id, "kind": item.kind, "title": item.title, "text": item.text}
    else:
        fields = {
            "sku": item.sku,
            "brand": item.brand,
            "model": item.model,
            "name": item.name,
            "price": item.price,
            "currency": item.currency,
            "stock": item.stock,
            "attributes": dict(item.attributes),
            "url": item.url,
            "valid_from": item.valid_from and item.valid_from.isoformat(),
            "valid_to": item.valid_to and item.valid_to.isoformat(),
        }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def product_from(row: sqlite3.Row) -> Product:
    fields = json.loads(row["data"])
    for name in ("valid_from", "valid_to"):
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    return Product(**fields, source=row["source"], row=row["row"])


def entry_from(row: sqlite3.Row) -> Entry:
    fields = json.loads(row["data"])
    kind = cast(EntryKind, fields["kind"])
    return Entry(fields["id"], kind, fields["title"], fields["text"], source=row["source"], row=row["row"])


def product_terms(product: Product) -> str:
    """The search terms of a product, each once: a name that repeats a word is not about it twice."""
    words = [product.brand, product.model, product.name, product.sku]
    words += [value for key, value in product.attributes.items() if key not in _UNSEARCHED]
    return " ".join(dict.fromkeys(term for word in words for term in terms(word)))


def entry_terms(entry: Entry) -> tuple[str, str]:
    """The search terms of an entry's title and text, with what they are about (`concepts`) among them."""
    return _with_concepts(entry.title), _with_concepts(entry.text)


def _with_concepts(text: str) -> str:
    return " ".join([*terms(text), *(concept for concept in sorted(concepts(text)))])
