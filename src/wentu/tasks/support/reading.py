"""What was read in the pictures, by attribute: for the agent who takes over, and for the figures."""

from __future__ import annotations

import re

from wentu.core.marks import MEMORY_SIZES, STORAGE_SIZES, colour_words, quantities
from wentu.core.terms import fold
from wentu.tasks.support.choose import Choice, title_line
from wentu.tasks.support.editions import suffixes
from wentu.tasks.support.families import Catalogue, brand_words
from wentu.tasks.support.prices import PriceSeen
from wentu.tasks.support.seen import Seen

SIZES = MEMORY_SIZES | STORAGE_SIZES
_ORDER = re.compile(r"(?:订单(?:编号|号)?|order\s*(?:no|number|id|#)?)\s*[.:：#]?\s*([a-z0-9][a-z0-9-]{5,31})")
_ERROR = re.compile(
    r"(?:错误(?:代码|码)?|故障(?:代码|码)?|error(?:\s*code)?|code)\s*[:：#]?\s*([a-z]{0,4}-?\d[\da-z-]{0,10}|0x[0-9a-f]+)"
)


def attributes(seen: Seen, choice: Choice, prices: list[PriceSeen], catalogue: Catalogue) -> dict[str, str]:
    """brand, series, model, suffix, memory, storage, colour, price, currency, order_number, error_code: those that
    are to be seen."""
    text = "\n".join(fold(line.text) for line in seen.lines)
    found: dict[str, str] = {}
    if choice.family is not None:
        product = choice.family.variants[0].product
        found |= {"brand": product.brand, "series": product.attributes.get("series", ""), "model": choice.family.title}
        found["suffix"] = " ".join(suffixes(choice.family.title))
    else:
        found["brand"] = next(
            (b for b in sorted(catalogue.brands, key=len, reverse=True) if b in text and brand_words(b)), ""
        )
    title = title_line(choice)
    about = fold(title.text) if title else text
    capacities = sorted({int(float(q.number)) for q in quantities(about) if q.unit == "g" and q.number in SIZES})
    if capacities:
        found["storage"] = f"{capacities[-1]}GB"
        found["memory"] = f"{capacities[0]}GB" if len(capacities) > 1 else ""
    found["storage"] = next((f"{q.number}TB" for q in quantities(about) if q.unit == "t"), found.get("storage", ""))
    found["colour"] = next(iter(colour_words(about)), "")
    if prices:
        found |= {"price": f"{prices[0].amount:g}", "currency": prices[0].currency}
    for name, pattern in (("order_number", _ORDER), ("error_code", _ERROR)):
        match = pattern.search(text)
        found[name] = match.group(1) if match else ""
    return {key: value for key, value in found.items() if value}
