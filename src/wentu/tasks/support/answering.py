"""Facts, sentences and citations of an answer. Every fact is a field of a row of the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wentu.core.knowledge import Entry, Product
from wentu.core.results import Candidate, Citation, Value
from wentu.tasks.support.families import Variant
from wentu.tasks.support.prices import PriceSeen
from wentu.tasks.support.seen import Line
from wentu.tasks.support.words import Phrases, money

MAX_CANDIDATES = 8


def facts_of(product: Product) -> dict[str, Value]:
    """What the knowledge base says about a product."""
    facts: dict[str, Value] = {"name": product.label, "price": _number(product.price), "currency": product.currency}
    if product.stock is not None:
        facts["stock"] = product.stock
    facts |= {key: value for key, value in product.attributes.items() if key not in ("aliases", "description")}
    if product.url:
        facts["url"] = product.url
    return {key: value for key, value in facts.items() if value not in (None, "")}


def title(product: Product) -> str:
    """A product's label with the attributes that tell it from its twins, where the label leaves them out."""
    extra = [v for k in ("memory", "storage", "volume", "size", "colour") if (v := product.attributes.get(k))]
    missing = [
        value for value in extra if value.casefold().replace(" ", "") not in product.label.casefold().replace(" ", "")
    ]
    return " ".join([product.label, *missing])


def price_sentence(product: Product, say: Phrases) -> str:
    return (
        ""
        if product.price is None
        else say.price.format(label=title(product), price=money(product.price, product.currency))
    )


def stock_sentence(product: Product, say: Phrases) -> str:
    if product.stock is None:
        return ""
    return say.in_stock_n.format(n=product.stock) if product.stock > 0 else say.no_stock


def row_citation(product: Product, field: str, value: Value, version: int) -> Citation:
    return Citation("knowledge", field, value, title(product), product.sku, product.source, version)


def entry_citation(entry: Entry, version: int) -> Citation:
    return Citation("knowledge", "answer", entry.id, entry.title, entry.id, entry.source, version)


def line_citation(line: Line, field: str, value: Value) -> Citation:
    return Citation("picture", field, value, line.text, region=line.region)


def price_citation(price: PriceSeen) -> Citation:
    return line_citation(price.line, "price", _number(price.amount))


def candidates_of(variants: Sequence[Variant]) -> tuple[Candidate, ...]:
    """The variants with the attributes in which they differ."""
    shown = variants[:MAX_CANDIDATES]
    keys = {key for variant in shown for key in variant.product.attributes if key not in ("aliases", "description")}
    differing = sorted(key for key in keys if len({variant.product.attributes.get(key) for variant in shown}) > 1)
    return tuple(
        Candidate(
            v.product.sku, v.product.label, {k: v.product.attributes[k] for k in differing if k in v.product.attributes}
        )
        for v in shown
    )


def choices(found: Sequence[Candidate], say: Phrases) -> str:
    """The candidates as words, by what tells them apart."""
    labels = {one.label for one in found}
    words = [_choice(one, with_label=len(labels) > 1 or not one.attributes) for one in found]
    words = list(dict.fromkeys(words))
    return say.or_word.join([say.joiner.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _choice(one: Candidate, *, with_label: bool) -> str:
    details = " ".join(one.attributes.values())
    return f"{one.label} {details}".strip() if with_label else details


def _number(amount: float | None) -> Value:
    if amount is None:
        return None
    return int(amount) if float(amount).is_integer() else amount


def differing(variants: Sequence[Variant], key: str) -> list[str]:
    """The values that the variants have of one attribute, in their order."""
    return list(dict.fromkeys(v.product.attributes[key] for v in variants if v.product.attributes.get(key)))


def label_of(key: str, say: Phrases, given: Mapping[str, str] | None = None) -> str:
    return (given or {}).get(key) or say.labels.get(key, key)
