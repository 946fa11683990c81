"""A page whose own text speaks against its pixels: the pixels' value is shown, and that somebody has to look."""

from __future__ import annotations

from dataclasses import replace

from extract_helpers import extract, line


def receipt(total: str, rival: str = "") -> list[object]:
    lines = [line(100, 100, "好邻居便利店"), line(100, 180, "日期:2024-05-06"), line(100, 260, total)]
    return [*lines[:2], replace(lines[2], rival=rival)]


def test_a_value_that_the_layer_contradicts_is_in_conflict_and_stays_the_pixels() -> None:
    found = extract(receipt("合计:100.00", "合计:700.00"), "receipt").fields["total"]
    assert (found.value, found.status, found.alternatives) == (100.0, "conflict", ("700.00",))


def test_a_value_beside_the_contradiction_is_none() -> None:
    found = extract(receipt("合计:100.00", "台计:100.00"), "receipt").fields["total"]
    assert (found.value, found.status) == (100.0, "grounded")
