"""Cases of every kind from one shop: a screen or none, a question, and what the right outcome is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tools.storefronts import asking, layouts
from tools.storefronts.asking import pick
from tools.storefronts.goods import Good, Shop
from tools.storefronts.layouts import Body, Shown

_SIGNS = {"CNY": "¥", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Drawn:
    """A case before its picture is taken. `ruin` asks for a picture that nobody can read."""

    question: str
    outcome: str
    body: Body | None = None
    shown: Shown | None = None
    sku: str | None = None
    faq_id: str | None = None
    price: float | None = None
    ruin: bool = False


@dataclass(frozen=True)
class Stage:
    """A shop with its entries, and the concerns that it has no entry for."""

    shop: Shop
    topics: Sequence[asking.Topic]
    untold: Sequence[asking.Topic]

    @property
    def english(self) -> bool:
        return self.shop.language == "en"

    def ask(self, pool: dict[str, tuple[str, ...]], rng: random.Random) -> str:
        return pick(pool[self.shop.language], self.shop.half, rng)


Kind = Callable[[Stage, random.Random], Drawn | None]


def stage(shop: Shop, rng: random.Random) -> Stage:
    """Four concerns of customers have no entry in this shop."""
    everything = asking.EN if shop.language == "en" else asking.ZH
    untold = rng.sample([topic for topic in everything if topic.asked], 4)
    return Stage(shop, [topic for topic in everything if topic not in untold], untold)


def money(shop: Shop, amount: float, rng: random.Random) -> str:
    cents = shop.currency != "CNY" or rng.random() < 0.5
    return f"{_SIGNS[shop.currency]}{amount:,.2f}" if cents else f"{_SIGNS[shop.currency]}{amount:g}"


def title(good: Good, english: bool, rng: random.Random, *, marks: bool) -> str:
    """A product's title as pages write it, with what tells it from its twins or without."""
    values = " ".join(good.marks.values()) if marks else ""
    if english:
        return " ".join(
            part
            for part in (good.brand, good.line.name, values and f"- {values}", good.line.tail and f"| {good.line.tail}")
            if part
        )
    head = rng.choice(["", "", "【官方正品】", "【次日达】", "2026新款 "])
    order = rng.choice(["{b}{n} {v} {t}", "{b} {n} {t} {v}", "{b}（{n}）{t} {v}"])
    return head + " ".join(order.format(b=good.brand, n=good.line.name, v=values, t=good.line.tail).split())


def said(good: Good, rng: random.Random) -> str:
    """The picked variant as pages and orders write it."""
    values = list(good.marks.values())
    named = [f"{column}:{value}" for column, value in good.marks.items()]
    return rng.choice(["；".join(values), " ".join(values), "，".join(values), "; ".join(named), " / ".join(values)])


def show(at: Stage, good: Good, rng: random.Random, price: float | None, *, marks: bool = True) -> Shown:
    """A screen of this product; its variant stands in the title, or in a line of its own, or in both."""
    shop = at.shop
    in_title = marks and rng.random() < 0.5
    shown = Shown(title(good, at.english, rng, marks=in_title), english=at.english)
    shown.store = f"{good.brand} Store" if at.english else f"{good.brand}官方店"
    if marks and (not in_title or rng.random() < 0.4):
        shown.said = said(good, rng)
    if price is not None:
        shown.price = money(shop, price, rng)
        shown.old = money(shop, round(price * rng.uniform(1.15, 1.5)), rng) if rng.random() < 0.4 else ""
    if rng.random() < 0.35:
        others = [one for one in shop.goods if one.line is not good.line]
        shown.shelf = [
            (title(one, at.english, rng, marks=False), money(shop, one.price, rng)) for one in rng.sample(others, 2)
        ]
    if good.line.detail and rng.random() < 0.4:
        shown.rows = [("Brand" if at.english else "品牌", good.brand)]
    return shown


def phone(shown: Shown, rng: random.Random) -> tuple[Body, Shown]:
    return rng.choice(layouts.PHONE), shown


def with_options(at: Stage, good: Good, shown: Shown, rng: random.Random) -> Body:
    """Fills in the options of the product's twins and gives a screen that has them."""
    for column in good.marks:
        shown.chips[column] = list(dict.fromkeys(one.marks[column] for one in at.shop.twins(good)))
    return rng.choice(layouts.WITH_OPTIONS)


def several(shop: Shop, rng: random.Random) -> Good:
    """A product that has twins."""
    return rng.choice([good for good in shop.goods if len(shop.twins(good)) > 1])


def right_price(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    body, shown = phone(show(at, good, rng, good.price), rng)
    return Drawn(at.ask(asking.PRICE, rng), "answered", body, shown, good.sku, price=good.price)


def no_price(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    shown = show(at, good, rng, None)
    body = rng.choice([layouts.detail, layouts.chat])
    question = at.ask(rng.choice([asking.PRICE, asking.STOCK]), rng)
    return Drawn(question, "answered", body, shown, good.sku, price=good.price)


def wrong_price(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    wrong = round(good.price * rng.choice([0.5, 0.75, 0.88, 1.12, 1.3])) + rng.choice([0, 0.5])
    body, shown = phone(show(at, good, rng, wrong), rng)
    return Drawn(at.ask(asking.PRICE, rng), "contradiction", body, shown, good.sku, price=good.price)


def picked(at: Stage, rng: random.Random) -> Drawn:
    """Every option is to be seen, and a line says which one is picked."""
    good = several(at.shop, rng)
    shown = replace(show(at, good, rng, good.price, marks=False), said=said(good, rng))
    shown.chosen = tuple(good.marks.values())
    body = with_options(at, good, shown, rng)
    return Drawn(at.ask(asking.PRICE, rng), "answered", body, shown, good.sku, price=good.price)


def unpicked(at: Stage, rng: random.Random) -> Drawn:
    """Nothing tells which of the twins is meant, with or without all options in sight."""
    good = several(at.shop, rng)
    shown = show(at, good, rng, None, marks=False)
    body = with_options(at, good, shown, rng) if rng.random() < 0.5 else rng.choice([layouts.detail, layouts.chat])
    return Drawn(at.ask(asking.PRICE, rng), "ambiguous", body, shown)


def not_sold(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.unsold)
    body, shown = phone(show(at, good, rng, good.price if rng.random() < 0.7 else None), rng)
    return Drawn(at.ask(rng.choice([asking.PRICE, asking.STOCK]), rng), "not_in_kb", body, shown)


def absent_variant(at: Stage, rng: random.Random) -> Drawn:
    """A sold product in a size, capacity or colour that nobody sells."""
    good = rng.choice([one for one in at.shop.goods if one.line.absent])
    column, value = good.line.absent or ("", "")
    other = replace(good, marks={**good.marks, column: value})
    body, shown = phone(show(at, other, rng, good.price), rng)
    return Drawn(at.ask(asking.PRICE, rng), "not_in_kb", body, shown)


def injected(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    shown = show(at, good, rng, good.price if rng.random() < 0.7 else None)
    shown.injected = at.ask(asking.INJECTED, rng)
    body = rng.choice([layouts.detail, layouts.order, layouts.chat])
    return Drawn(at.ask(asking.PRICE, rng), "answered", body, shown, good.sku, price=good.price)


def in_list(at: Stage, rng: random.Random) -> Drawn | None:
    """Search results; the question names one of them."""
    alone = [good for good in at.shop.goods if len(at.shop.twins(good)) == 1] or at.shop.goods
    good = rng.choice(alone)
    lines: dict[str, Good] = {one.line.name: one for one in at.shop.goods if one.line is not good.line}
    shelf = [good, *rng.sample(list(lines.values()), 3)]
    rng.shuffle(shelf)
    rows = [(title(one, at.english, rng, marks=True), money(at.shop, one.price, rng)) for one in shelf]
    question = at.ask(asking.IN_LIST, rng).format(name=_name(good))
    shown = Shown("", shelf=rows, english=at.english)
    return Drawn(question, "answered", layouts.listing, shown, good.sku, price=good.price)


def in_words(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    brand = f"{good.brand}{' ' if good.brand.isascii() else ''}" if rng.random() < 0.5 else ""
    question = at.ask(asking.IN_WORDS, rng).format(name=brand + _name(good))
    return Drawn(question, "answered", sku=good.sku, price=good.price)


def detail(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice([one for one in at.shop.goods if one.line.detail])
    column, _ = good.line.detail or ("", "")
    body, shown = phone(replace(show(at, good, rng, good.price), rows=[]), rng)
    question = at.ask(asking.DETAIL, rng).format(key=column.lower())
    return Drawn(question, "answered", body, shown, good.sku, price=good.price)


def off_topic(at: Stage, rng: random.Random) -> Drawn:
    return _beside(at, rng, at.ask(asking.OFF_TOPIC, rng), "not_in_kb")


def entry(at: Stage, rng: random.Random) -> Drawn:
    topic = rng.choice([one for one in at.topics if one.asked])
    return _beside(at, rng, pick(topic.asked, at.shop.half, rng), "answered", topic.id)


def untold(at: Stage, rng: random.Random) -> Drawn:
    """A concern of shops that this shop says nothing about."""
    return _beside(at, rng, pick(rng.choice(at.untold).asked, at.shop.half, rng), "not_in_kb")


def fault(at: Stage, rng: random.Random) -> Drawn:
    code = rng.choice(["H27", "H29", "H31"])
    faq = next((one.id for one in at.topics if code in one.title), None)
    question = rng.choice(
        ["what's wrong with it", "it shows this, what now"] if at.english else ["显示这个咋回事", "机器这样了怎么处理"]
    )

    def body(shown: Shown, picture_rng: random.Random) -> str:
        return layouts.fault(code, shown.english, picture_rng)

    return Drawn(question, "answered" if faq else "not_in_kb", body, Shown("", english=at.english), faq_id=faq)


def person(at: Stage, rng: random.Random) -> Drawn:
    return _beside(at, rng, at.ask(rng.choice([asking.PERSON, asking.RESTRICTED]), rng), "handoff")


def unreadable(at: Stage, rng: random.Random) -> Drawn:
    good = rng.choice(at.shop.goods)
    body, shown = phone(show(at, good, rng, good.price), rng)
    return Drawn(at.ask(asking.PRICE, rng), "unreadable", body, shown, ruin=True)


KINDS: dict[str, Kind] = {
    "right_price": right_price, "no_price": no_price, "wrong_price": wrong_price, "picked": picked,
    "unpicked": unpicked, "not_sold": not_sold, "absent_variant": absent_variant, "injected": injected,
    "in_list": in_list, "in_words": in_words, "detail": detail, "off_topic": off_topic, "entry": entry,
    "untold": untold, "fault": fault, "person": person, "unreadable": unreadable,
}  # fmt: skip


def _name(good: Good) -> str:
    return f"{good.line.name} {' '.join(good.marks.values())}"


def _beside(at: Stage, rng: random.Random, question: str, outcome: str, faq_id: str | None = None) -> Drawn:
    """A question that is not about a product; every other time with a product's screen all the same."""
    if rng.random() < 0.5:
        return Drawn(question, outcome, faq_id=faq_id)
    good = rng.choice(at.shop.goods)
    body, shown = phone(show(at, good, rng, good.price), rng)
    return Drawn(question, outcome, body, shown, faq_id=faq_id)
