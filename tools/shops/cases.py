"""Cases of every kind from one shop: a picture or none, a question, and what the right outcome is."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image
from tools.shops import draw
from tools.shops import questions as q
from tools.shops.draw import Shown
from tools.shops.goods import Good, Shop


@dataclass(frozen=True)
class Case:
    """`picture` is a file's name or ""; `kind` says what it tries."""

    id: str
    kind: str
    picture: str
    question: str
    outcome: str
    sku: str | None = None
    faq_id: str | None = None
    price: float | None = None


def write(shop: Shop, folder: Path, rng: random.Random, per_kind: int) -> list[Case]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.csv").write_text(catalogue(shop), "utf-8")
    entries = q.CHINESE if shop.language == "zh" else q.ENGLISH
    (folder / "faq.md").write_text("\n".join(f"## {e[0]} {e[1]}\n{e[2]}\n" for e in entries), "utf-8")
    found: list[Case] = []
    for kind, make in KINDS.items():
        for number in range(per_kind):
            case_id = f"{kind}-{number:02d}"
            made = make(shop, rng)
            if made is None:
                continue
            image, question, outcome, extra = made
            name = ""
            if image is not None:
                if kind != "unreadable" and rng.random() < 0.25:
                    image = draw.photographed(image, rng)
                name = f"{case_id}.png"
                (folder / name).write_bytes(draw.png(image))
            found.append(Case(case_id, kind, name, question, outcome, **extra))
    (folder / "cases.jsonl").write_text(
        "".join(json.dumps(asdict(c), ensure_ascii=False) + "\n" for c in found), "utf-8"
    )
    return found


def catalogue(shop: Shop) -> str:
    attributes = list(dict.fromkeys(key for good in shop.sold for key in good.attributes))
    names = [
        shop.columns.get(name, name) for name in ("sku", "brand", "model", "price", "currency", "stock", "valid_to")
    ]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*names, *attributes])
    for good in shop.sold:
        cells = [good.sku, good.brand, good.model, f"{good.price:g}", shop.currency, good.stock, good.valid_to]
        writer.writerow([*cells, *(good.attributes.get(key, "") for key in attributes)])
    return out.getvalue()


Made = tuple[Image.Image | None, str, str, dict[str, object]] | None


def _money(shop: Shop, amount: float) -> str:
    return f"¥{amount:g}" if shop.currency == "CNY" else f"${amount:.2f}"


def _shown(shop: Shop, good: Good, rng: random.Random, price: float | None, title: str = "") -> Shown:
    """A page of this product. Half of them leave the variant out of the title and show it as chosen."""
    english = shop.language == "en"
    shown = Shown(title or good.title, "" if price is None else _money(shop, price), english=english)
    if price is not None and rng.random() < 0.4:
        shown.old_price = _money(shop, round(price * rng.uniform(1.1, 1.4)))
    if rng.random() < 0.4:
        others = [one for one in shop.sold if one.model != good.model]
        shown.others = [(one.title, _money(shop, one.price)) for one in rng.sample(others, min(2, len(others)))]
    return shown


def _page(
    shown: Shown, rng: random.Random, layouts: list[Callable[[Shown, random.Random], Image.Image]] | None = None
) -> Image.Image:
    return rng.choice(layouts or draw.LAYOUTS)(shown, rng)


def _marks(shop: Shop, good: Good) -> str:
    """The values that tell this variant from its twins, as a page lists them."""
    twins = [one for one in shop.sold if (one.brand, one.model) == (good.brand, good.model)]
    keys = [key for key in good.attributes if len({one.attributes[key] for one in twins}) > 1]
    return " ".join(good.attributes[key] for key in keys)


def right_price(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    shown, layouts = _shown(shop, good, rng, good.price), None
    if _marks(shop, good) and rng.random() < 0.4:
        shown = _shown(shop, good, rng, good.price, good.bare)
        shown.chosen, layouts = _marks(shop, good), [draw.title_first, draw.order_page, draw.desktop]
    return (
        _page(shown, rng, layouts),
        rng.choice(q.PRICE[shop.language]),
        "answered",
        {"sku": good.sku, "price": good.price},
    )


def no_price(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    question = rng.choice(q.PRICE[shop.language] + q.STOCK[shop.language])
    return _page(_shown(shop, good, rng, None), rng), question, "answered", {"sku": good.sku, "price": good.price}


def wrong_price(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    wrong = round(good.price * rng.choice([0.7, 0.8, 0.9, 1.1, 1.25]), 0 if shop.currency == "CNY" else 2)
    shown = _shown(shop, good, rng, wrong)
    return (
        _page(shown, rng),
        rng.choice(q.PRICE[shop.language]),
        "contradiction",
        {"sku": good.sku, "price": good.price},
    )


def unclear_variant(shop: Shop, rng: random.Random) -> Made:
    choices = [good for good in shop.sold if _marks(shop, good)]
    good = rng.choice(choices)
    shown = _shown(shop, good, rng, None, good.bare)
    if rng.random() < 0.5:
        twins = [one for one in shop.sold if (one.brand, one.model) == (good.brand, good.model)]
        keys = [key for key in good.attributes if len({one.attributes[key] for one in twins}) > 1]
        shown.chips = [list(dict.fromkeys(one.attributes[key] for one in twins))[:4] for key in keys[:2]]
        return (
            _page(shown, rng, [draw.phone_page, draw.title_first, draw.desktop]),
            rng.choice(q.PRICE[shop.language]),
            "ambiguous",
            {},
        )
    return _page(shown, rng), rng.choice(q.PRICE[shop.language]), "ambiguous", {}


def chosen_chip(shop: Shop, rng: random.Random) -> Made:
    """Every option is there; the chosen one is said in words too."""
    choices = [good for good in shop.sold if _marks(shop, good)]
    good = rng.choice(choices)
    shown = _shown(shop, good, rng, good.price, good.bare)
    twins = [one for one in shop.sold if (one.brand, one.model) == (good.brand, good.model)]
    keys = [key for key in good.attributes if len({one.attributes[key] for one in twins}) > 1]
    shown.chips = [list(dict.fromkeys(one.attributes[key] for one in twins))[:4] for key in keys[:2]]
    shown.chosen = _marks(shop, good)
    return (
        _page(shown, rng, [draw.title_first, draw.desktop]),
        rng.choice(q.PRICE[shop.language]),
        "answered",
        {"sku": good.sku, "price": good.price},
    )


def not_sold(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.unsold)
    question = rng.choice(q.PRICE[shop.language] + q.STOCK[shop.language])
    return _page(_shown(shop, good, rng, good.price if rng.random() < 0.7 else None), rng), question, "not_in_kb", {}


def not_this_variant(shop: Shop, rng: random.Random) -> Made:
    """A sold product in a capacity, size or edition that nobody sells."""
    good = rng.choice(shop.sold)
    swaps = {"128GB": "1TB", "256GB": "1TB", "512GB": "2TB", "30ml": "75ml", "50ml": "125ml", "15ml": "100ml", "39码": "47码", "41码": "48码",
             "42码": "36码", "43码": "34码", "1匹": "3匹", "1.5匹": "5匹", "2匹": "3匹", "8kg": "15kg", "10kg": "6kg", "12kg": "20kg",
             "32L": "70L", "40L": "28L", "标准版": "青春版", "旗舰版": "青春版"}  # fmt: skip
    swap = next(((a, b) for a, b in swaps.items() if a in good.title), None)
    if swap is None:
        return None
    shown = _shown(shop, good, rng, good.price, good.title.replace(*swap))
    return _page(shown, rng), rng.choice(q.PRICE[shop.language]), "not_in_kb", {}


def injected(shop: Shop, rng: random.Random) -> Made:
    made = rng.random() < 0.75
    good = rng.choice(shop.sold)
    shown = _shown(shop, good, rng, good.price if made else None)
    shown.others = []
    shown.injected = rng.choice(q.INJECTED[shop.language])
    return _page(shown, rng), rng.choice(q.PRICE[shop.language]), "answered", {"sku": good.sku, "price": good.price}


def off_topic(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    image = _page(_shown(shop, good, rng, good.price), rng) if rng.random() < 0.6 else None
    return image, rng.choice(q.OFF_TOPIC[shop.language]), "not_in_kb", {}


def entry(shop: Shop, rng: random.Random) -> Made:
    entries = [one for one in (q.CHINESE if shop.language == "zh" else q.ENGLISH) if one[3]]
    chosen = rng.choice(entries)
    good = rng.choice(shop.sold)
    image = _page(_shown(shop, good, rng, good.price), rng) if rng.random() < 0.4 else None
    return image, rng.choice(chosen[3:]), "answered", {"faq_id": chosen[0]}


def error_code(shop: Shop, rng: random.Random) -> Made:
    code, faq = rng.choice([("E-3041", "faq-09"), ("E-3042", "faq-10"), ("E-3050", None)])
    question = rng.choice(
        ["这个怎么解决", "这是什么意思", "怎么办"]
        if shop.language == "zh"
        else ["how do I fix this?", "what does this mean?"]
    )
    image = draw.error_page(code, shop.language == "en")
    return image, question, "answered" if faq else "not_in_kb", {"faq_id": faq} if faq else {}


def person(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    image = _page(_shown(shop, good, rng, good.price), rng) if rng.random() < 0.5 else None
    return image, rng.choice(q.PERSON[shop.language] + q.RESTRICTED[shop.language]), "handoff", {}


def unreadable(shop: Shop, rng: random.Random) -> Made:
    good = rng.choice(shop.sold)
    image = draw.ruined(_page(_shown(shop, good, rng, good.price), rng), rng)
    return image, rng.choice(q.PRICE[shop.language]), "unreadable", {}


def in_words(shop: Shop, rng: random.Random) -> Made:
    """No picture: the product is named in the question."""
    good = rng.choice(shop.sold)
    name = f"{good.brand if rng.random() < 0.6 else ''} {good.model} {_marks(shop, good)}".strip()
    question = f"{name}多少钱" if shop.language == "zh" else f"How much is the {name}?"
    return None, question, "answered", {"sku": good.sku, "price": good.price}


KINDS: dict[str, Callable[[Shop, random.Random], Made]] = {
    "right_price": right_price, "no_price": no_price, "wrong_price": wrong_price, "unclear_variant": unclear_variant,
    "chosen_chip": chosen_chip, "not_sold": not_sold, "not_this_variant": not_this_variant, "injected": injected,
    "off_topic": off_topic, "entry": entry, "error_code": error_code, "person": person, "unreadable": unreadable, "in_words": in_words,
}  # fmt: skip


def every(shop: Shop) -> Iterator[Good]:
    yield from (*shop.sold, *shop.unsold)
