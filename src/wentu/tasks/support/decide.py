"""The six outcomes, in the order in which they are looked for. Abstaining is one of them, and never a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from wentu.core.knowledge import Correction, Entry
from wentu.core.results import Citation, Support
from wentu.core.terms import fold
from wentu.core.types import Page
from wentu.tasks.base import Knowledge
from wentu.tasks.support import answering, entries, legible
from wentu.tasks.support.choose import Choice, choose, title_line
from wentu.tasks.support.families import Catalogue, Family, Variant
from wentu.tasks.support.filler import strip
from wentu.tasks.support.intents import Wants, asked_attributes, wants, without_product_words
from wentu.tasks.support.prices import PriceSeen, agrees, main_prices, prices
from wentu.tasks.support.reading import attributes
from wentu.tasks.support.seen import Seen, question_block, see
from wentu.tasks.support.words import CHINESE, ENGLISH, Phrases, money

FAILED = ("not_in_kb", "unreadable", "ambiguous")
HELPED = ("answered", "contradiction", "ambiguous")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with everything that was read for it."""

    question: str
    pages: Sequence[Page]
    seen: Seen
    wants: Wants
    choice: Choice
    prices: list[PriceSeen]
    knowledge: Knowledge
    catalogue: Catalogue
    say: Phrases
    version: int


def decide(
    question: str,
    pages: Sequence[Page],
    knowledge: Knowledge,
    catalogue: Catalogue,
    *,
    chinese: bool,
    failures: int = 0,
) -> Support:
    """The answer to a question with its pictures. `failures` counts the ones before it, in a row, that did not help."""
    case = _read(question, pages, knowledge, catalogue, chinese)
    found = _outcome(case)
    if found.outcome in FAILED and failures >= 1:
        found = _handoff(case, "failures")
    seen = attributes(case.seen, case.choice, case.prices, catalogue)
    found = replace(found, seen=seen, kb_version=case.version)
    return replace(found, summary=_summary(case, found)) if found.outcome == "handoff" else found


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The knowledge base for an answer that nobody gets as it is: it counts no hits."""

    knowledge: Knowledge

    def __getattr__(self, name: str) -> object:
        return getattr(self.knowledge, name)

    def count_hit(self, row: int = 0, correction: str = "") -> None:
        pass


def _read(question: str, pages: Sequence[Page], knowledge: Knowledge, catalogue: Catalogue, chinese: bool) -> Case:
    seen = see(pages)
    choice = choose(question_block(question), seen, catalogue, _likely(knowledge, catalogue))
    found = main_prices(prices(seen), title_line(choice))
    say = CHINESE if chinese else ENGLISH
    return Case(question, pages, seen, wants(question), choice, found, knowledge, catalogue, say, knowledge.number)


def _likely(knowledge: Knowledge, catalogue: Catalogue) -> Callable[[str], Sequence[Family]]:
    def find(text: str) -> list[Family]:
        hits = knowledge.find_products(text, 30)
        found = [catalogue.by_sku[hit.product.sku] for hit in hits if hit.product.sku in catalogue.by_sku]
        return list({id(family): family for family in found}.values())

    return find


def _outcome(case: Case) -> Support:
    if case.wants.person:
        return _handoff(case, "asked")
    if case.wants.restricted:
        return _handoff(case, "restricted")
    return _answer(case)


def _answer(case: Case) -> Support:
    product = case.choice.product
    corrected = case.knowledge.correction(case.question, product.product.sku if product else "")
    if corrected is not None:
        return _corrected(case, corrected, product)
    own = _own_words(case)
    # "运费多少钱" asks for a price, and not for the product's.
    if case.wants.price and not case.wants.about_something_else and (not own or case.choice.family):
        return _about_product(case)
    entry, _ = entries.best_entry(case.knowledge, case.question)
    if entry is not None and (own or not case.wants.product):
        return _from_entry(case, entry.entry)
    by_picture = _from_trouble(case, own)
    if by_picture is not None:
        return by_picture
    if case.wants.product and not case.wants.about_something_else and not _asks_for_another(case, own):
        return _about_product(case)
    if case.choice.family is not None:
        return _detail(case, own)
    return _nothing(case, unknown=case.say.unknown if own else case.say.unknown_product)


def _asks_for_another(case: Case, own: str) -> bool:
    """Whether "有没有", "available" ask for something that is not the product itself: "gift box available?"."""
    wants = case.wants
    only_stock = wants.stock and not (wants.price or wants.what or wants.options or wants.claim)
    return only_stock and not wants.deictic and not case.choice.in_question and len(own) > 2


def _own_words(case: Case) -> str:
    """What is left of the question beside the product's name and the words for price and stock."""
    text = case.wants.text
    family = case.choice.family
    if family is not None:
        for word in _product_words(family, case.choice):
            text = text.replace(word, " ")
    return strip(without_product_words(text))


def _product_words(family: Family, choice: Choice) -> list[str]:
    first = family.variants[0].product
    found = {
        fold(word) for text in (first.brand, first.model, first.name, family.title) for word in (text, *text.split())
    }
    found |= {
        fold(value)
        for v in family.variants
        for key, value in v.product.attributes.items()
        if len(value) <= 24 and key != "series"
    }
    found |= {fold(v) for value in found for v in value.split(" / ")}
    return sorted((word for word in found if len(word) > 1), key=len, reverse=True)


def _about_product(case: Case) -> Support:
    choice = case.choice
    if choice.family is None:
        return _nothing(case, unknown=case.say.unknown_product)
    if not choice.remaining:
        return _no_variant(case)
    if case.wants.options:
        listed = _options(case)
        if listed is not None:
            return listed
    if len(choice.remaining) > 1:
        return _ambiguous(case)
    return _facts(case, choice.remaining[0])


def _facts(case: Case, variant: Variant) -> Support:
    product = variant.product
    case.knowledge.count_hit(row=product.row)
    cited = [answering.row_citation(product, "price", answering.facts_of(product).get("price"), case.version)]
    wrong = _wrong_price(case, variant)
    stock = answering.stock_sentence(product, case.say)
    if wrong is not None and product.price is not None:
        text = case.say.contradiction.format(
            label=answering.title(product),
            price=money(product.price, product.currency),
            shown=money(wrong.amount, wrong.currency or product.currency),
        )
        cited.append(answering.price_citation(wrong))
        return Support(
            "contradiction",
            text + stock,
            product.sku,
            facts=answering.facts_of(product),
            citations=(*cited, *_title(case)),
        )
    text = answering.price_sentence(product, case.say) + stock
    return Support("answered", text, product.sku, facts=answering.facts_of(product), citations=(*cited, *_shown(case)))


def _wrong_price(case: Case, variant: Variant) -> PriceSeen | None:
    """The price that the picture shows in place of the catalogue's; None where it agrees, or shows none."""
    product = variant.product
    if not case.prices or product.price is None or title_line(case.choice) is None:
        return None
    if any(agrees(price, product.price, product.currency) for price in case.prices):
        return None
    return case.prices[0]


def _title(case: Case) -> list[Citation]:
    line = title_line(case.choice)
    return (
        []
        if line is None or case.choice.family is None
        else [answering.line_citation(line, "model", case.choice.family.title)]
    )


def _shown(case: Case) -> list[Citation]:
    """Where the picture shows the product and, if it agrees, the price."""
    product = case.choice.product
    found = _title(case)
    if product is not None and product.product.price is not None and found:
        amount, currency = product.product.price, product.product.currency
        found += [answering.price_citation(one) for one in case.prices if agrees(one, amount, currency)][:1]
    return found


def _options(case: Case) -> Support | None:
    """The values of an attribute that a family comes in."""
    remaining = case.choice.remaining
    keys = asked_attributes(case.wants.options, sorted({k for v in remaining for k in v.product.attributes}))
    for key in keys:
        pool = case.choice.family.variants if case.choice.family else remaining
        values = answering.differing(pool, key)
        if values:
            first = remaining[0].product
            text = case.say.options.format(
                label=first.label, key=answering.label_of(key, case.say), values=case.say.joiner.join(values)
            )
            sku = first.sku if len(remaining) == 1 else None
            cited = tuple(
                answering.row_citation(v.product, key, v.product.attributes.get(key), case.version) for v in pool[:8]
            )
            return Support("answered", text, sku, facts={key: " / ".join(values)}, citations=(*cited, *_title(case)))
    return None


def _detail(case: Case, own: str) -> Support:
    """A question about a product that is neither its price nor its stock: one of its attributes, or nothing."""
    remaining = case.choice.remaining
    if not own:
        return _about_product(case)
    if not remaining:
        return _no_variant(case)
    known = sorted(
        {key for variant in remaining for key in variant.product.attributes} - {"aliases", "description", "category"}
    )
    keys = asked_attributes(own, known) or [
        key for key in known if any(own in fold(v.product.attributes.get(key, "")) for v in remaining) and len(own) > 1
    ]
    for key in keys:
        values = answering.differing(remaining, key)
        if len(values) == 1:
            product = remaining[0].product
            case.knowledge.count_hit(row=product.row)
            text = case.say.attribute.format(
                label=product.label, key=answering.label_of(key, case.say), value=values[0]
            )
            cited = (answering.row_citation(product, key, values[0], case.version), *_title(case))
            sku = product.sku if len(remaining) == 1 else None
            return Support("answered", text, sku, facts={"name": product.label, key: values[0]}, citations=cited)
        if values:
            return _ambiguous(case)
    return _nothing(case, unknown=case.say.no_detail.format(label=remaining[0].product.label))


def _from_entry(case: Case, entry: Entry) -> Support:
    case.knowledge.count_hit(row=entry.row)
    cited = [answering.entry_citation(entry, case.version)]
    return Support("answered", entry.text, faq_id=entry.id, citations=(*cited, *_title(case)))


def _from_trouble(case: Case, own: str) -> Support | None:
    """An entry about the error that the picture shows, for a question that only points at it."""
    told = entries.trouble(case.seen)
    if not told or case.wants.product:
        return None
    entry, _ = entries.best_entry(case.knowledge, f"{told} {case.question if own else ''}")
    if entry is None:
        return None
    case.knowledge.count_hit(row=entry.entry.row)
    shown = next((line for line in case.seen.lines if line.text and line.text in told), None)
    cited = [answering.entry_citation(entry.entry, case.version)]
    if shown is not None:
        cited.append(answering.line_citation(shown, "error_code", shown.text))
    return Support("answered", entry.entry.text, faq_id=entry.entry.id, citations=tuple(cited))


def _corrected(case: Case, corrected: Correction, product: Variant | None) -> Support:
    case.knowledge.count_hit(correction=corrected.id)
    cited = Citation("knowledge", "answer", corrected.id, corrected.question, corrected.id, "correction", case.version)
    sku = corrected.sku or (product.product.sku if product else None)
    return Support("answered", corrected.answer, sku, citations=(cited, *_title(case)), correction=corrected.id)


def _ambiguous(case: Case) -> Support:
    found = answering.candidates_of(case.choice.remaining)
    cited = tuple(
        answering.row_citation(v.product, "model", v.product.label, case.version) for v in case.choice.remaining[:8]
    )
    text = case.say.ambiguous.format(choices=answering.choices(found, case.say))
    return Support("ambiguous", text, candidates=found, citations=(*cited, *_title(case)))


def _no_variant(case: Case) -> Support:
    assert case.choice.family is not None
    label = case.choice.family.variants[0].product.label
    return _nothing(case, unknown=case.say.unknown_variant.format(label=label), family=case.choice.family)


def _nothing(case: Case, *, unknown: str, family: Family | None = None) -> Support:
    """Nothing is known. Where that is the picture's fault, another picture is asked for."""
    reason = "" if case.choice.family is not None or not _picture_matters(case) else legible.problem(case.pages)
    if reason:
        return Support("unreadable", case.say.unreadable[reason], reason=reason)
    near = answering.candidates_of(family.variants) if family is not None else ()
    return Support("not_in_kb", unknown, candidates=near)


def _picture_matters(case: Case) -> bool:
    """Whether the question is about what the picture shows, and not one that no picture could help with."""
    return bool(case.pages) and (case.wants.product or case.wants.deictic or not _own_words(case))


def _handoff(case: Case, reason: str) -> Support:
    prices = [answering.price_citation(price) for price in case.prices[:1]]
    return Support("handoff", case.say.handoff[reason], reason=reason, citations=(*_title(case), *prices))


def _suggestion(case: Case, reason: str) -> str:
    """What would have been answered, for a person to look at; nothing where the topic is one for people alone."""
    if reason == "restricted":
        return ""
    found = _answer(replace(case, knowledge=cast(Knowledge, Uncounted(case.knowledge))))
    return found.answer if found.outcome in HELPED else ""


def _summary(case: Case, found: Support) -> str:
    """What a person who takes over has to know, in a few lines; after an empty one what could be answered."""
    labels: Mapping[str, str] = found.seen
    question = "\n".join(line for line in case.question.splitlines() if line.strip())  # the empty line is ours
    lines = [question.strip()] if question else []
    lines += [f"{key}: {value}" for key, value in labels.items()]
    product = case.choice.product
    if product is not None:
        lines.append(f"{product.product.sku}: {answering.title(product.product)}")
        lines.append(
            answering.price_sentence(product.product, case.say) + answering.stock_sentence(product.product, case.say)
        )
    else:
        lines += [f"? {v.product.sku}: {answering.title(v.product)}" for v in case.choice.remaining[:4]]
    suggestion = _suggestion(case, found.reason)
    return "\n".join([*lines, "", suggestion] if suggestion else lines)
