"""A shop as a folder: its catalogue in one of the forms that shops have, its entries, pictures, and `cases.jsonl`."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import openpyxl
from tools.storefronts import layouts
from tools.storefronts.camera import DESK, PHONES, Camera
from tools.storefronts.cases import KINDS, Drawn, Stage, stage
from tools.storefronts.goods import Good, Shop

PHOTOS = 0.2  # of the screenshots are taken as photos of a screen


def write(shop: Shop, folder: Path, rng: random.Random, per_kind: int, camera: Camera) -> int:
    """Writes the set; gives the number of its cases. A case with an injected line has one without it as its twin."""
    folder.mkdir(parents=True, exist_ok=True)
    at = stage(shop, rng)
    catalogue(shop, folder)
    entries = "\n".join(f"## {one.id} {one.title}\n\n{one.text}\n" for one in at.topics)
    (folder / "faq.md").write_text(entries, "utf-8")
    rows = list(_cases(at, folder, rng, per_kind, camera))
    (folder / "cases.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return len(rows)


def _cases(at: Stage, folder: Path, rng: random.Random, per_kind: int, camera: Camera) -> Iterator[dict[str, Any]]:
    for kind, make in KINDS.items():
        for number in range(per_kind):
            drawn = make(at, rng)
            if drawn is None:
                continue
            case_id, seed = f"{kind}-{number:02d}", rng.random()
            yield _case(case_id, kind, drawn, folder, random.Random(seed), camera)
            if drawn.shown is not None and drawn.shown.injected:
                plain = replace(drawn, shown=replace(drawn.shown, injected=""))
                twin = _case(f"{case_id}-plain", "injected_plain", plain, folder, random.Random(seed), camera)
                yield {**twin, "same_as": case_id}


def _case(case_id: str, kind: str, drawn: Drawn, folder: Path, rng: random.Random, camera: Camera) -> dict[str, Any]:
    name = _picture(case_id, drawn, folder, rng, camera)
    told = {key: asdict(drawn)[key] for key in ("question", "outcome", "sku", "faq_id", "price")}
    return {"id": case_id, "kind": kind, "picture": name, **told}


def _picture(case_id: str, drawn: Drawn, folder: Path, rng: random.Random, camera: Camera) -> str:
    if drawn.body is None or drawn.shown is None:
        return ""
    size = DESK if drawn.body is layouts.site else rng.choice(PHONES)
    shot = camera.screenshot(layouts.document(drawn.body(drawn.shown, rng), rng), size)
    name, data = f"{case_id}.png", shot
    if drawn.ruin:
        name, data = f"{case_id}.jpg", camera.ruined(shot, rng)
    elif rng.random() < PHOTOS:
        name, data = f"{case_id}.jpg", camera.photo(shot, rng)
    (folder / name).write_bytes(data)
    return name


def catalogue(shop: Shop, folder: Path) -> None:
    """The products of the shop as CSV, XLSX or JSON, in a column an attribute."""
    rows = [_row(shop, good) for good in shop.goods]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if shop.form == "json":
        (folder / "catalogue.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    elif shop.form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows(rows)
        (folder / "catalogue.csv").write_text(out.getvalue(), "utf-8")
    else:
        _xlsx(columns, rows, folder / "catalogue.xlsx")


def _xlsx(columns: Sequence[str], rows: Sequence[dict[str, Any]], path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(columns))
    for row in rows:
        book.active.append([row.get(column, "") for column in columns])
    book.save(path)


def _row(shop: Shop, good: Good) -> dict[str, Any]:
    values = (good.sku, good.brand, good.line.name, good.price, shop.currency, good.stock)
    row: dict[str, Any] = dict(zip(shop.columns, values, strict=True)) | good.marks
    if good.line.detail:
        row[good.line.detail[0]] = good.line.detail[1]
    return row
