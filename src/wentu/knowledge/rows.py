"""A table's row as products: one, or one for each of its variants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wentu.core.knowledge import Product
from wentu.knowledge import values
from wentu.knowledge.columns import field_of, is_product_field
from wentu.knowledge.values import Unfit

Cells = Mapping[str, Any]
MAX_TEXT = 2_000


def products_of(cells: Cells, source: str) -> list[Product]:
    """The products of a row whose keys are already fields. Raises Unfit with the first thing that is wrong."""
    variants = _variants(cells.get("variants"))
    if not variants:
        return [_product(cells, source)]
    shared = {key: value for key, value in cells.items() if key != "variants"}
    return [
        _product({**shared, **_fields(one), "shared": shared}, f"{source}.{i}") for i, one in enumerate(variants, 1)
    ]


def _variants(cell: object) -> list[Mapping[str, Any]]:
    """Variants that are products of their own: a list of objects that have a price or an id each."""
    if isinstance(cell, str) and cell.strip()[:1] == "[":
        try:
            cell = json.loads(cell)
        except ValueError:
            return []
    if not isinstance(cell, list) or not cell or not all(isinstance(one, Mapping) for one in cell):
        return []
    own = [any(field_of(str(key)) in ("sku", "price") for key in one) for one in cell]
    return [_fields(one) for one in cell] if all(own) else []


def _fields(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {field_of(str(key)): value for key, value in cells.items()}


def _product(cells: Cells, source: str) -> Product:
    sku = values.plain(cells.get("sku"))
    brand, model, name = (values.plain(cells.get(key)) for key in ("brand", "model", "name"))
    if not sku:
        raise Unfit("no_sku", "")
    if not (model or name):
        raise Unfit("no_name", sku)
    if len(sku) > 100 or any(len(text) > MAX_TEXT for text in (brand, model, name)):
        raise Unfit("too_long", sku)
    series = values.plain(cells.get("series"))
    if series and model and series.casefold() not in model.casefold() and not name:
        name = f"{series} {model}"
    amount, sign = values.price(cells.get("price") if cells.get("price") is not None else "")
    money = values.currency(cells["currency"]) if values.plain(cells.get("currency")) else sign or "CNY"
    start, end = values.day(cells.get("valid_from") or ""), values.day(cells.get("valid_to") or "")
    if start and end and end < start:
        raise Unfit("ends_before_it_begins", f"{start} > {end}")
    stock = cells.get("stock")
    return Product(
        sku=sku,
        brand=brand,
        model=model,
        name=name,
        price=amount,
        currency=money,
        stock=values.stock("" if stock is None else stock),
        attributes=_attributes(cells, series),
        url=values.plain(cells.get("url"))[:MAX_TEXT],
        valid_from=start,
        valid_to=end,
        source=source,
    )


def _attributes(cells: Cells, series: str) -> dict[str, str]:
    """Attributes from their own columns, from `attributes`, and from variants that are only words."""
    found: dict[str, str] = {"series": series} if series else {}
    shared = cells.get("shared")
    packed = [shared.get("attributes")] if isinstance(shared, Mapping) else []
    for cell in (*packed, cells.get("attributes"), cells.get("variants")):
        for key, value in values.pairs(cell).items():
            found[field_of(key)] = value[:MAX_TEXT]
    for key, value in cells.items():
        if key == "shared" or (is_product_field(key) and key not in ("aliases", "category", "description")):
            continue
        text = "" if isinstance(value, Mapping) else values.plain(value)
        if text:
            found[key] = text[:MAX_TEXT]
    return {key: value for key, value in found.items() if value}
